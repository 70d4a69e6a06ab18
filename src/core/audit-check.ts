import { type AuditEntry, auditGenesis, auditHash } from './audit.ts';
import { isAuditHeadSigned } from './audit-head.ts';
import { type AuditKey, isTrusted, type TrustedKey } from './audit-keys.ts';
import type { AuditRecord, AuditSealRecord } from './audit-record.ts';
import { iso } from './iso.ts';
import { type Sentence, sentence } from './sentences.ts';

/** A place where the log is not what was written. */
export interface AuditBreak {
  /** Null for what concerns the log as a whole. */
  seq: number | null;
  sentence: Sentence;
}

/** What was found good, as far as the check has come. */
export interface AuditTally {
  entries: number;
  firstSeq: number | null;
  last: AuditEntry | null;
  signatures: number;
  /** The last entry that a good signature of a trusted key covers, 0 for none. */
  signedTo: number;
  /** The keys of good signatures, in the order in which they came. */
  keyIds: string[];
}

/**
 * Holds a log's entries, one after another, against the rules of docs/audit.md. It keeps no entry but the last.
 *
 * Modes: reading, until `end` says what only the end can show. After a break it goes on from what stands there, so
 * that one changed entry is one break and not a broken rest.
 */
export class AuditCheck {
  readonly tally: AuditTally = {
    entries: 0,
    firstSeq: null,
    last: null,
    signatures: 0,
    signedTo: 0,
    keyIds: [],
  };
  readonly #keys: readonly AuditKey[];
  readonly #trusted: readonly TrustedKey[];
  readonly #isPartial: boolean;
  /** The last head whose signature was found wrong: that was told already. */
  #lastMisfit = 0;

  /** @param trusted nothing where nobody said which key to trust: then the log's own keys are taken at their word. */
  constructor(keys: readonly AuditKey[], trusted: readonly TrustedKey[], isPartial: boolean) {
    this.#keys = keys;
    this.#trusted = trusted;
    this.#isPartial = isPartial;
  }

  /** @returns what is wrong with this record, null when nothing is. */
  take({ entry, where, seal }: AuditRecord): AuditBreak | null {
    if (!entry) {
      return { seq: this.#next, sentence: sentence('audit_entry_unreadable', { where }) };
    }
    const { last } = this.tally;
    this.tally.entries++;
    this.tally.firstSeq ??= entry.seq;
    const wrong = this.#misplaced(entry, last) ?? misfit(entry) ?? this.#unlinked(entry, last);
    this.tally.last = entry;
    const unsealed = seal === null ? null : this.#sealMisfit(entry, seal);
    if (unsealed) this.#lastMisfit = entry.seq;
    const said = wrong ?? unsealed;
    return said && { seq: entry.seq, sentence: said };
  }

  get #next(): number {
    return (this.tally.last?.seq ?? 0) + 1;
  }

  #misplaced(entry: AuditEntry, last: AuditEntry | null): Sentence | null {
    const expected = this.#next;
    if (last && entry.seq < expected)
      return sentence('audit_entry_astray', { seq: entry.seq, after: last.seq });
    if (this.#isPartial || entry.seq === expected) return null;
    return sentence('audit_entries_missing', { from: expected, to: entry.seq - 1 });
  }

  #unlinked(entry: AuditEntry, last: AuditEntry | null): Sentence | null {
    const isFirst = entry.seq === 1;
    if (!isFirst && last?.seq !== entry.seq - 1) return null;
    if (entry.previous === (isFirst ? auditGenesis : last?.hash)) return null;
    const at = iso(entry.at);
    if (isFirst) return sentence('audit_genesis_wrong', { at });
    return sentence('audit_link_broken', { seq: entry.seq, at, before: entry.seq - 1 });
  }

  #sealMisfit(entry: AuditEntry, { server, keyId, signature }: AuditSealRecord): Sentence | null {
    const { seq, hash, at } = entry;
    const key = this.#keys.find((k) => k.server === server && k.keyId === keyId);
    if (!key) return sentence('audit_signature_key_unknown', { seq, at: iso(at), key: keyId });
    if (!isAuditHeadSigned({ server, seq, hash, at, keyId, signature }, key.key)) {
      return sentence('audit_signature_wrong', { seq, at: iso(at), key: keyId });
    }
    if (key.until !== null && at > key.until) {
      return sentence('audit_signature_outlived', { seq, at: iso(at), key: keyId, until: iso(key.until) });
    }
    const { tally } = this;
    tally.signatures++;
    if (!tally.keyIds.includes(keyId)) tally.keyIds.push(keyId);
    const isEnough = this.#trusted.length === 0 || isTrusted(key, this.#keys, this.#trusted);
    if (isEnough) tally.signedTo = seq;
    return null;
  }

  /**
   * @param head where the log says that it ends. @param lastSealed the last head that there is a signature of, null
   * where nobody knows.
   */
  end(head: { seq: number; hash: string }, lastSealed: number | null): AuditBreak[] {
    const { last, signedTo, signatures, keyIds } = this.tally;
    const untrusted = (): Sentence =>
      sentence('audit_key_untrusted', { trusted: this.#trusted.map((t) => t.keyId), signed: keyIds });
    if (this.#isPartial) {
      return signatures > 0 && signedTo === 0 ? [{ seq: null, sentence: untrusted() }] : [];
    }
    const seq = last?.seq ?? 0;
    const breaks: Sentence[] = [];
    const told = Math.max(head.seq, lastSealed ?? 0);
    if (told > seq) breaks.push(sentence('audit_cut', { last: seq, told }));
    else if (head.seq !== seq || head.hash !== (last?.hash ?? auditGenesis)) {
      breaks.push(sentence('audit_head_differs', { last: seq, head: head.seq }));
    }
    if (seq > 0 && signatures === 0) breaks.push(sentence('audit_unsigned', { last: seq }));
    else if (seq > 0 && signedTo === 0) breaks.push(untrusted());
    else if (signedTo < seq && this.#lastMisfit < seq) {
      breaks.push(sentence('audit_tail_unsigned', { from: signedTo + 1, to: seq }));
    }
    return breaks.map((said) => ({ seq: null, sentence: said }));
  }
}

/** What the entry says against its own hash. */
const misfit = (entry: AuditEntry): Sentence | null => {
  const { seq, at, previous, hash, ...note } = entry;
  if (auditHash(previous, seq, at, note) === hash) return null;
  return sentence('audit_entry_changed', { seq, at: iso(at), kind: note.kind });
};
