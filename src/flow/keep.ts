import type { Agent } from '../core/agent.ts';
import { requestMisfit } from '../core/check-trail.ts';
import type { KeepSource, KeepWish } from '../core/keep.ts';
import type { KeptVersion } from '../core/kept-runbook.ts';
import { approvalMisfit, isKeeper, keepRefusal, provenScripts } from '../core/may-keep.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Run } from '../core/run.ts';
import { sentence } from '../core/sentences.ts';
import { resolveTargets } from '../core/target.ts';
import type { Actor, Task } from '../core/task.ts';
import type { RunbookShelf } from '../ports/runbook-shelf.ts';
import type { Decided, Store, View } from '../ports/store.ts';
import { type ActOutcome, actOnce, refused } from './act.ts';
import type { CarefulRedactor } from './careful-redactor.ts';
import type { Act } from './desk.ts';
import { keptRunbooksMax } from './limits.ts';
import type { FormOutcome } from './runbook-desk.ts';

export interface KeepParts {
  store: Store;
  shelf: RunbookShelf;
  redactor: CarefulRedactor;
}

/** What somebody would keep of a task, for them to confirm or to change. Changes nothing. */
export const keepForm = async (
  { store, shelf }: KeepParts,
  number: number,
  by: Actor,
): Promise<FormOutcome> => {
  if (!isKeeper(by)) return { kind: 'refused', sentence: sentence('keep_by_people', {}) };
  const record = await store.getTask(number);
  if (!record) return { kind: 'refused', sentence: sentence('task_unknown', { number }) };
  const { task, proposal, runs } = record;
  const no = keepRefusal(task, proposal, runs);
  if (no || !proposal) return { kind: 'refused', sentence: no ?? sentence('task_unknown', { number }) };
  return {
    kind: 'form',
    form: shelf.propose(sourceOf(shelf, task, proposal, runs, await store.listAgents())),
  };
};

/**
 * Keeps a task's script as the next version of the runbook of that name, in one commit with its entry in the task's own
 * part of the log: what is loaded later is held against that.
 */
export const keep = async (
  { store, shelf, redactor }: KeepParts,
  number: number,
  act: Act & { wish: KeepWish },
): Promise<ActOutcome> => {
  if (!isKeeper(act.by)) return refused(sentence('keep_by_people', {}));
  const wish = redactedWish(act.wish, redactor);
  if (wish === null) return refused(sentence('text_withheld', {}));
  if (shelf.hasFile(wish.name)) return refused(sentence('keep_file_exists', wish));
  const others = (await store.listKeptRunbooks()).filter((r) => r.retiredAt === null && r.name !== wish.name);
  if (others.length >= keptRunbooksMax) return refused(sentence('keep_too_many', { max: keptRunbooksMax }));
  const scope = { allRuns: true, agents: true, keptRunbook: wish.name };
  return actOnce(store, number, act, scope, (view, task) => {
    const { proposal, runs, trail } = view;
    const no = keepRefusal(task, proposal, runs);
    if (no || !proposal) return { result: refused(no ?? sentence('task_unknown', { number })) };
    const differs = trail && (requestMisfit(task, trail) ?? approvalMisfit(proposal, trail));
    if (differs) return { result: refused(sentence('task_rows_differ', { number, differs })) };
    const bare = (text: string): string => withoutMachines(shelf, view.agents, text);
    const general = { ...wish, title: bare(wish.title), examples: wish.examples.map(bare) };
    const made = shelf.make(sourceOf(shelf, task, proposal, runs, view.agents), general);
    return made.ok ? kept(view, task, wish.name, made, act.by) : { result: refused(made.sentence) };
  });
};

const kept = (
  view: View,
  task: Task,
  name: string,
  { yaml, digest }: Pick<KeptVersion, 'yaml' | 'digest'>,
  by: Actor,
): Decided<ActOutcome> => {
  const { now } = view;
  const version = (view.keptRunbook?.latest ?? 0) + 1;
  const next = { ...task, revision: task.revision + 1, updatedAt: now, kept: { name, version, by, at: now } };
  const detail = { runbook: name, version };
  return {
    result: { kind: 'done', runs: [] },
    writes: {
      task: next,
      keptRunbook: { name, version, latest: version, retiredAt: null },
      keptVersion: { name, version, digest, yaml, task: task.number, by, at: now },
      audit: [{ kind: 'task.keep', actor: by, task: task.number, run: null, digest, detail }],
    },
  };
};

/** The request without its machines, as it is drafted from, and the scripts that ran well. */
const sourceOf = (
  shelf: RunbookShelf,
  task: Task,
  proposal: Proposal,
  runs: readonly Run[],
  agents: readonly Agent[],
): KeepSource => {
  const words = withoutMachines(shelf, agents, task.request);
  return {
    words,
    language: task.language,
    // Who edited it is no word of what it does.
    summary: proposal.editors.length > 0 ? words : proposal.summary,
    scripts: provenScripts(proposal, runs),
    machines: task.targets.map(({ name }) => name),
  };
};

const withoutMachines = (shelf: RunbookShelf, agents: readonly Agent[], text: string): string =>
  resolveTargets(text, null, agents, {
    threadAgentIds: [],
    channelAgentIds: [],
    isPlainWord: (word) => shelf.knowsWord(word),
  }).words;

/** Without secrets; null where nobody could look. */
const redactedWish = (wish: KeepWish, redactor: CarefulRedactor): KeepWish | null => {
  const texts = [wish.title, wish.summary, ...wish.examples].map((text) => redactor.redact(text.trim()));
  if (texts.some((text) => text === null)) return null;
  const [title = '', summary = '', ...examples] = texts.flatMap((text) => text ?? []);
  return { ...wish, name: wish.name.trim(), title, summary, examples };
};
