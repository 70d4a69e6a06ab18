import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, auditHash } from '../../src/core/audit.ts';
import { trustedKeyOf } from '../../src/core/audit-keys.ts';
import { entryOf } from '../../src/core/audit-record.ts';
import type { AuditWitness } from '../../src/core/audit-witness.ts';
import { type AuditVerdict, verifyAudit } from '../../src/flow/verify-audit.ts';
import { entryAt, type Key, keyOf, type Log, makeLog, sealed, sourceOf } from './signed-log.ts';

const [ours, next, theirs] = [keyOf(1), keyOf(2), keyOf(3)];

const verify = (
  log: Log,
  options: { trusted?: Key[]; witness?: AuditWitness | null; isPartial?: boolean } = {},
): Promise<AuditVerdict> =>
  verifyAudit(sourceOf(log, options.isPartial), {
    trusted: (options.trusted ?? [ours]).map((k) => trustedKeyOf(k.spki)),
    witness: options.witness ?? null,
    evidence: null,
    onProgress: () => {},
  });

const codesOf = ({ breaks }: AuditVerdict): string[] => breaks.map((b) => b.sentence.code);

const groups = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 8 });
const withPlace = groups.chain((sizes) => {
  const count = sizes.reduce((a, b) => a + b, 0);
  return fc.record({ sizes: fc.constant(sizes), seq: fc.integer({ min: 1, max: count }) });
});

/** Computes everything from `seq` on anew, as somebody without the key can. */
const rehash = (log: Log, seq: number): void => {
  for (let at = seq; at <= log.records.length; at++) {
    const record = log.records[at - 1];
    if (!record?.entry) continue;
    const previous = at === 1 ? record.entry.previous : entryAt(log, at - 1).hash;
    const { hash: _, previous: __, seq: ___, at: when, ...note } = record.entry;
    record.entry = { ...record.entry, previous, hash: auditHash(previous, at, when, note) };
  }
  log.head = { seq: log.records.length, hash: entryAt(log, log.records.length).hash };
};

/** Every field of an entry, changed so that it still has an entry's form. */
const edits: Record<string, (entry: AuditEntry) => Partial<AuditEntry>> = {
  at: ({ at }) => ({ at: at + 1 }),
  kind: () => ({ kind: 'task.reject' }),
  'actor.kind': ({ actor }) => ({ actor: { ...actor, kind: 'token' } }),
  'actor.surface': ({ actor }) => ({ actor: { ...actor, surface: 'api' } }),
  'actor.id': ({ actor }) => ({ actor: { ...actor, id: 'U2' } }),
  'actor.name': ({ actor }) => ({ actor: { ...actor, name: 'Eve' } }),
  task: () => ({ task: null }),
  run: () => ({ run: 'r' }),
  digest: () => ({ digest: 'd' }),
  detail: ({ detail }) => ({ detail: { ...detail, count: -1 } }),
  'a new detail': ({ detail }) => ({ detail: { ...detail, more: true } }),
  'no details': () => ({ detail: {} }),
  previous: () => ({ previous: 'ab'.repeat(32) }),
  hash: () => ({ hash: 'ab'.repeat(32) }),
};

describe('a log as the server wrote it', () => {
  it('is whole, however its commits were grouped and whenever its key was replaced', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.nat(7), async (sizes, change) => {
        const keys = sizes.map((_, i) => (i < change ? ours : next));
        const log = makeLog(sizes, keys);
        // Trusting the last one is as good: what it signed covers all before it.
        const last = keys.at(-1) ?? ours;
        for (const trusted of [[keys[0] ?? ours], [last], []]) {
          const verdict = await verify(log, { trusted });
          expect(verdict).toMatchObject({ isWhole: true, breaks: [], signedTo: log.records.length });
        }
      }),
    );
  });

  it('may be empty', async () => {
    expect(await verify(makeLog([], [ours]))).toMatchObject({ isWhole: true, entries: 0 });
  });
});

describe('a log that somebody changed', () => {
  it.each(Object.keys(edits))('names the first entry whose %s is another', async (field) => {
    await fc.assert(
      fc.asyncProperty(withPlace, async ({ sizes, seq }) => {
        const log = makeLog(sizes, [ours]);
        const record = log.records[seq - 1];
        if (!record?.entry) throw new Error('no entry');
        record.entry = { ...record.entry, ...edits[field]?.(record.entry) };
        expect(entryOf(record.entry)).not.toBeNull();
        const verdict = await verify(log);
        expect(verdict.isWhole).toBe(false);
        expect(verdict.breaks[0]).toMatchObject({ seq, sentence: { code: 'audit_entry_changed' } });
      }),
      { numRuns: 30 },
    );
  });

  it('names the first entry that is missing', async () => {
    await fc.assert(
      fc.asyncProperty(withPlace, async ({ sizes, seq }) => {
        const log = makeLog(sizes, [ours]);
        fc.pre(seq < log.records.length);
        log.records.splice(seq - 1, 1);
        const verdict = await verify(log);
        expect(verdict.breaks[0]?.sentence.text).toContain(`Entry ${seq} is missing`);
      }),
    );
  });

  it('names an entry that was put in, or stands at another place', async () => {
    await fc.assert(
      fc.asyncProperty(withPlace, fc.nat(20), async ({ sizes, seq }, other) => {
        const log = makeLog(sizes, [ours]);
        const [from] = log.records.splice(seq - 1, 1);
        const to = other % (log.records.length + 1);
        if (!from) return;
        fc.pre(to !== seq - 1);
        log.records.splice(to, 0, from);
        expect((await verify(log)).isWhole).toBe(false);
        log.records.splice(to, 0, from);
        expect(codesOf(await verify(log))).toContain('audit_entry_astray');
      }),
    );
  });

  it('says where its end was cut off, and that the note of its end was changed with it', async () => {
    await fc.assert(
      fc.asyncProperty(withPlace, async ({ sizes, seq }) => {
        const log = makeLog(sizes, [ours]);
        fc.pre(seq < log.records.length);
        const all = log.records.length;
        log.records.length = seq;
        expect(codesOf(await verify(log))).toContain('audit_cut');
        log.head = { seq, hash: entryAt(log, seq).hash };
        expect((await verify(log)).breaks.map((b) => b.sentence.text).join()).toContain(`entry ${all}`);
        log.lastSealed = seq;
        const isAtEndOfCommit = log.records[seq - 1]?.seal !== null;
        // Only a witness can find a cut between two commits.
        expect((await verify(log)).isWhole).toBe(isAtEndOfCommit);
      }),
    );
  });

  it('shows by its signatures that all its hashes were computed anew', async () => {
    await fc.assert(
      fc.asyncProperty(withPlace, async ({ sizes, seq }) => {
        const log = makeLog(sizes, [ours]);
        const record = log.records[seq - 1];
        if (!record?.entry) return;
        record.entry = { ...record.entry, actor: { ...record.entry.actor, name: 'Eve' } };
        rehash(log, seq);
        const verdict = await verify(log);
        const firstSealed = log.records.findIndex((r, i) => i >= seq - 1 && r.seal) + 1;
        expect(verdict.breaks[0]).toMatchObject({
          seq: firstSealed,
          sentence: { code: 'audit_signature_wrong' },
        });
        for (const later of log.records.slice(seq - 1)) later.seal = null;
        log.lastSealed = log.records.findLastIndex((r) => r.seal) + 1;
        expect(codesOf(await verify(log))).toEqual([
          log.lastSealed === 0 ? 'audit_unsigned' : 'audit_tail_unsigned',
        ]);
      }),
    );
  });

  it('does not pass with a key of their own, whether the log lists it or not', async () => {
    const forged = makeLog([2, 1, 3], [theirs]);
    expect(codesOf(await verify(forged))).toEqual(['audit_key_untrusted']);
    const slipped = makeLog([2, 1, 3], [ours, ours, theirs]);
    slipped.signers.length = 1;
    expect(codesOf(await verify(slipped))).toContain('audit_signature_key_unknown');
    // Listed with a word of succession that our key never gave.
    const listed = makeLog([2, 1, 3], [ours, ours, theirs]);
    const last = listed.signers.at(-1);
    if (last) last.statementSignature = Buffer.alloc(64, 1);
    expect(codesOf(await verify(listed))).toContain('audit_keys_broken');
  });

  it('shows that a key was used after it had been replaced', async () => {
    const log = makeLog([1, 1, 1], [ours, next, next]);
    const record = log.records[2];
    if (record) record.seal = sealed(entryAt(log, 3), ours);
    expect(codesOf(await verify(log))).toContain('audit_signature_outlived');
  });

  it('tells of records that are none', async () => {
    const log = makeLog([1, 1], [ours]);
    log.records.splice(1, 0, { entry: null, where: 'line 3 of the export', seal: null });
    expect((await verify(log)).breaks[0]?.sentence.text).toContain('line 3 of the export');
  });
});

describe('a witness', () => {
  const witnessOf = (log: Log, seq: number, over: Partial<AuditWitness> = {}): AuditWitness => ({
    publicKey: ours.spki,
    latest: sealed(entryAt(log, seq), ours),
    earlier: [],
    conflicts: [],
    ...over,
  });
  const log = makeLog([1, 2, 1, 2], [ours]);
  const rewritten = makeLog([1, 2, 1, 2], [ours], (seq) => ({
    ...(entryAt(log, seq) as AuditEntry),
    actor: { kind: 'person', surface: 'web', id: 'U1', name: seq === 3 ? 'Eve' : 'Ada' },
  }));

  it('is found in the log that it is of', async () => {
    const earlier = [sealed(entryAt(log, 1), ours)];
    const verdict = await verify(log, { witness: witnessOf(log, 4, { earlier }) });
    expect(verdict).toMatchObject({ isWhole: true, witnessed: 2 });
  });

  it('finds a log that was rewritten with the stolen key, which nothing else does', async () => {
    const again = makeLog([1, 2, 1, 2], [ours], (seq) => {
      const { seq: _, at: __, hash: ___, previous: ____, ...note } = entryAt(rewritten, seq);
      return note;
    });
    expect((await verify(again)).isWhole).toBe(true);
    expect(codesOf(await verify(again, { witness: witnessOf(log, 4) }))).toEqual(['audit_witness_differs']);
    const conflicts = [{ kept: sealed(entryAt(log, 3), ours), shown: sealed(entryAt(again, 3), ours) }];
    const shownLater = witnessOf(again, 6, { conflicts });
    expect((await verify(again, { witness: shownLater })).breaks[0]?.seq).toBe(3);
  });

  it('finds a log whose end was cut off, which nothing else does', async () => {
    const short = makeLog([1, 2], [ours]);
    expect((await verify(short)).isWhole).toBe(true);
    const verdict = await verify(short, { witness: witnessOf(log, 6) });
    expect(codesOf(verdict)).toEqual(['audit_witness_beyond']);
    expect(codesOf(await verify(makeLog([], [ours]), { witness: witnessOf(log, 6) }))).toEqual([
      'audit_witness_beyond',
    ]);
  });

  it('proves nothing when the server did not sign it', async () => {
    const made = witnessOf(log, 6);
    made.latest = { ...made.latest, hash: 'ab'.repeat(32) };
    expect(codesOf(await verify(log, { witness: made }))).toEqual(['audit_witness_false']);
  });
});

describe('an export of some entries', () => {
  it('is checked as far as it goes', async () => {
    const log = makeLog([1, 2, 1, 2], [ours]);
    log.records = [1, 3, 4, 6].flatMap((seq) => log.records[seq - 1] ?? []);
    expect(await verify(log, { isPartial: true })).toMatchObject({
      isWhole: true,
      entries: 4,
      signatures: 4,
    });
    expect(codesOf(await verify(log, { isPartial: true, trusted: [theirs] }))).toEqual([
      'audit_key_untrusted',
    ]);
    const [, changed] = log.records;
    if (changed?.entry) changed.entry = { ...changed.entry, kind: 'task.reject' };
    expect(codesOf(await verify(log, { isPartial: true }))).toEqual(['audit_entry_changed']);
  });
});
