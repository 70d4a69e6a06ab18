import { describe, expect, test } from 'vitest';
import { conflictsKeptMax, dayMs, earlierHeadsMax } from '../../../agent/src/core/limits.ts';
import { holdHead } from '../../../agent/src/core/witness-book.ts';
import type { SignedAuditHead } from '../../../src/core/audit-head.ts';
import { type AuditWitness, decodeWitness, encodeWitness } from '../../../src/core/audit-witness.ts';

const key = Buffer.from('key');
const head = (seq: number, over: Partial<SignedAuditHead> = {}): SignedAuditHead => ({
  server: 'server-1',
  seq,
  hash: `${seq}`.padStart(64, '0'),
  at: seq,
  keyId: 'k',
  signature: Buffer.alloc(64, seq),
  ...over,
});

/** What is kept after these were shown. */
const keptAfter = (...heads: SignedAuditHead[]): AuditWitness => {
  let kept: AuditWitness | null = null;
  for (const shown of heads) {
    const verdict = holdHead(kept, shown, key);
    if (verdict.kind === 'kept') kept = verdict.witness;
    else if (verdict.kind === 'conflict') kept = verdict.witness ?? kept;
  }
  if (!kept) throw new Error('nothing is kept');
  return kept;
};

describe('a head that an agent is shown', () => {
  test('is kept when the log has grown', () => {
    expect(keptAfter(head(3), head(4), head(9))).toMatchObject({
      latest: head(9),
      earlier: [],
      conflicts: [],
    });
  });

  test('changes nothing when it is the kept one again', () => {
    expect(holdHead(keptAfter(head(3)), head(3), key)).toEqual({ kind: 'same' });
  });

  test.each([
    ['ends earlier', head(2)],
    ['holds another entry there', head(3, { hash: 'f'.repeat(64) })],
  ])('is evidence when the log %s: both are kept, and the older stays the latest', (_, shown) => {
    const verdict = holdHead(keptAfter(head(3)), shown, key);
    expect(verdict).toMatchObject({
      kind: 'conflict',
      kept: head(3),
      witness: { latest: head(3), conflicts: [{ kept: head(3), shown }] },
    });
  });

  test('is evidence once: a log that goes on contradicting does not fill the disk', () => {
    const kept = keptAfter(head(3), head(1));
    expect(holdHead(kept, head(2), key)).toEqual({ kind: 'conflict', kept: head(3), witness: null });
    const many = Array.from({ length: 40 }, (_, i) => [head(10 + i), head(1)]).flat();
    expect(keptAfter(...many).conflicts).toHaveLength(conflictsKeptMax);
  });

  test('leaves one of each day behind, so that a log rewritten long ago is found out too', () => {
    const days = Array.from({ length: earlierHeadsMax + 5 }, (_, day) => [
      head(2 * day + 1, { at: day * dayMs }),
      head(2 * day + 2, { at: day * dayMs + 1 }),
    ]).flat();
    const { earlier, latest } = keptAfter(...days);
    expect(earlier).toHaveLength(earlierHeadsMax);
    expect(earlier.at(-1)?.seq).toBe(latest.seq - 2);
    expect(earlier.every((h) => h.seq % 2 === 0)).toBe(true);
  });

  test('is the same after it was written and read', () => {
    const witness = keptAfter(head(3), head(1), head(4, { at: 2 * dayMs }));
    expect(decodeWitness(encodeWitness(witness))).toEqual(witness);
    for (const text of ['', '{}', 'null', '{"v":2}', encodeWitness(witness).replace('"seq"', '"sec"')]) {
      expect(decodeWitness(text)).toBeNull();
    }
  });
});
