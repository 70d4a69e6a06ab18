import type { AuditEntry } from './audit.ts';
import { identityOf } from './policy/roster.ts';
import { type Proposal, verbatimRunbookOf } from './proposal.ts';
import type { Actor, Task, Vote } from './task.ts';

/**
 * A task's own entries in the audit log, in order, each proven to be this server's; or why they prove nothing. Rows can
 * be changed by whoever writes the database, and the log can't without the key.
 */
export type Trail = { ok: true; entries: readonly AuditEntry[] } | { ok: false; differs: string };

/** What the entry of a proposal says of where it came from, beside its revision. */
export const provenanceOf = (proposal: Proposal): AuditEntry['detail'] => ({
  typedByAsker: proposal.typedByAsker,
  runbook: verbatimRunbookOf(proposal),
});

/** What the log says of the proposal that is open. */
interface Told {
  revision: number;
  digest: string | null;
  editors: Actor[];
  typedByAsker: boolean;
  runbook: string | null;
  votes: Vote[];
}

/** What the row of a request says that the log doesn't: who asked for what; null where they agree. Pure. */
export const requestMisfit = (task: Task, trail: Trail): string | null => {
  if (!trail.ok) return trail.differs;
  const [created] = trail.entries;
  if (created?.kind !== 'task.create') return 'nobody asked for it';
  if (!isSame(created.actor, task.asker)) return 'somebody else asked for it';
  if (created.detail.request !== task.request) return 'the request was another';
  if ((created.detail.context ?? null) !== task.context) return 'the message that it points at was another';
  const on = trail.entries.findLast((e) => e.kind === 'task.choose')?.detail.on ?? created.detail.on;
  return on === task.on ? null : 'other machines were named beside the request';
};

/**
 * What the rows of a task that waits for a decision say that the log doesn't: who asked, who edited what, where the
 * script came from, and who said yes to it. Null where they agree. Pure.
 */
export const decisionMisfit = (task: Task, proposal: Proposal, trail: Trail): string | null => {
  const wrong = requestMisfit(task, trail);
  if (wrong !== null || !trail.ok) return wrong;
  const told = toldBy(trail.entries);
  if (typeof told === 'string') return told;
  if (told.revision !== task.proposalRevision || told.revision !== proposal.revision) {
    return 'the latest proposal is another';
  }
  if (told.digest !== proposal.digest) return 'the script, its machines or its limits were others';
  if (!isSame(told.editors.map(identityOf), proposal.editors.map(identityOf)))
    return 'others edited the script';
  const { typedByAsker, runbook } = provenanceOf(proposal);
  if (told.typedByAsker !== typedByAsker || told.runbook !== runbook) return 'the script came from elsewhere';
  return isSame(told.votes, task.votes) ? null : 'the votes are others';
};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));

/** Fields in one order, whatever order a row was written in. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, v]) => [key, inOrder(v)]);
};

/** Follows the log from the proposal to the latest yes; says what ended the waiting, where something did. */
const toldBy = (entries: readonly AuditEntry[]): Told | string => {
  let told: Told | null = null;
  for (const entry of entries) {
    const { kind, detail } = entry;
    if (kind === 'task.create' || kind === 'task.ask' || kind === 'task.choose') {
      if (told) return 'it was asked for twice';
    } else if (kind === 'task.propose') {
      if (told) return 'it was proposed twice';
      told = proposed(entry);
    } else if (!told) {
      return 'it never was proposed';
    } else if (kind === 'task.edit') {
      if (detail.revision !== told.revision + 1) return 'an edit is missing';
      told = edited(told, entry);
    } else if (kind === 'task.vote') {
      if (entry.digest !== told.digest) return 'a vote was for another script';
      told.votes.push({ by: entry.actor, at: entry.at });
    } else {
      return `it waits for no decision any more (${kind})`;
    }
  }
  return told ?? 'it never was proposed';
};

const proposed = ({ digest, detail }: AuditEntry): Told => ({
  revision: Number(detail.revision),
  digest,
  editors: [],
  typedByAsker: detail.typedByAsker === true,
  runbook: typeof detail.runbook === 'string' ? detail.runbook : null,
  votes: [],
});

/** An edit takes every yes with it; one that changed no character makes nobody an editor. */
const edited = (told: Told, { actor, digest }: AuditEntry): Told => {
  const revision = told.revision + 1;
  if (digest === told.digest) return { ...told, revision, votes: [] };
  const isKnown = told.editors.some((e) => identityOf(e) === identityOf(actor));
  const editors = isKnown ? told.editors : [...told.editors, actor];
  return { ...told, revision, digest, editors, runbook: null, votes: [] };
};
