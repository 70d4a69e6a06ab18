import type { StoredOrder } from '../ports/store.ts';
import { proposalOf } from './proposal-rows.ts';
import { runOf } from './run-rows.ts';
import type { Row } from './tables.ts';

interface ApprovalWithScripts {
  id: string;
  document: Buffer;
  signature: Buffer;
  body: string;
}

/** Puts each run together with its document and the script that its digest names. */
export const ordersOf = (
  runs: readonly Row<'run'>[],
  approvals: readonly ApprovalWithScripts[],
): StoredOrder[] => {
  const known = new Map(approvals.map((a) => [a.id, { ...a, scripts: proposalOf(a.body).scripts }] as const));
  const orders: StoredOrder[] = [];
  for (const row of runs) {
    const approval = known.get(row.approval_id);
    const script = approval?.scripts.find((s) => s.digest === row.script_digest);
    if (!approval || !script) continue;
    const { document, signature } = approval;
    orders.push({ run: runOf(row), document, signature, scriptText: script.text });
  }
  return orders;
};
