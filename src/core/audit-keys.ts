import type { KeyObject } from 'node:crypto';
import type { AuditSigner } from './audit-record.ts';
import { keyIdOf, publicKeyFrom } from './order.ts';
import { followSuccessions, type SignedSuccession } from './succession.ts';
import type { Instant } from './task.ts';

/** A key of the log's, ready to verify with. */
export interface AuditKey {
  server: string;
  keyId: string;
  key: KeyObject;
  publicKey: Buffer;
  since: Instant;
  /** When the next took over; null for the one that signs now. */
  until: Instant | null;
  /** Its place in the succession of its server's keys. */
  rank: number;
}

/**
 * The keys that a log says it was signed with, each held against the word of the one before it.
 *
 * @returns also why they don't hold together, null when they do.
 */
export const auditKeysOf = (signers: readonly AuditSigner[]): { keys: AuditKey[]; wrong: string | null } => {
  const keys: AuditKey[] = [];
  let wrong: string | null = null;
  for (const server of new Set(signers.map((s) => s.server))) {
    const found = keysOfServer(
      server,
      signers.filter((s) => s.server === server),
    );
    keys.push(...found.keys);
    wrong ??= found.wrong;
  }
  return { keys, wrong };
};

const keysOfServer = (
  server: string,
  signers: readonly AuditSigner[],
): { keys: AuditKey[]; wrong: string | null } => {
  const [first] = signers;
  if (!first) return { keys: [], wrong: null };
  try {
    const chain = signers.flatMap(({ statement, statementSignature }): SignedSuccession[] =>
      statement && statementSignature ? [{ statement, signature: statementSignature }] : [],
    );
    const followed = followSuccessions(first, chain, server);
    if (!followed.ok) return { keys: [], wrong: followed.reason };
    const fits =
      followed.keys.length === signers.length &&
      followed.keys.every(
        (k, i) => signers[i]?.keyId === k.keyId && signers[i]?.publicKey.equals(k.publicKey),
      );
    if (!fits) return { keys: [], wrong: 'they are not the ones that their statements of succession name' };
    const keys = followed.keys.map((k, rank) => ({ ...k, server, key: publicKeyFrom(k.publicKey), rank }));
    return { keys, wrong: null };
  } catch (err) {
    return { keys: [], wrong: (err as Error).message };
  }
};

/** What somebody trusts: a key's id, or its whole fingerprint or SPKI. */
export interface TrustedKey {
  keyId: string;
  publicKey: Buffer | null;
}

/** From SPKI bytes. @throws when they are no Ed25519 key's. */
export const trustedKeyOf = (spki: Buffer): TrustedKey => ({
  keyId: keyIdOf(publicKeyFrom(spki)),
  publicKey: spki,
});

/** True for a key that is trusted, or that took over from one that is, by its own word. */
export const isTrusted = (
  key: AuditKey,
  keys: readonly AuditKey[],
  trusted: readonly TrustedKey[],
): boolean =>
  keys.some(
    (k) =>
      k.server === key.server &&
      k.rank <= key.rank &&
      trusted.some((t) => t.keyId === k.keyId && (t.publicKey === null || t.publicKey.equals(k.publicKey))),
  );
