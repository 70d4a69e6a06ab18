import { serverActor } from '../core/audit.ts';
import { Language } from '../core/language.ts';
import { attemptsMax, decideMs, scriptTimeoutMs } from '../core/limits.ts';
import type { Proposal } from '../core/proposal.ts';
import { proposalDigest } from '../core/script.ts';
import { sentence } from '../core/sentences.ts';
import { type Resolution, resolveTargets } from '../core/target.ts';
import { type Instant, type Platform, type Target, type Task, TaskState } from '../core/task.ts';
import type { TaskEvent } from '../core/transition.ts';
import type { Clock } from '../ports/clock.ts';
import type { Draft, DraftedScript, Drafter } from '../ports/drafter.ts';
import type { Log } from '../ports/log.ts';
import type { Claim, Store } from '../ports/store.ts';
import { ClaimedWorker, holds } from './claimed-worker.ts';
import { draftSlots, requestsBeforeMax } from './limits.ts';
import { moveTask } from './moves.ts';

/** Owns `drafting`: finds the machines, gets a script for each of their platforms, and proposes. */
export const draftWorker = (parts: {
  store: Store;
  drafter: Drafter;
  clock: Clock;
  log: Log;
  owner: string;
}): ClaimedWorker =>
  new ClaimedWorker({
    ...parts,
    name: 'draft',
    state: TaskState.drafting,
    slots: draftSlots,
    work: (task, claim, signal) => draftOne(parts.store, parts.drafter, task, claim, signal),
  });

const draftOne = async (
  store: Store,
  drafter: Drafter,
  task: Task,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> => {
  if (claim.attempt > attemptsMax) {
    const why = sentence('draft_gave_up', { attempts: attemptsMax });
    await settle(store, task, claim, () => ({
      event: { kind: 'fail', sentence: why, language: task.language, suggestions: [] },
    }));
    return;
  }
  const resolution = await resolve(store, drafter, task);
  if (resolution.kind !== 'resolved') {
    await settle(store, task, claim, (now) => ({ event: unresolvedEvent(resolution, now) }));
    return;
  }
  const { targets, words } = resolution;
  const { place, number } = task;
  const earlier = await store.listTasks({ place, before: number, limit: requestsBeforeMax });
  const before = earlier.map((t) => t.request).reverse();
  const platforms = [...new Set(targets.map((t) => t.platform))].sort();
  const draft = await drafter.draft({ words, platforms, before }, signal);
  if (draft.kind === 'script') mustCover(draft.scripts, platforms);
  await settle(store, task, claim, (now) => draftedMove(task, targets, draft, now));
};

/** Each platform gets one script; anything else is a fault of the drafter's, and must not get as far as a card. */
const mustCover = (scripts: readonly DraftedScript[], platforms: readonly Platform[]): void => {
  const covered = scripts.flatMap((s) => s.platforms).sort();
  if (JSON.stringify(covered) === JSON.stringify(platforms)) return;
  throw new Error(`the drafter wrote scripts for ${covered.join(', ')}, not for ${platforms.join(', ')}`);
};

const resolve = async (store: Store, drafter: Drafter, task: Task): Promise<Resolution> => {
  const agents = await store.listAgents();
  const threadAgentIds = await store.lastTargets(task.place);
  return resolveTargets(task.request, task.on, agents, {
    threadAgentIds,
    channelAgentIds: [],
    isPlainWord: (word) => drafter.knowsWord(word),
    // Only the answer to a question brings a task back to `drafting`.
    isAnswered: task.revision > 1,
  });
};

interface Move {
  event: TaskEvent;
  proposal?: Proposal;
}

/** Commits what drafting came to, unless the claim has gone to another meanwhile. */
const settle = (store: Store, task: Task, claim: Claim, decide: (now: Instant) => Move): Promise<void> =>
  store.change({ task: task.number }, (view) => {
    if (!view.task || !holds(view, claim)) return { result: undefined };
    const { event, proposal } = decide(view.now);
    const moved = moveTask(view.task, event, serverActor, view.now, proposal?.digest ?? null);
    if (!moved) return { result: undefined };
    return { result: undefined, writes: { ...moved, ...(proposal ? { proposal } : {}) } };
  });

const unresolvedEvent = (resolution: Exclude<Resolution, { kind: 'resolved' }>, now: Instant): TaskEvent =>
  resolution.kind === 'ask'
    ? {
        kind: 'ask',
        question: { sentence: resolution.sentence, options: resolution.options },
        language: Language.en,
        decideBy: now + decideMs,
      }
    : { kind: 'fail', sentence: resolution.sentence, language: Language.en, suggestions: [] };

const draftedMove = (task: Task, targets: Target[], draft: Draft, now: Instant): Move => {
  if (draft.kind === 'nothing') {
    return {
      event: {
        kind: 'fail',
        sentence: draft.sentence,
        language: draft.language,
        suggestions: draft.nearest,
      },
    };
  }
  const revision = task.proposalRevision + 1;
  const proposal: Proposal = {
    task: task.number,
    revision,
    digest: proposalDigest(draft.scripts, targets, scriptTimeoutMs),
    scripts: draft.scripts,
    summary: draft.summary,
    timeoutMs: scriptTimeoutMs,
    drafter: draft.drafter,
    author: null,
    runbook: draft.runbook,
    followUps: draft.followUps,
    createdAt: now,
  };
  const event: TaskEvent = {
    kind: 'propose',
    targets,
    language: draft.language,
    proposalRevision: revision,
    decideBy: now + decideMs,
    notice: draft.notice,
  };
  return { event, proposal };
};
