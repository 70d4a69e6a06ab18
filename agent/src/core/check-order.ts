import type { KeyObject } from 'node:crypto';
import type { WireOrder, WireReason } from '../../../proto/agent-stream.ts';
import { outputHeadBytesMax, outputTailBytesMax, scriptBytesMax } from '../../../src/core/limits.ts';
import { type ApprovalDocument, decodeDocument, isDocumentSigned, runIdOf } from '../../../src/core/order.ts';
import { scriptDigest } from '../../../src/core/script.ts';
import { keyObjection } from '../../../src/core/succession.ts';
import { killGraceMsMax } from './limits.ts';

/** A key of the server's that this agent pinned, or followed on from. */
export interface TrustedKey {
  key: KeyObject;
  keyId: string;
  /** When the next one took over; null for the one that signs now. */
  until: number | null;
}

/** What an order is held against. */
export interface Trust {
  /** Newest first. */
  keys: readonly TrustedKey[];
  /** The server that these keys are of; null where it was pinned before there was more than one key. */
  serverId: string | null;
  agentId: string;
  /** The user that scripts run as here; null while the machine's own policy lets nothing run, and says why. */
  user: string | null;
  /** The server's clock. */
  now: number;
}

export type CheckedOrder =
  | { ok: true; runId: string; document: ApprovalDocument }
  | { ok: false; reason: WireReason; detail: string };

/**
 * Holds an order against all that law 1 asks for, before anything of it is stored. Pure; never throws.
 * The signature comes first: of bytes that nobody vouches for nothing is read, not even as JSON.
 */
export const checkOrder = (order: WireOrder, trust: Trust): CheckedOrder => {
  const signer = trust.keys.find(({ key }) => isDocumentSigned(order.document, order.signature, key));
  if (!signer) {
    return {
      ok: false,
      reason: 'REASON_SIGNATURE',
      detail: "the signature does not fit the document and the server's key that this agent pinned",
    };
  }
  const decoded = decodeDocument(order.document);
  if (!decoded.ok) return refusal(decoded.reason);
  const { document } = decoded;
  const runId = runIdOf(order.document, trust.agentId);
  const wrong = misfitOf(order, document, runId, signer, trust);
  if (wrong !== null) return refusal(wrong);
  if (trust.now > document.runBy) return { ok: false, reason: 'REASON_LATE', detail: lateDetail };
  return { ok: true, runId, document };
};

/** Why an order, or a run whose turn came late, is not started any more. */
export const lateDetail = 'the time that was approved for starting it has passed';

const refusal = (detail: string): CheckedOrder => ({ ok: false, reason: 'REASON_DOCUMENT', detail });

const misfitOf = (
  order: WireOrder,
  document: ApprovalDocument,
  runId: string,
  signer: TrustedKey,
  trust: Trust,
): string | null => {
  if (document.keyId !== signer.keyId) return 'it names another signing key than the one that signed it';
  const objection = keyObjection(signer, document);
  if (objection !== null) return objection;
  if (trust.serverId !== null && document.server !== trust.serverId) return 'it is of another server';
  if (!document.agents.includes(trust.agentId)) return 'it does not name this agent';
  if (order.runId.toString('hex') !== runId) return 'its run id is not the one of document and agent';
  if (order.script.length > scriptBytesMax) return 'its script is too long';
  const text = order.script.toString('utf8');
  // Bytes that are not UTF-8 decode to a replacement character: the digest would then fit other bytes.
  if (!Buffer.from(text, 'utf8').equals(order.script)) return 'its script is not UTF-8';
  if (text.includes('\0')) return 'its script holds a NUL character';
  if (scriptDigest(document.script.interpreter, text) !== document.script.digest) {
    return 'its script is not the approved one';
  }
  if (document.runAs !== null && trust.user !== null && document.runAs !== trust.user) {
    return `it is to run as ${document.runAs}, and this agent runs scripts as ${trust.user}`;
  }
  const { limits } = document;
  if (limits.timeoutMs < 1) return 'its time limit is nothing';
  if (limits.killGraceMs > killGraceMsMax) return 'its grace before the kill is too long';
  if (limits.outputHeadBytes > outputHeadBytesMax || limits.outputTailBytes > outputTailBytesMax) {
    return 'it keeps more output than is allowed';
  }
  return null;
};
