import { type AuditNote, serverActor } from '../core/audit.ts';
import { confirmationOf } from '../core/card-terms.ts';
import { isProposalWhole } from '../core/check-approval.ts';
import { decisionMisfit } from '../core/check-trail.ts';
import { isCutOff } from '../core/enrolment.ts';
import type { DocumentDecision } from '../core/order.ts';
import type { Judgement } from '../core/policy/judge.ts';
import { identityOf } from '../core/policy/roster.ts';
import { countVotes, refusesVote } from '../core/policy/votes.ts';
import type { Proposal } from '../core/proposal.ts';
import { type Run, RunState } from '../core/run.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { type Instant, type Target, type Task, TaskState, type Vote } from '../core/task.ts';
import type { Decided, Order, Store, View } from '../ports/store.ts';
import { type ActOutcome, actOnce, decided, isPastDeciding, refused } from './act.ts';
import type { Act } from './desk.ts';
import { distrustTask } from './distrust.ts';
import { moveTask, stepAll } from './moves.ts';
import { type Seal, signOrders } from './sign-orders.ts';
import { byHand, originOf, type Terms } from './terms.ts';

export interface ApproveAct extends Act {
  proposal: number;
  digest: string;
  /** Runs on one machine first; the others wait for a `continue`. */
  canary: boolean;
  /** What the person typed where the card asked for it; null where they typed nothing. */
  confirm: string | null;
}

export interface ApproveParts {
  store: Store;
  terms: Terms;
  seal: Seal;
}

/**
 * Counts a person's yes; the one that meets every rule's demand turns into signed documents and queued runs, in one
 * commit: nothing is queued that was not signed, and what is signed is exactly the proposal whose digest the person's
 * card carried (law 1).
 *
 * @param takes agents that wait for orders now: theirs are committed as sent, to be handed over after the commit.
 */
export const approve = (
  { store, terms, seal }: ApproveParts,
  number: number,
  act: ApproveAct,
  takes: (agentId: string) => boolean,
): Promise<ActOutcome> =>
  actOnce(store, number, act, { agents: true }, (view, task) => {
    const { proposal, agents } = view;
    if (task.state !== TaskState.proposed) return { result: refused(decidedAlready(task)) };
    if (isPastDeciding(view, task)) return { result: refused(sentence('expired', {})) };
    if (!proposal || proposal.revision !== act.proposal || proposal.digest !== act.digest) {
      return { result: refused(sentence('card_outdated', {})) };
    }
    if (!isProposalWhole(proposal, task.targets)) {
      return { result: refused(sentence('proposal_altered', {})) };
    }
    const differs = view.trail && decisionMisfit(task, proposal, view.trail);
    if (differs) {
      const { sentence: why, writes } = distrustTask(task, differs, view.now, proposal.digest);
      return { result: refused(why), ...(writes && { writes }) };
    }
    const judged = terms.judge(task, proposal, task.targets, agents);
    if (judged.kind === 'refuse') return refusedByRule(view, task, act, judged.sentence);
    const judgement = judged.kind === 'auto' ? byHand(judged.rules) : judged;
    const no = refusalOf(terms, task, proposal, judgement, act);
    if (no) return { result: refused(no) };
    const votes = [...task.votes, { by: act.by, at: view.now }];
    const states = countVotes(terms.policy.roster, originOf(task, proposal), judgement.demands, byOf(votes));
    if (!states.every((s) => s.isMet)) {
      return decided(view, task, { kind: 'vote', by: act.by }, act, 'approved');
    }
    const rules = new Map(states.map((s) => [s.demand.rule, s.votes]));
    const waves = wavesOf(task.targets, act.canary, new Set(agents.filter((a) => a.online).map((a) => a.id)));
    const decisions = decisionsOf(votes, rules);
    const signed = signOrders(seal, { task, proposal, decisions, waves, now: view.now });
    // A stream that still stands may be one that is about to be cut: the record knows first.
    const good = new Set(agents.filter((a) => !isCutOff(a.identity)).map((a) => a.id));
    const isTaken = ({ run }: Order) =>
      run.state === RunState.queued && good.has(run.agentId) && takes(run.agentId);
    const { sent, rest, audit } = sendNow(signed.orders, isTaken, view.now);
    const queued = rest.filter((r) => r.state === RunState.queued);
    const runs = [...sent.map((order) => order.run), ...rest];
    const runsOpen = sent.length + queued.length;
    const event = { kind: 'approve' as const, by: act.by, runsOpen, runsHeld: runs.length - runsOpen };
    const writes = { approvals: signed.approvals, runs };
    return decided(view, task, event, act, 'approved', { writes, audit, runs: queued, orders: sent });
  });

/** Orders whose agent waits for them are committed as sent together with the yes: no queue, no second commit. */
const sendNow = (
  orders: readonly Order[],
  isTaken: (order: Order) => boolean,
  now: Instant,
): { sent: Order[]; rest: Run[]; audit: AuditNote[] } => {
  const taken = orders.filter(isTaken);
  const { runs, audit } = stepAll(
    taken.map((order) => order.run),
    now,
    serverActor,
    () => ({ kind: 'send' }),
  );
  const sent = taken.map((order, at) => ({ ...order, run: runs[at] ?? order.run }));
  return { sent, rest: orders.filter((order) => !isTaken(order)).map((order) => order.run), audit };
};

/**
 * A yes that approved nothing (an old card, a second click, somebody who may not, an altered proposal) is no change of
 * the task, but people who look for an attack want to see it.
 *
 * @param leftOut how many of theirs before it were not noted.
 */
export const noteRefusedYes = (
  store: Store,
  number: number,
  { by, digest }: ApproveAct,
  { code }: Sentence,
  leftOut: number,
): Promise<void> =>
  store.change({ task: number }, ({ task }) => {
    if (!task) return { result: undefined };
    const note = { kind: 'approve.refused' as const, actor: by, task: number, run: null, digest };
    return { result: undefined, writes: { audit: [{ ...note, detail: { code, leftOut } }] } };
  });

type ByPeople = Extract<Judgement, { kind: 'approve' }>;

const byOf = (votes: readonly Vote[]) => votes.map((v) => ({ by: identityOf(v.by) }));

const refusalOf = (
  { policy }: Terms,
  task: Task,
  proposal: Proposal,
  judgement: ByPeople,
  act: ApproveAct,
): Sentence | null => {
  const given = byOf(task.votes);
  const by = identityOf(act.by);
  const no = refusesVote(policy.roster, originOf(task, proposal), judgement.demands, given, by);
  if (no) return no;
  const confirmation = confirmationOf(task, judgement);
  return confirmation && act.confirm?.trim().replace(/^#/, '') !== confirmation.text
    ? confirmation.why
    : null;
};

/** The rules have become stricter since it was proposed: nobody's yes can help any more. */
const refusedByRule = (view: View, task: Task, act: Act, why: Sentence): Decided<ActOutcome> => {
  const step = moveTask(
    task,
    { kind: 'refuse', sentence: why },
    act.by,
    view.now,
    view.proposal?.digest ?? null,
  );
  return step ? { result: refused(why), writes: step } : { result: refused(why) };
};

/** Each yes with the rule for which it counted; one that counted for several stands once for each. */
const decisionsOf = (
  votes: readonly Vote[],
  rules: ReadonlyMap<string, readonly string[]>,
): DocumentDecision[] =>
  votes.flatMap(({ by, at }) => {
    const identity = identityOf(by);
    return [...rules]
      .filter(([, voters]) => voters.includes(identity))
      .map(([rule]) => ({ by: identity, at, rule }));
  });

const decidedAlready = (task: Task): Sentence =>
  sentence('task_decided', { number: task.number, state: task.state });

/** All targets in one wave, or one of them first. */
const wavesOf = (
  targets: readonly Target[],
  canary: boolean,
  online: ReadonlySet<string>,
): Map<string, number> => {
  const first = targets.find((t) => online.has(t.agentId)) ?? targets[0];
  return new Map(targets.map((t) => [t.agentId, canary && t !== first ? 1 : 0]));
};
