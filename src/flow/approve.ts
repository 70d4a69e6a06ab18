import { type AuditNote, serverActor } from '../core/audit.ts';
import { isProposalWhole } from '../core/check-approval.ts';
import {
  deliverMs,
  documentAgentsMax,
  killGraceMs,
  outputHeadBytesMax,
  outputTailBytesMax,
} from '../core/limits.ts';
import { type ApprovalDocument, approvalIdOf, encodeDocument, runIdOf } from '../core/order.ts';
import type { Proposal, ProposedScript } from '../core/proposal.ts';
import { noRedaction, type Run, RunState } from '../core/run.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { Purpose } from '../core/signature.ts';
import { type Actor, type Instant, type Target, type Task, TaskState } from '../core/task.ts';
import type { Signer } from '../ports/signer.ts';
import type { Order, Store, StoredApproval } from '../ports/store.ts';
import { type ActOutcome, actOnce, decided, isPastDeciding, refused } from './act.ts';
import type { Act } from './desk.ts';
import { stepAll } from './moves.ts';

export interface ApproveAct extends Act {
  proposal: number;
  digest: string;
  /** Runs on one machine first; the others wait for a `continue`. */
  canary: boolean;
}

/**
 * Turns a person's yes into signed documents and queued runs, in one commit: nothing is queued that was not signed,
 * and what is signed is exactly the proposal whose digest the person's card carried (law 1).
 *
 * @param takes agents that wait for orders now: theirs are committed as sent, to be handed over after the commit.
 * @param onlineAgentIds prefers one of these for the canary, so that the look at it comes soon.
 */
export const approve = (
  store: Store,
  signer: Signer,
  serverId: string,
  number: number,
  act: ApproveAct,
  onlineAgentIds: ReadonlySet<string>,
  takes: (agentId: string) => boolean,
): Promise<ActOutcome> =>
  actOnce(store, number, act, {}, (view, task) => {
    const { proposal } = view;
    if (task.state !== TaskState.proposed) return { result: refused(decidedAlready(task)) };
    if (isPastDeciding(view, task)) return { result: refused(sentence('expired', {})) };
    if (!proposal || proposal.revision !== act.proposal || proposal.digest !== act.digest) {
      return { result: refused(sentence('card_outdated', {})) };
    }
    if (!isProposalWhole(proposal, task.targets))
      return { result: refused(sentence('proposal_altered', {})) };
    const waves = wavesOf(task.targets, act.canary, onlineAgentIds);
    const signed = sign(signer, serverId, task, proposal, waves, act.by, view.now);
    const isTaken = (order: Order) => order.run.state === RunState.queued && takes(order.run.agentId);
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
 * A yes that approved nothing (an old card, a second click, an altered proposal) is no change of the task, but people who
 * look for an attack want to see it.
 */
export const noteRefusedYes = (
  store: Store,
  number: number,
  { by, digest }: ApproveAct,
  { code }: Sentence,
): Promise<void> =>
  store.change({ task: number }, ({ task }) => {
    if (!task) return { result: undefined };
    const note = { kind: 'approve.refused' as const, actor: by, task: number, run: null, digest };
    return { result: undefined, writes: { audit: [{ ...note, detail: { code } }] } };
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

const sign = (
  signer: Signer,
  serverId: string,
  task: Task,
  proposal: Proposal,
  waves: ReadonlyMap<string, number>,
  by: Actor,
  now: Instant,
): { approvals: StoredApproval[]; orders: Order[] } => {
  const approvals: StoredApproval[] = [];
  const orders: Order[] = [];
  for (const script of proposal.scripts) {
    const targets = task.targets.filter((t) => script.platforms.includes(t.platform));
    for (let i = 0; i < targets.length; i += documentAgentsMax) {
      const part = targets.slice(i, i + documentAgentsMax);
      const document = documentOf(signer, serverId, task, proposal, script, part, by, now);
      const bytes = encodeDocument(document);
      const approval: StoredApproval = {
        id: approvalIdOf(bytes),
        task: task.number,
        proposalRevision: proposal.revision,
        document: bytes,
        signature: signer.sign(Purpose.approval, bytes),
      };
      approvals.push(approval);
      for (const target of part) {
        const run = runOf(bytes, approval.id, document, target, waves.get(target.agentId) ?? 0);
        orders.push({ run, document: bytes, signature: approval.signature, scriptText: script.text });
      }
    }
  }
  if (orders.length !== task.targets.length) {
    throw new Error(`task ${task.number}: ${task.targets.length} targets, but scripts for ${orders.length}`);
  }
  return { approvals, orders };
};

const documentOf = (
  signer: Signer,
  serverId: string,
  task: Task,
  proposal: Proposal,
  script: ProposedScript,
  targets: readonly Target[],
  by: Actor,
  now: Instant,
): ApprovalDocument => ({
  v: 1,
  keyId: signer.keyId,
  server: serverId,
  task: task.number,
  proposal: proposal.revision,
  script: { digest: script.digest, interpreter: script.interpreter },
  runAs: null,
  limits: {
    timeoutMs: proposal.timeoutMs,
    killGraceMs,
    outputHeadBytes: outputHeadBytesMax,
    outputTailBytes: outputTailBytesMax,
  },
  decisions: [{ by: `${by.surface}:${by.id}`, at: now, rule: 'solo' }],
  issuedAt: now,
  runBy: now + deliverMs,
  agents: targets.map((t) => t.agentId),
});

const runOf = (
  bytes: Buffer,
  approvalId: string,
  document: ApprovalDocument,
  target: Target,
  wave: number,
): Run => ({
  id: runIdOf(bytes, target.agentId),
  task: document.task,
  agentId: target.agentId,
  agentName: target.name,
  platform: target.platform,
  approvalId,
  scriptDigest: document.script.digest,
  state: wave === 0 ? RunState.queued : RunState.held,
  wave,
  runBy: document.runBy,
  timeoutMs: document.limits.timeoutMs,
  exitCode: null,
  stdoutBytes: 0,
  stderrBytes: 0,
  stdoutRedaction: noRedaction,
  stderrRedaction: noRedaction,
  stdoutCutAt: null,
  stderrCutAt: null,
  cancelAskedAt: null,
  sentAt: null,
  startedAt: null,
  endedAt: null,
  sentence: null,
});
