import type { AuditEntry } from '../core/audit.ts';
import { type AuditBreak, AuditCheck, type AuditTally } from '../core/audit-check.ts';
import { isAuditHeadSigned, type SignedAuditHead } from '../core/audit-head.ts';
import { type AuditKey, auditKeysOf, type TrustedKey } from '../core/audit-keys.ts';
import { type AuditWitness, witnessedHeads } from '../core/audit-witness.ts';
import { publicKeyFrom } from '../core/order.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { AuditSource } from '../ports/audit-source.ts';
import { auditBreaksMax, auditEntriesATurn } from './limits.ts';

/** Looks at rows beside the log that an entry speaks of: an approval, a run. */
export interface EvidenceCheck {
  /** What the rows say otherwise than the entry. */
  ofEntry(entry: AuditEntry): AuditBreak[];
  /** What is there without an entry. */
  atEnd(): AuditBreak[];
  /** Approvals and runs that were held against the log. */
  readonly checked: { approvals: number; runs: number };
}

export interface AuditVerdict extends AuditTally {
  isWhole: boolean;
  isPartial: boolean;
  /** The first of them first; at most `auditBreaksMax` are kept. */
  breaks: AuditBreak[];
  breaksCount: number;
  /** How many of an agent's heads were looked for, null where no witness was given. */
  witnessed: number | null;
  checked: EvidenceCheck['checked'] | null;
}

export interface VerifyOptions {
  trusted: readonly TrustedKey[];
  witness: AuditWitness | null;
  evidence: EvidenceCheck | null;
  onProgress: (entries: number) => void;
}

/** Holds a whole log against itself, its signatures, the keys that are trusted, and what an agent remembers of it. */
export const verifyAudit = async (source: AuditSource, options: VerifyOptions): Promise<AuditVerdict> => {
  const { keys, wrong } = auditKeysOf(source.signers);
  const check = new AuditCheck(keys, options.trusted, source.isPartial);
  const witness = options.witness && new WitnessCheck(options.witness, keys);
  const breaks: AuditBreak[] = [];
  let breaksCount = 0;
  const found = (...more: AuditBreak[]): void => {
    breaksCount += more.length;
    breaks.push(...more.slice(0, auditBreaksMax - breaks.length));
  };
  if (wrong !== null) found({ seq: null, sentence: sentence('audit_keys_broken', { reason: wrong }) });
  let read = 0;
  for await (const record of source.records()) {
    const broken = check.take(record);
    if (broken) found(broken);
    if (record.entry) {
      found(...(witness?.take(record.entry) ?? []), ...(options.evidence?.ofEntry(record.entry) ?? []));
    }
    // A long log must not keep the terminal from being drawn.
    if (++read % auditEntriesATurn === 0) {
      options.onProgress(read);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  found(...check.end(source.head, source.lastSealed));
  found(...(witness?.atEnd(check.tally.last?.seq ?? 0, source.isPartial) ?? []));
  found(...(options.evidence?.atEnd() ?? []));
  return {
    ...check.tally,
    isWhole: breaksCount === 0,
    isPartial: source.isPartial,
    breaks: inOrder(breaks),
    breaksCount,
    witnessed: witness?.count ?? null,
    checked: options.evidence?.checked ?? null,
  };
};

/** By their place; what concerns the whole log stands last. */
const inOrder = (breaks: readonly AuditBreak[]): AuditBreak[] =>
  [...breaks].sort((a, b) => (a.seq ?? Number.MAX_SAFE_INTEGER) - (b.seq ?? Number.MAX_SAFE_INTEGER));

/** The heads that an agent was shown, looked for in the log as it passes by. */
class WitnessCheck {
  readonly #bySeq = new Map<number, SignedAuditHead[]>();
  readonly #heads: readonly SignedAuditHead[];
  readonly #false: Sentence[] = [];

  constructor(witness: AuditWitness, keys: readonly AuditKey[]) {
    this.#heads = witnessedHeads(witness).filter((head) => {
      const isGood = isSignedHead(head, witness, keys);
      if (!isGood) this.#false.push(sentence('audit_witness_false', { seq: head.seq }));
      return isGood;
    });
    for (const head of this.#heads) this.#bySeq.set(head.seq, [...(this.#bySeq.get(head.seq) ?? []), head]);
  }

  get count(): number {
    return this.#heads.length;
  }

  take(entry: AuditEntry): AuditBreak[] {
    const heads = this.#bySeq.get(entry.seq);
    if (!heads) return [];
    const { seq } = entry;
    return heads.some((h) => h.hash !== entry.hash)
      ? [{ seq, sentence: sentence('audit_witness_differs', { seq }) }]
      : [];
  }

  atEnd(last: number, isPartial: boolean): AuditBreak[] {
    const said: Sentence[] = [...this.#false];
    const beyond = Math.max(0, ...this.#heads.filter((h) => h.seq > last).map((h) => h.seq));
    if (beyond > 0 && !isPartial) said.push(sentence('audit_witness_beyond', { seq: beyond, last }));
    return said.map((s) => ({ seq: null, sentence: s }));
  }
}

/** By the key of that name in the log, or by the one that the agent itself trusts. */
const isSignedHead = (head: SignedAuditHead, witness: AuditWitness, keys: readonly AuditKey[]): boolean => {
  const key = keys.find((k) => k.server === head.server && k.keyId === head.keyId);
  if (key && isAuditHeadSigned(head, key.key)) return true;
  try {
    return isAuditHeadSigned(head, publicKeyFrom(witness.publicKey));
  } catch {
    return false;
  }
};
