import type { Task } from '../core/task.ts';
import type { Claim } from '../ports/store.ts';
import { targetListsKept } from './limits.ts';
import { placeOf, placeText } from './place-text.ts';
import type { Row } from './tables.ts';
import type { ClaimColumns, HotTask } from './task-queries.ts';

/**
 * Keeps the target lists of the tasks that were read last parsed: each of a thousand machines' runs reads its task,
 * and nearly all of that reading would be parsing the same list. Compared by text, so it can't be stale.
 */
const targetLists = new Map<number, { text: string; targets: Task['targets'] }>();

const targetsOf = (row: Row<'task'>): Task['targets'] => {
  if (row.targets_count === 0) return [];
  const kept = targetLists.get(row.number);
  if (kept?.text === row.targets) return kept.targets;
  const targets = JSON.parse(row.targets) as Task['targets'];
  if (targetLists.size >= targetListsKept) {
    for (const oldest of targetLists.keys()) {
      targetLists.delete(oldest);
      break;
    }
  }
  targetLists.set(row.number, { text: row.targets, targets });
  return targets;
};

const parsed = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));
const textOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

export const taskOf = (row: Row<'task'>): Task => ({
  number: row.number,
  state: row.state,
  revision: row.revision,
  request: row.request,
  context: row.context,
  language: row.language as Task['language'],
  on: row.selector,
  asker: JSON.parse(row.asker) as Task['asker'],
  place: placeOf(row.place),
  targets: targetsOf(row),
  proposalRevision: row.proposal_revision,
  decideBy: row.decide_by,
  runsOpen: row.runs_open,
  runsHeld: row.runs_held,
  runsTotal: row.runs_total,
  question: parsed(row.question),
  votes: JSON.parse(row.votes) as Task['votes'],
  decision: parsed(row.decision),
  sentence: parsed(row.sentence),
  answer: parsed(row.answer),
  suggestions: JSON.parse(row.suggestions) as Task['suggestions'],
  kept: parsed(row.kept),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** The claim that the row holds, past its lease or not; null when it was given back or never made. */
export const claimOf = (row: Row<'task'>): Claim | null =>
  row.claim_owner === null
    ? null
    : { owner: row.claim_owner, attempt: row.claim_attempt, until: row.claim_until };

export const hotTaskRow = (task: Task, claim: ClaimColumns): HotTask => ({
  number: task.number,
  state: task.state,
  revision: task.revision,
  proposal_revision: task.proposalRevision,
  decide_by: task.decideBy,
  runs_open: task.runsOpen,
  runs_held: task.runsHeld,
  runs_total: task.runsTotal,
  updated_at: task.updatedAt,
  claim_owner: claim.claim_owner,
  claim_attempt: claim.claim_attempt,
  claim_until: claim.claim_until,
});

export const taskRow = (task: Task, claim: ClaimColumns): Row<'task'> => ({
  ...hotTaskRow(task, claim),
  language: task.language,
  request: task.request,
  context: task.context,
  selector: task.on,
  asker: JSON.stringify(task.asker),
  place: placeText(task.place),
  created_at: task.createdAt,
  targets_count: task.targets.length,
  question: textOf(task.question),
  votes: JSON.stringify(task.votes),
  decision: textOf(task.decision),
  sentence: textOf(task.sentence),
  answer: textOf(task.answer),
  suggestions: JSON.stringify(task.suggestions),
  kept: textOf(task.kept),
  targets: JSON.stringify(task.targets),
});

/** True when nothing differs outside the hot columns; compares by identity, as transitions copy what they keep. */
export const isHotChange = (before: Task, after: Task): boolean =>
  before.language === after.language &&
  before.request === after.request &&
  before.context === after.context &&
  before.on === after.on &&
  before.asker === after.asker &&
  before.place === after.place &&
  before.createdAt === after.createdAt &&
  before.targets === after.targets &&
  before.question === after.question &&
  before.votes === after.votes &&
  before.decision === after.decision &&
  before.sentence === after.sentence &&
  before.answer === after.answer &&
  before.suggestions === after.suggestions &&
  before.kept === after.kept;
