import type { SignedAuditHead } from '../../../src/core/audit-head.ts';
import type { AuditWitness } from '../../../src/core/audit-witness.ts';
import { conflictsKeptMax, dayMs, earlierHeadsMax } from './limits.ts';

/** What a shown head means for what is kept. */
export type HeadVerdict =
  | { kind: 'same' }
  | { kind: 'kept'; witness: AuditWitness }
  /** `witness` holds both as evidence; null where it did already. */
  | { kind: 'conflict'; kept: SignedAuditHead; witness: AuditWitness | null };

/**
 * Holds a head, whose signature was verified, against those that are kept. A log only grows: one that ends earlier than
 * it did, or holds another entry where it ended, was cut or rewritten. Pure.
 *
 * @param publicKey SPKI of the server's key that is trusted now.
 */
export const holdHead = (
  witness: AuditWitness | null,
  shown: SignedAuditHead,
  publicKey: Buffer,
): HeadVerdict => {
  if (!witness) return { kind: 'kept', witness: { publicKey, latest: shown, earlier: [], conflicts: [] } };
  const { latest } = witness;
  if (shown.seq > latest.seq) return { kind: 'kept', witness: { ...advanced(witness, shown), publicKey } };
  if (isSame(shown, latest)) return { kind: 'same' };
  const isKnown = witness.conflicts.some((c) => isSame(c.kept, latest));
  if (isKnown) return { kind: 'conflict', kept: latest, witness: null };
  const conflicts = [...witness.conflicts, { kept: latest, shown }].slice(-conflictsKeptMax);
  return { kind: 'conflict', kept: latest, witness: { ...witness, conflicts } };
};

const isSame = (a: SignedAuditHead, b: SignedAuditHead): boolean => a.seq === b.seq && a.hash === b.hash;

/** The last head of each day stays, so that a log that is rewritten and then grows is found out too. */
const advanced = (witness: AuditWitness, shown: SignedAuditHead): AuditWitness => {
  const { latest, earlier } = witness;
  const isNewDay = Math.floor(shown.at / dayMs) > Math.floor(latest.at / dayMs);
  const kept = isNewDay ? [...earlier, latest].slice(-earlierHeadsMax) : earlier;
  return { ...witness, latest: shown, earlier: kept };
};
