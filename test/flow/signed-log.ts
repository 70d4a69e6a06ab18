import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type AuditEntry, type AuditNote, auditGenesis, auditHash } from '../../src/core/audit.ts';
import { encodeAuditHead, type SignedAuditHead } from '../../src/core/audit-head.ts';
import type { AuditRecord, AuditSigner } from '../../src/core/audit-record.ts';
import { keyIdOf } from '../../src/core/order.ts';
import { Purpose, signAs } from '../../src/core/signature.ts';
import { encodeSuccession } from '../../src/core/succession.ts';
import type { AuditSource } from '../../src/ports/audit-source.ts';
import { aNote } from '../contract/store-rows.ts';

export const server = 'server-1';

/** A key that is the same in every run of the tests. @param seed one byte. */
export const keyOf = (seed: number): { privateKey: KeyObject; keyId: string; spki: Buffer } => {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const privateKey = createPrivateKey({
    key: Buffer.concat([head, Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, keyId: keyIdOf(publicKey), spki };
};

export type Key = ReturnType<typeof keyOf>;

/** A log in memory, as a source has it. */
export interface Log {
  signers: AuditSigner[];
  records: AuditRecord[];
  head: { seq: number; hash: string };
  lastSealed: number;
}

const startAt = Date.UTC(2026, 0, 1);

/** The time of an entry: one second each. */
export const timeOf = (seq: number): number => startAt + seq * 1_000;

export const sealed = (entry: AuditEntry, key: Key): SignedAuditHead => {
  const head = { server, seq: entry.seq, hash: entry.hash, at: entry.at, keyId: key.keyId };
  return { ...head, signature: signAs(Purpose.auditHead, encodeAuditHead(head), key.privateKey) };
};

const noteOf = (seq: number): AuditNote => ({ ...aNote(1001 + seq), detail: { count: seq, agent: 'db1' } });

/**
 * A log as a server writes it.
 *
 * @param groups entries in each commit. @param keys the key of each commit; where it changes, the old one hands over.
 * @param noteAt what each entry says.
 */
export const makeLog = (
  groups: readonly number[],
  keys: readonly Key[],
  noteAt: (seq: number) => AuditNote = noteOf,
): Log => {
  const records: AuditRecord[] = [];
  let previous = auditGenesis;
  groups.forEach((count, group) => {
    for (let i = 0; i < count; i++) {
      const seq = records.length + 1;
      const note = noteAt(seq);
      const at = timeOf(seq);
      const entry = { ...note, seq, at, previous, hash: auditHash(previous, seq, at, note) };
      const key = keys[Math.min(group, keys.length - 1)];
      const seal = i === count - 1 && key ? sealed(entry, key) : null;
      records.push({ entry, where: `entry ${seq}`, seal: seal && sealOf(seal) });
      previous = entry.hash;
    }
  });
  const last = records.length;
  return { signers: signersOf(groups, keys), records, head: { seq: last, hash: previous }, lastSealed: last };
};

const sealOf = ({ server, keyId, signature }: SignedAuditHead) => ({ server, keyId, signature });

const signersOf = (groups: readonly number[], keys: readonly Key[]): AuditSigner[] => {
  let before: Key | null = null;
  let seq = 0;
  return keys.flatMap((key, group): AuditSigner[] => {
    const since = timeOf(seq);
    seq += groups[group] ?? 0;
    if (key === before) return [];
    const statement =
      before &&
      encodeSuccession({
        v: 1,
        server,
        oldKeyId: before.keyId,
        newKey: key.spki.toString('base64'),
        at: since,
      });
    const statementSignature =
      before && statement && signAs(Purpose.succession, statement, before.privateKey);
    before = key;
    return [{ server, keyId: key.keyId, publicKey: key.spki, since, statement, statementSignature }];
  });
};

export const sourceOf = (log: Log, isPartial = false): AuditSource => ({
  signers: log.signers,
  head: log.head,
  lastSealed: log.lastSealed,
  count: log.records.length,
  isPartial,
  evidence: null,
  records: () => log.records,
  close: () => {},
});

/** The entry of that sequence. */
export const entryAt = (log: Log, seq: number): AuditEntry => {
  const entry = log.records[seq - 1]?.entry;
  if (!entry) throw new Error(`no entry ${seq}`);
  return entry;
};
