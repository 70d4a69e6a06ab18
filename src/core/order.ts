import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { documentAgentsMax, scriptTimeoutMsMax } from './limits.ts';
import { Interpreter } from './script.ts';
import { isSignedAs, Purpose, signAs } from './signature.ts';
import type { Instant } from './task.ts';

/** Who decided, as the signed document says it. */
export interface DocumentDecision {
  /** `surface:id` of the person. */
  by: string;
  at: Instant;
  /** The policy rule that allowed this decision to count. */
  rule: string;
}

/**
 * The approval as one document (law 1). Its exact bytes are what is signed, stored, sent and verified; nobody
 * serialises it a second time.
 */
export interface ApprovalDocument {
  v: 1;
  /** Which of the server's keys signed: see `keyIdOf`. */
  keyId: string;
  server: string;
  task: number;
  proposal: number;
  script: { digest: string; interpreter: Interpreter };
  /** The user that the script runs as; null for the agent's own choice. */
  runAs: string | null;
  limits: { timeoutMs: number; killGraceMs: number; outputHeadBytes: number; outputTailBytes: number };
  decisions: DocumentDecision[];
  issuedAt: Instant;
  /** The order may be started until then, by the server's clock. */
  runBy: Instant;
  /** The agents that may run it, each once. */
  agents: string[];
}

export const encodeDocument = (document: ApprovalDocument): Buffer =>
  Buffer.from(JSON.stringify(document), 'utf8');

/** A signature for `Purpose.approval`. */
export const signDocument = (bytes: Uint8Array, privateKey: KeyObject): Buffer =>
  signAs(Purpose.approval, bytes, privateKey);

/** True when `signature` was made over exactly these bytes by the key. Never throws for garbage. */
export const isDocumentSigned = (bytes: Uint8Array, signature: Uint8Array, publicKey: KeyObject): boolean =>
  isSignedAs(Purpose.approval, bytes, signature, publicKey);

/** SHA-256 of the document's bytes, in hex: the approval's id. */
export const approvalIdOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of document and agent id, in hex: the same order to the same agent is the same run, for ever. */
export const runIdOf = (bytes: Uint8Array, agentId: string): string =>
  createHash('sha256').update(approvalIdOf(bytes)).update('\0').update(agentId).digest('hex');

/** The first half of SHA-256 over the key's SPKI form, in hex. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);

/** A public key from its SPKI bytes. @throws when the bytes are none, or not of an Ed25519 key. */
export const publicKeyFrom = (spki: Uint8Array): KeyObject => {
  const key = createPublicKey({ key: Buffer.from(spki), type: 'spki', format: 'der' });
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the key is not an Ed25519 key');
  return key;
};

/**
 * Reads a document whose signature was verified. Every field is checked all the same: a key that signs is no
 * excuse for running something half understood.
 */
export const decodeDocument = (
  bytes: Uint8Array,
): { ok: true; document: ApprovalDocument } | { ok: false; reason: string } => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { ok: false, reason: 'it is not JSON' };
  }
  const wrong = problemOf(value);
  return wrong === null ? { ok: true, document: value as ApprovalDocument } : { ok: false, reason: wrong };
};

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);
const isCount = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;
const isDecision = (v: unknown): boolean =>
  isObject(v) && typeof v.by === 'string' && isCount(v.at) && typeof v.rule === 'string';

const problemOf = (d: unknown): string | null => {
  if (!isObject(d)) return 'it is not an object';
  if (d.v !== 1) return 'its version is not known here';
  for (const key of ['keyId', 'server']) if (typeof d[key] !== 'string') return `its ${key} is missing`;
  for (const key of ['task', 'proposal', 'issuedAt', 'runBy'])
    if (!isCount(d[key])) return `its ${key} is missing`;
  const script = d.script;
  if (!isObject(script) || typeof script.digest !== 'string') return 'its script is missing';
  if (!Object.values(Interpreter).includes(script.interpreter as Interpreter))
    return 'its interpreter is not known';
  if (d.runAs !== null && typeof d.runAs !== 'string') return 'its user is missing';
  const limits = d.limits;
  if (!isObject(limits)) return 'its limits are missing';
  for (const key of ['timeoutMs', 'killGraceMs', 'outputHeadBytes', 'outputTailBytes']) {
    if (!isCount(limits[key])) return `its limit ${key} is missing`;
  }
  if ((limits.timeoutMs as number) > scriptTimeoutMsMax) return 'its time limit is too long';
  if (!Array.isArray(d.decisions) || d.decisions.length === 0 || !d.decisions.every(isDecision)) {
    return 'its decisions are missing';
  }
  const agents = d.agents;
  if (!Array.isArray(agents) || agents.some((a) => typeof a !== 'string')) return 'its agents are missing';
  if (new Set(agents).size !== agents.length) return 'it names an agent twice';
  if (agents.length === 0 || agents.length > documentAgentsMax)
    return 'its number of agents is out of bounds';
  return null;
};
