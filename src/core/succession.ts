import type { KeyObject } from 'node:crypto';
import { formerKeyMs } from './limits.ts';
import { type ApprovalDocument, keyIdOf, publicKeyFrom } from './order.ts';
import { isSignedAs, Purpose } from './signature.ts';
import type { Instant } from './task.ts';

/** One key's word, signed with it, that another takes over. Its exact bytes are what is signed, kept and shown. */
export interface Succession {
  v: 1;
  server: string;
  oldKeyId: string;
  /** SPKI of the key that takes over, in base64. */
  newKey: string;
  at: Instant;
}

export interface SignedSuccession {
  statement: Buffer;
  /** By the old key, for `Purpose.succession`. */
  signature: Buffer;
}

/** A key of the server's, for verifying. */
export interface ServerKey {
  keyId: string;
  /** SPKI. */
  publicKey: Buffer;
  since: Instant;
  /** When the next one took over; null for the one that signs now. */
  until: Instant | null;
}

export const encodeSuccession = (succession: Succession): Buffer =>
  Buffer.from(JSON.stringify(succession), 'utf8');

/**
 * Follows the word of each key to the next, from a key that is trusted. What the chain holds of the time before that
 * key is not looked at.
 *
 * @returns the trusted key and those that follow it, oldest first; or why the chain doesn't hold.
 */
export const followSuccessions = (
  from: { publicKey: Buffer; since: Instant },
  chain: readonly SignedSuccession[],
  server: string,
): { ok: true; keys: ServerKey[] } | { ok: false; reason: string } => {
  let key = publicKeyFrom(from.publicKey);
  let last: ServerKey = { keyId: keyIdOf(key), publicKey: from.publicKey, since: from.since, until: null };
  const keys = [last];
  for (const link of chain) {
    const read = readSuccession(link);
    if (!read) return { ok: false, reason: 'a statement of succession can not be read' };
    const { statement, next } = read;
    if (keys.length === 1 && statement.oldKeyId !== last.keyId) continue;
    const wrong = objectionTo(link, statement, key, last, server);
    if (wrong !== null) return { ok: false, reason: wrong };
    last.until = statement.at;
    key = next;
    last = {
      keyId: keyIdOf(next),
      publicKey: Buffer.from(statement.newKey, 'base64'),
      since: statement.at,
      until: null,
    };
    keys.push(last);
  }
  return { ok: true, keys };
};

const objectionTo = (
  { statement: bytes, signature }: SignedSuccession,
  statement: Succession,
  key: KeyObject,
  last: ServerKey,
  server: string,
): string | null => {
  if (statement.oldKeyId !== last.keyId) return 'a statement of succession is missing between two keys';
  if (!isSignedAs(Purpose.succession, bytes, signature, key)) {
    return 'a statement of succession is not signed by the key before';
  }
  if (statement.server !== server) return 'a statement of succession is of another server';
  if (statement.at < last.since) return 'a statement of succession is older than the key that signed it';
  return null;
};

const readSuccession = ({
  statement,
}: SignedSuccession): { statement: Succession; next: KeyObject } | null => {
  try {
    const value = JSON.parse(statement.toString('utf8')) as Partial<Succession> | null;
    const { v, server, oldKeyId, newKey, at } = value ?? {};
    if (v !== 1 || typeof server !== 'string' || typeof oldKeyId !== 'string') return null;
    if (typeof newKey !== 'string' || typeof at !== 'number' || !Number.isSafeInteger(at)) return null;
    return {
      statement: { v, server, oldKeyId, newKey, at },
      next: publicKeyFrom(Buffer.from(newKey, 'base64')),
    };
  } catch {
    return null;
  }
};

/**
 * Why a key may not vouch for a document, null when it may. A former key vouches for what was issued while it was the
 * server's, and only for as long as such an approval can wait: who got hold of it later gains nothing by it.
 */
export const keyObjection = (
  { until }: { until: Instant | null },
  { issuedAt, runBy }: Pick<ApprovalDocument, 'issuedAt' | 'runBy'>,
): string | null => {
  if (until === null) return null;
  if (issuedAt > until) return 'it was issued after its key had been replaced';
  if (runBy > until + formerKeyMs) return 'it would outlive its key, which was replaced';
  return null;
};
