import type { SignedAuditHead } from './audit-head.ts';

/** What an agent keeps of the heads that it was shown, `<data>/witness.json`. */
export interface AuditWitness {
  /** SPKI of the server's key that the agent trusts. */
  publicKey: Buffer;
  latest: SignedAuditHead;
  /** One of each day before, so that a log that was rewritten long ago is found out too. */
  earlier: SignedAuditHead[];
  /** Heads that can't both be of one log: the one that was kept, and the one that was shown. */
  conflicts: { kept: SignedAuditHead; shown: SignedAuditHead }[];
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

const headText = (head: SignedAuditHead): object => ({
  ...head,
  signature: head.signature.toString('base64'),
});

export const encodeWitness = ({ publicKey, latest, earlier, conflicts }: AuditWitness): string =>
  `${JSON.stringify(
    {
      v: 1,
      publicKey: publicKey.toString('base64'),
      latest: headText(latest),
      earlier: earlier.map(headText),
      conflicts: conflicts.map(({ kept, shown }) => ({ kept: headText(kept), shown: headText(shown) })),
    },
    null,
    2,
  )}\n`;

/** Null when the text is no witness of a version that is known here. */
export const decodeWitness = (text: string): AuditWitness | null => {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value.v !== 1 || typeof value.publicKey !== 'string') return null;
    const { earlier, conflicts } = value;
    if (!Array.isArray(earlier) || !Array.isArray(conflicts)) return null;
    return {
      publicKey: Buffer.from(value.publicKey, 'base64'),
      latest: headOf(value.latest),
      earlier: earlier.map(headOf),
      conflicts: conflicts.map((c) => ({ kept: headOf(c.kept), shown: headOf(c.shown) })),
    };
  } catch {
    return null;
  }
};

const headOf = (v: unknown): SignedAuditHead => {
  if (!isObject(v)) throw new TypeError('not a head');
  const { server, seq, hash, at, keyId, signature } = v;
  if (typeof server !== 'string' || typeof hash !== 'string' || typeof keyId !== 'string') {
    throw new TypeError('not a head');
  }
  if (typeof seq !== 'number' || typeof at !== 'number' || typeof signature !== 'string') {
    throw new TypeError('not a head');
  }
  return { server, seq, hash, at, keyId, signature: Buffer.from(signature, 'base64') };
};

/** Every head of a witness that a log must contain: what was kept, also where the server later showed another. */
export const witnessedHeads = ({ latest, earlier, conflicts }: AuditWitness): SignedAuditHead[] => [
  ...earlier,
  ...conflicts.map((c) => c.kept),
  latest,
];
