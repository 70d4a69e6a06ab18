import type { ApprovedRows } from '../core/check-approval.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Target } from '../core/task.ts';
import type { OrderRows } from '../ports/store.ts';
import { approvalOf } from './proposal-rows.ts';
import { runOf } from './run-rows.ts';
import type { Row } from './tables.ts';

export type ApprovedRow = Row<'approval'> & {
  digest: string;
  body: string;
  current_revision: number;
  targets: string;
};

/** Puts each run together with what is stored of its approval. */
export const ordersOf = (runs: readonly Row<'run'>[], approvals: readonly ApprovedRow[]): OrderRows[] => {
  const known = new Map(approvals.map((row) => [row.id, approvedOf(row)] as const));
  return runs.map((row) => ({ run: runOf(row), approved: known.get(row.approval_id) ?? null }));
};

export const approvedOf = (row: ApprovedRow): ApprovedRows => ({
  approval: approvalOf(row),
  proposal: parsed<Proposal>(row.body),
  proposalDigest: row.digest,
  currentRevision: row.current_revision,
  targets: parsed<Target[]>(row.targets),
});

/** Someone's edit may have left no JSON; that must be found by the check, and harm no other order. */
const parsed = <T>(text: string): T | null => {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
};
