import type { AuditEntry } from './audit.ts';
import type { Instant } from './task.ts';

/** A key that heads of the log were signed with, as the log's file or export says it. */
export interface AuditSigner {
  server: string;
  keyId: string;
  /** SPKI. */
  publicKey: Buffer;
  since: Instant;
  /** The word of the key before it, and that key's signature; null for a server's first. */
  statement: Buffer | null;
  statementSignature: Buffer | null;
}

/** A head's signature, beside the entry that the head is of. */
export interface AuditSealRecord {
  server: string;
  keyId: string;
  signature: Buffer;
}

/** One entry as it was found, with the signature of the head that ended there, where one did. */
export interface AuditRecord {
  /** Null when it is not of an entry's form; `where` says which it is then. */
  entry: AuditEntry | null;
  /** For people: "entry 17", "line 18 of the export". */
  where: string;
  seal: AuditSealRecord | null;
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);
const isCount = (v: unknown): boolean => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;
const isTextOrNull = (v: unknown): boolean => v === null || typeof v === 'string';
const isHash = (v: unknown): boolean => typeof v === 'string' && /^[0-9a-f]{64}$/.test(v);
const isPlain = (v: unknown): boolean => v === null || ['string', 'number', 'boolean'].includes(typeof v);

/** An actor's fields, in the order in which they are hashed. */
const actorKeys = ['kind', 'surface', 'id', 'name'];
const isActor = (v: unknown): boolean =>
  isObject(v) &&
  Object.keys(v).length === actorKeys.length &&
  actorKeys.every((k) => typeof v[k] === 'string');

/**
 * Takes a value for an entry only when it has an entry's form and nothing beside it: what the hash doesn't cover must
 * not be there to be believed.
 */
export const entryOf = (value: unknown): AuditEntry | null => {
  if (!isObject(value)) return null;
  const { seq, at, kind, actor, task, run, digest, detail, previous, hash, ...more } = value;
  if (Object.keys(more).length > 0) return null;
  if (!isCount(seq) || !isCount(at) || typeof kind !== 'string' || !isActor(actor)) return null;
  if ((task !== null && !isCount(task)) || !isTextOrNull(run) || !isTextOrNull(digest)) return null;
  if (!isObject(detail) || !Object.values(detail).every(isPlain)) return null;
  return isHash(previous) && isHash(hash) ? (value as unknown as AuditEntry) : null;
};
