import type { RunbookUse } from '../core/kept-runbook.ts';
import { RunState } from '../core/run.ts';
import { query } from './query.ts';

/** The script ran, and nobody stopped it. */
const tellingEnds = [RunState.succeeded, RunState.failed, RunState.timed_out, RunState.lost];

/** Runs by the runbook that their script was, word for word; of proposals that were approved as they are. */
export const runbookUses = query((db, _: object) =>
  db
    .selectFrom('proposal')
    .innerJoin('task', (join) =>
      join
        .onRef('task.number', '=', 'proposal.task')
        .onRef('task.proposal_revision', '=', 'proposal.revision'),
    )
    .innerJoin('run', 'run.task', 'proposal.task')
    .select(({ fn }) => [
      'proposal.runbook as name',
      'proposal.runbook_version as version',
      'run.state',
      fn.countAll<number>().as('count'),
      fn.max('run.ended_at').as('last_at'),
    ])
    .where('proposal.runbook', 'is not', null)
    .where('run.state', 'in', tellingEnds)
    .groupBy(['proposal.runbook', 'proposal.runbook_version', 'run.state']),
);

interface UseRow {
  name: string | null;
  version: number | null;
  state: RunState;
  count: number;
  last_at: number | null;
}

/** One of each runbook and version. */
export const runbookUsesOf = (rows: readonly UseRow[]): RunbookUse[] => {
  const uses = new Map<string, RunbookUse>();
  for (const { name, version, state, count, last_at } of rows) {
    if (name === null) continue;
    const key = `${name} ${version}`;
    const use = uses.get(key) ?? { name, version, succeeded: 0, ended: 0, lastAt: 0 };
    uses.set(key, {
      ...use,
      succeeded: use.succeeded + (state === RunState.succeeded ? Number(count) : 0),
      ended: use.ended + Number(count),
      lastAt: Math.max(use.lastAt, last_at ?? 0),
    });
  }
  return [...uses.values()];
};
