import {
  deliverMs,
  documentAgentsMax,
  killGraceMs,
  outputHeadBytesMax,
  outputTailBytesMax,
} from '../core/limits.ts';
import {
  type ApprovalDocument,
  approvalIdOf,
  type DocumentDecision,
  encodeDocument,
  runIdOf,
} from '../core/order.ts';
import type { Proposal, ProposedScript } from '../core/proposal.ts';
import { noRedaction, type Run, RunState } from '../core/run.ts';
import { Purpose } from '../core/signature.ts';
import type { Instant, Target, Task } from '../core/task.ts';
import type { Signer } from '../ports/signer.ts';
import type { Order, StoredApproval } from '../ports/store.ts';

/** Who signs, and as which server. */
export interface Seal {
  signer: Signer;
  serverId: string;
}

/** What is decided, ready to be signed. */
export interface Decree {
  task: Task;
  proposal: Proposal;
  decisions: readonly DocumentDecision[];
  /** The wave of each agent; wave 0 goes at once. */
  waves: ReadonlyMap<string, number>;
  now: Instant;
}

/**
 * Turns decisions into signed documents and runs: one document for each script and at most so many agents, and what is
 * signed is exactly the proposal that was decided about (law 1). Pure but for the key.
 */
export const signOrders = (seal: Seal, decree: Decree): { approvals: StoredApproval[]; orders: Order[] } => {
  const { task, proposal, waves } = decree;
  const approvals: StoredApproval[] = [];
  const orders: Order[] = [];
  for (const script of proposal.scripts) {
    for (const { runAs, part } of partsOf(
      task.targets.filter((t) => script.platforms.includes(t.platform)),
    )) {
      const document = documentOf(seal, decree, script, part, runAs);
      const bytes = encodeDocument(document);
      const approval: StoredApproval = {
        id: approvalIdOf(bytes),
        task: task.number,
        proposalRevision: proposal.revision,
        document: bytes,
        signature: seal.signer.sign(Purpose.approval, bytes),
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

/** A document names one user: the one that scripts run as on all of its machines. */
const partsOf = (targets: readonly Target[]): { runAs: string | null; part: Target[] }[] => {
  const users = [...new Set(targets.map(({ user }) => user ?? null))];
  return users.flatMap((runAs) => {
    const alike = targets.filter(({ user }) => (user ?? null) === runAs);
    const count = Math.ceil(alike.length / documentAgentsMax);
    return Array.from({ length: count }, (_, n) => ({
      runAs,
      part: alike.slice(n * documentAgentsMax, (n + 1) * documentAgentsMax),
    }));
  });
};

const documentOf = (
  { signer, serverId }: Seal,
  { task, proposal, decisions, now }: Decree,
  script: ProposedScript,
  targets: readonly Target[],
  runAs: string | null,
): ApprovalDocument => ({
  v: 1,
  keyId: signer.keyId,
  server: serverId,
  task: task.number,
  proposal: proposal.revision,
  script: { digest: script.digest, interpreter: script.interpreter },
  runAs,
  limits: {
    timeoutMs: proposal.timeoutMs,
    killGraceMs,
    outputHeadBytes: outputHeadBytesMax,
    outputTailBytes: outputTailBytesMax,
  },
  decisions: [...decisions],
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
