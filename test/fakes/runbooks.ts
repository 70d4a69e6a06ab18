import type { KeepWish } from '../../src/core/keep.ts';
import type { RunbookSummary } from '../../src/core/runbook-summary.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { RunbookDesk } from '../../src/flow/runbook-desk.ts';

/** Runbooks that are there and never change. */
export const fixedRunbooks = (...summaries: Omit<RunbookSummary, 'version'>[]): RunbookDesk => {
  const all = summaries.map((summary) => ({ ...summary, version: null }));
  const refuse = async (name: string) => ({
    kind: 'refused' as const,
    sentence: sentence('runbook_unknown', { name }),
  });
  return {
    summaries: () => all,
    list: async () => all.map((line) => ({ ...line, uses: [], retiredAt: null, isBehindFile: false })),
    show: refuse,
    restore: (_, name) => refuse(name),
    retire: (_, name) => refuse(name),
  };
};

/** What is proposed to whoever keeps a script. */
export const keepForm: KeepWish = {
  ...{ name: 'restart-billing', title: 'Restart billing', summary: 'Restarts it.' },
  examples: ['restart the billing-worker'],
  parameters: [{ name: 'service', value: 'billing-worker' }],
};
