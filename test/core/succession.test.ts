import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formerKeyMs } from '../../src/core/limits.ts';
import { keyIdOf } from '../../src/core/order.ts';
import { Purpose, signAs } from '../../src/core/signature.ts';
import {
  encodeSuccession,
  followSuccessions,
  keyObjection,
  type SignedSuccession,
  type Succession,
} from '../../src/core/succession.ts';
import { now } from './rows.ts';

const server = 'server-1';
const made = Array.from({ length: 4 }, () => generateKeyPairSync('ed25519'));
const keyAt = (i: number) => made[i] as { publicKey: KeyObject; privateKey: KeyObject };
const spkiAt = (i: number): Buffer => keyAt(i).publicKey.export({ type: 'spki', format: 'der' });
const idAt = (i: number): string => keyIdOf(keyAt(i).publicKey);

/** The word of key `i` for the next one, or what a test makes of it. */
const wordOf = (i: number, over: Partial<Succession> = {}, signedBy = i): SignedSuccession => {
  const succession: Succession = {
    v: 1,
    server,
    oldKeyId: idAt(i),
    newKey: spkiAt(i + 1).toString('base64'),
    at: now + i,
    ...over,
  };
  const statement = encodeSuccession(succession);
  return { statement, signature: signAs(Purpose.succession, statement, keyAt(signedBy).privateKey) };
};
const chain = [wordOf(0), wordOf(1), wordOf(2)];
const follow = (from: number, links: readonly SignedSuccession[]) =>
  followSuccessions({ publicKey: spkiAt(from), since: 0 }, links, server);

describe('a chain of successions', () => {
  it.each([0, 1, 2, 3])('is followed from key %i to the last, over any number of rotations', (from) => {
    const followed = follow(from, chain);
    const ids = followed.ok ? followed.keys.map((k) => k.keyId) : [];
    expect(ids).toEqual([0, 1, 2, 3].slice(from).map(idAt));
    const untils = followed.ok ? followed.keys.map((k) => k.until) : [];
    expect(untils).toEqual([...[0, 1, 2].slice(from).map((i) => now + i), null]);
  });

  it('leads nowhere from a key that it does not hold', () => {
    const stranger = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
    const followed = followSuccessions({ publicKey: stranger, since: 0 }, chain, server);
    expect(followed).toMatchObject({ ok: true, keys: [{ until: null }] });
  });

  it.each<[string, SignedSuccession[]]>([
    ['a step is missing', [wordOf(0), wordOf(2)]],
    ['a step comes twice', [wordOf(0), wordOf(0), wordOf(1)]],
    ['a step is signed by the key that it names as new', [wordOf(0, {}, 1)]],
    ['a step is of another server', [wordOf(0, { server: 'server-2' })]],
    ['a step is older than its key', [wordOf(0), wordOf(1, { at: now - 1 })]],
    ['a step names a key that is none', [wordOf(0, { newKey: 'aGVsbG8=' })]],
    ['a step has no time', [wordOf(0, { at: 'soon' as unknown as number })]],
    ['a step is of a version of the future', [wordOf(0, { v: 2 as unknown as 1 })]],
    ['a step is garbage', [{ statement: Buffer.from('hello'), signature: Buffer.alloc(64) }]],
  ])('is refused when %s', (_, links) => {
    expect(follow(0, links)).toEqual({ ok: false, reason: expect.any(String) });
  });

  it('a signature made for an approval is no word for a key', () => {
    const { statement } = wordOf(0);
    const signature = signAs(Purpose.approval, statement, keyAt(0).privateKey);
    expect(follow(0, [{ statement, signature }]).ok).toBe(false);
  });

  it('breaks with any one bit of it: the last key is not reached', () => {
    const bits = (of: Buffer) => fc.nat(of.length * 8 - 1);
    const flip = (of: Buffer, bit: number): Buffer => {
      const copy = Buffer.from(of);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy;
    };
    const link = wordOf(0);
    fc.assert(
      fc.property(bits(link.statement), bits(link.signature), (a, b) => {
        for (const bad of [
          { ...link, statement: flip(link.statement, a) },
          { ...link, signature: flip(link.signature, b) },
        ]) {
          const followed = follow(0, [bad]);
          if (followed.ok) expect(followed.keys.map((k) => k.keyId)).toEqual([idAt(0)]);
        }
      }),
    );
  });
});

describe('a former key', () => {
  const until = now;
  it('vouches for what was issued before it was replaced, while that can still wait', () => {
    expect(keyObjection({ until }, { issuedAt: now, runBy: now + formerKeyMs })).toBe(null);
  });

  it.each([
    ['issued later', { issuedAt: now + 1, runBy: now + 2 }],
    ['said to be issued before, and to wait for ever', { issuedAt: now - 1, runBy: now + formerKeyMs + 1 }],
  ])('vouches for nothing that is %s', (_, document) => {
    expect(keyObjection({ until }, document)).toEqual(expect.any(String));
    expect(keyObjection({ until: null }, document)).toBe(null);
  });
});
