import type { Agent } from '../core/agent.ts';
import { type AuditNote, policyActor, serverActor } from '../core/audit.ts';
import { confirmationOf } from '../core/card-terms.ts';
import { type ChannelDefaults, channelAgentIds } from '../core/channel-defaults.ts';
import { provenanceOf, requestMisfit } from '../core/check-trail.ts';
import { Language } from '../core/language.ts';
import { attemptsMax, decideMs, scriptTimeoutMs } from '../core/limits.ts';
import { identityOf } from '../core/policy/roster.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Run } from '../core/run.ts';
import { proposalDigest } from '../core/script.ts';
import { sentence } from '../core/sentences.ts';
import { type Resolution, resolveTargets } from '../core/target.ts';
import { type Instant, type Platform, type Target, type Task, TaskState } from '../core/task.ts';
import type { TaskEvent } from '../core/transition.ts';
import type { Clock } from '../ports/clock.ts';
import type { Draft, DraftedScript, Drafter } from '../ports/drafter.ts';
import type { Log } from '../ports/log.ts';
import type { Claim, Store, StoredApproval } from '../ports/store.ts';
import { ClaimedWorker, holds } from './claimed-worker.ts';
import { conversationAgentIds } from './conversation-agents.ts';
import type { Dispatcher } from './dispatch.ts';
import { distrustTask } from './distrust.ts';
import { draftSlots, requestsBeforeMax } from './limits.ts';
import { moveTask } from './moves.ts';
import { type Seal, signOrders } from './sign-orders.ts';
import type { Terms } from './terms.ts';

/** Owns `drafting`: finds the machines, gets a script for each of their platforms, and proposes. */
export const draftWorker = (parts: {
  store: Store;
  drafter: Drafter;
  terms: Terms;
  seal: Seal;
  dispatcher: Dispatcher;
  channelDefaults: ChannelDefaults;
  clock: Clock;
  log: Log;
  owner: string;
}): ClaimedWorker =>
  new ClaimedWorker({
    ...parts,
    name: 'draft',
    state: TaskState.drafting,
    slots: draftSlots,
    work: (task, claim, signal) => draftOne(parts, task, claim, signal),
  });

type DraftParts = Pick<
  Parameters<typeof draftWorker>[0],
  'store' | 'drafter' | 'terms' | 'seal' | 'dispatcher' | 'channelDefaults'
>;

const draftOne = async (parts: DraftParts, task: Task, claim: Claim, signal: AbortSignal): Promise<void> => {
  const { store, drafter } = parts;
  if (claim.attempt > attemptsMax) {
    const why = sentence('draft_gave_up', { attempts: attemptsMax });
    await settle(parts, task, claim, () => ({
      event: { kind: 'fail', sentence: why, language: task.language, suggestions: [] },
    }));
    return;
  }
  const resolution = await resolve(parts, task);
  if (resolution.kind !== 'resolved') {
    await settle(parts, task, claim, (now) => ({ event: unresolvedEvent(resolution, now) }));
    return;
  }
  const { targets, words } = resolution;
  const { place, number } = task;
  const earlier = await trusted(
    store,
    await store.listTasks({ place, before: number, limit: requestsBeforeMax }),
  );
  const before = earlier.map((t) => t.request).reverse();
  const platforms = [...new Set(targets.map((t) => t.platform))].sort();
  const { context } = task;
  const draft = await drafter.draft({ words, platforms, before, context }, signal);
  if (draft.kind === 'script') mustCover(draft.scripts, platforms);
  if (draft.kind === 'nothing') {
    const { sentence: why, language, nearest } = draft;
    await settle(parts, task, claim, () => ({
      event: { kind: 'fail', sentence: why, language, suggestions: nearest },
    }));
    return;
  }
  // What a kept runbook's script was drafted from is whatever stood in the task that it was kept from.
  const typedByAsker = isTypedByAsker(task, earlier) && draft.runbook?.version === undefined;
  await settle(parts, task, claim, (now) =>
    proposedMove(parts.terms, task, targets, draft, typedByAsker, now),
  );
};

/** Without those whose rows the log belies: what somebody wrote into the database is nobody's earlier request. */
const trusted = async (store: Store, tasks: readonly Task[]): Promise<Task[]> => {
  const fits = await Promise.all(
    tasks.map((task) =>
      store.change({ task: task.number }, ({ trail }) => ({
        result: trail !== null && requestMisfit(task, trail) === null,
      })),
    ),
  );
  return tasks.filter((_, i) => fits[i]);
};

/** Words of others in the conversation or pointed at, and words that no person typed, make a model's draft theirs too (law 5). */
const isTypedByAsker = ({ asker, context }: Task, earlier: readonly Task[]): boolean => {
  const isPerson = asker.kind === 'person' || asker.kind === 'token';
  return isPerson && context === null && earlier.every((t) => identityOf(t.asker) === identityOf(asker));
};

/** Each platform gets one script; anything else is a fault of the drafter's, and must not get as far as a card. */
const mustCover = (scripts: readonly DraftedScript[], platforms: readonly Platform[]): void => {
  const covered = scripts.flatMap((s) => s.platforms).sort();
  if (JSON.stringify(covered) === JSON.stringify(platforms)) return;
  throw new Error(`the drafter wrote scripts for ${covered.join(', ')}, not for ${platforms.join(', ')}`);
};

const resolve = async ({ store, drafter, channelDefaults }: DraftParts, task: Task): Promise<Resolution> => {
  const agents = await store.listAgents();
  const threadAgentIds = await conversationAgentIds(store, task.place);
  return resolveTargets(task.request, task.on, agents, {
    threadAgentIds,
    channelAgentIds: channelAgentIds(channelDefaults, task.place, agents),
    isPlainWord: (word) => drafter.knowsWord(word),
    // Only the answer to a question brings a task back to `drafting`.
    isAnswered: task.revision > 1,
  });
};

interface Move {
  event: TaskEvent;
  proposal?: Proposal;
}

/**
 * Commits what drafting came to, unless the claim has gone to another meanwhile. What the rules say of a proposal is
 * in the same commit: refused, it was never open to anyone; run by itself, it was never waiting.
 */
const settle = async (
  parts: DraftParts,
  drafted: Task,
  claim: Claim,
  decide: (now: Instant) => Move,
): Promise<void> => {
  const { store, terms, seal, dispatcher } = parts;
  const queued = await store.change<readonly Run[]>({ task: drafted.number, agents: true }, (view) => {
    if (!view.task || !holds(view, claim)) return { result: [] };
    const differs =
      view.trail && (requestMisfit(drafted, view.trail) ?? requestMisfit(view.task, view.trail));
    if (differs) {
      const { writes } = distrustTask(view.task, differs, view.now, null);
      return { result: [], ...(writes && { writes }) };
    }
    const { event, proposal } = decide(view.now);
    const moved = moveTask(view.task, event, serverActor, view.now, proposal?.digest ?? null);
    if (!moved) return { result: [] };
    if (!proposal) return { result: [], writes: moved };
    const ruled = applyRules(terms, seal, moved.task, proposal, view.agents, view.now);
    const task = ruled?.task ?? moved.task;
    const from = provenanceOf(proposal);
    const said = moved.audit.map((note) => ({ ...note, detail: { ...note.detail, ...from } }));
    const audit = [...said, ...(ruled?.audit ?? [])];
    const { approvals = [], runs = [] } = ruled ?? {};
    return { result: runs, writes: { task, proposal, approvals, runs, audit } };
  });
  await dispatcher.push(queued);
};

interface Ruled {
  task: Task;
  audit: AuditNote[];
  approvals?: StoredApproval[];
  runs?: Run[];
}

/** What follows from the rules alone; null where people decide. */
const applyRules = (
  terms: Terms,
  seal: Seal,
  task: Task,
  proposal: Proposal,
  agents: readonly Agent[],
  now: Instant,
): Ruled | null => {
  const judgement = terms.judge(task, proposal, task.targets, agents);
  // Many machines are looked over by somebody, however little the script does.
  const isMany = judgement.kind === 'auto' && confirmationOf(task, judgement) !== null;
  if (judgement.kind === 'approve' || isMany) return null;
  const by = policyActor(judgement.kind === 'auto' ? judgement.rules.join(', ') : judgement.rule);
  if (judgement.kind === 'refuse') {
    return moveTask(task, { kind: 'refuse', sentence: judgement.sentence }, by, now, proposal.digest);
  }
  const decisions = judgement.rules.map((rule) => ({ by: identityOf(by), at: now, rule }));
  const signed = signOrders(seal, { task, proposal, decisions, waves: new Map(), now });
  const runs = signed.orders.map((order) => order.run);
  const event = { kind: 'approve' as const, by, runsOpen: runs.length, runsHeld: 0 };
  const moved = moveTask(task, event, by, now, proposal.digest);
  return moved && { ...moved, approvals: signed.approvals, runs };
};

const unresolvedEvent = (resolution: Exclude<Resolution, { kind: 'resolved' }>, now: Instant): TaskEvent =>
  resolution.kind === 'ask'
    ? {
        kind: 'ask',
        question: { sentence: resolution.sentence, options: resolution.options },
        language: Language.en,
        decideBy: now + decideMs,
      }
    : { kind: 'fail', sentence: resolution.sentence, language: Language.en, suggestions: [] };

const proposedMove = (
  terms: Terms,
  task: Task,
  targets: Target[],
  draft: Extract<Draft, { kind: 'script' }>,
  typedByAsker: boolean,
  now: Instant,
): Move => {
  const revision = task.proposalRevision + 1;
  const proposal: Proposal = {
    task: task.number,
    revision,
    digest: proposalDigest(draft.scripts, targets, scriptTimeoutMs),
    scripts: draft.scripts.map((script) => ({ ...script, risk: terms.riskOf(script) })),
    summary: draft.summary,
    timeoutMs: scriptTimeoutMs,
    drafter: draft.drafter,
    author: null,
    editors: [],
    typedByAsker,
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
