import { type ApprovalDocument, approvalIdOf, decodeDocument, runIdOf } from './order.ts';
import type { Proposal, ProposedScript } from './proposal.ts';
import type { Run } from './run.ts';
import { proposalDigest, scriptDigest } from './script.ts';
import { keyObjection, type ServerKey } from './succession.ts';
import type { Target } from './task.ts';

/** What the rows say of an approval; a part that is gone or can't be read is null. Shared by the runs of one approval. */
export interface ApprovedRows {
  approval: { id: string; task: number; proposalRevision: number; document: Buffer; signature: Buffer };
  /** The approved revision. */
  proposal: Proposal | null;
  /** As the proposal's row has it, beside the proposal. */
  proposalDigest: string;
  /** The task's current revision, and its targets. */
  currentRevision: number;
  targets: Target[] | null;
}

/** An approval that holds: who reads this reads the document, not the rows. */
export interface Vouched {
  document: ApprovalDocument;
  bytes: Buffer;
  signature: Buffer;
  script: ProposedScript;
  targets: ReadonlyMap<string, Target>;
}

export type CheckedApproval = { ok: true; vouched: Vouched } | { ok: false; differs: string };

const misfit = (differs: string): { ok: false; differs: string } => ({ ok: false, differs });

/**
 * Holds what the database says of an approval against what was signed (law 1), before anything of it is sent. Pure.
 *
 * @param signer the key that signed exactly these bytes, null for none that is this server's.
 */
export const checkApproval = (
  rows: ApprovedRows,
  server: string,
  signer: Pick<ServerKey, 'keyId' | 'until'> | null,
): CheckedApproval => {
  const { approval, proposal, targets } = rows;
  if (signer === null) return misfit("the approval's signature is not this server's");
  if (approvalIdOf(approval.document) !== approval.id)
    return misfit("the approval's id is not its document's");
  const decoded = decodeDocument(approval.document);
  if (!decoded.ok) return misfit(`the approval can't be read: ${decoded.reason}`);
  const { document } = decoded;
  if (document.keyId !== signer.keyId) return misfit('the approval names another key than signed it');
  const objection = keyObjection(signer, document);
  if (objection !== null) return misfit(`the approval's key does not vouch for it: ${objection}`);
  if (document.server !== server) return misfit('the approval is of another server');
  if (document.task !== approval.task) return misfit('the approval is of another task');
  const isCurrent = [approval.proposalRevision, rows.currentRevision].every((r) => r === document.proposal);
  if (!isCurrent) return misfit('the approval is of another revision of the proposal');
  if (!proposal || !targets) return misfit("the proposal or its machines can't be read");
  const wrong = proposalMisfit(rows, proposal, targets, document);
  if (wrong !== null) return misfit(wrong);
  const script = proposal.scripts.find((s) => s.digest === document.script.digest);
  if (script?.interpreter !== document.script.interpreter)
    return misfit('the script is not the approved one');
  const byId = new Map(targets.map((t) => [t.agentId, t] as const));
  const astray = document.agents.some((id) => {
    const target = byId.get(id);
    return !target || !script.platforms.includes(target.platform);
  });
  if (astray) return misfit('the machines are not the approved ones');
  if (document.agents.some((id) => (byId.get(id)?.user ?? null) !== document.runAs))
    return misfit('the user that it runs as is not the approved one');
  const { document: bytes, signature } = approval;
  return { ok: true, vouched: { document, bytes, signature, script, targets: byId } };
};

/** The rows of the proposal against their own digest, which the decision was about, and against the document. */
const proposalMisfit = (
  rows: ApprovedRows,
  proposal: Proposal,
  targets: readonly Target[],
  document: ApprovalDocument,
): string | null => {
  if (proposal.task !== document.task || proposal.revision !== document.proposal) {
    return 'the proposal is of another task or revision';
  }
  if (!isProposalWhole(proposal, targets)) {
    return "the proposal's scripts, machines or time limit are not those that were shown";
  }
  if (proposal.digest !== rows.proposalDigest) return "the proposal's digest was changed";
  if (proposal.timeoutMs !== document.limits.timeoutMs) return 'the time limit is not the approved one';
  return null;
};

/** True while scripts, targets and limits are those that the proposal's digest was made of. */
export const isProposalWhole = (proposal: Proposal, targets: readonly Target[]): boolean =>
  proposal.scripts.every((s) => scriptDigest(s.interpreter, s.text) === s.digest) &&
  proposalDigest(proposal.scripts, targets, proposal.timeoutMs) === proposal.digest;

/** What differs between a run's row and the approval that it points at, null when it fits. Pure. */
export const runMisfit = (run: Run, { document, bytes, targets }: Vouched): string | null => {
  if (!document.agents.includes(run.agentId)) return 'the approval does not name this machine';
  if (runIdOf(bytes, run.agentId) !== run.id) return "the run's id is not that of its approval and machine";
  if (run.approvalId !== approvalIdOf(bytes)) return 'the run points at another approval';
  if (run.task !== document.task) return 'the run is of another task';
  if (run.scriptDigest !== document.script.digest) return "the run's script is not the approved one";
  if (run.timeoutMs !== document.limits.timeoutMs) return "the run's time limit is not the approved one";
  if (run.runBy !== document.runBy) return "the run's latest start is not the approved one";
  const target = targets.get(run.agentId);
  if (target?.name !== run.agentName || target.platform !== run.platform) {
    return "the run's machine is not the one that was shown";
  }
  return null;
};
