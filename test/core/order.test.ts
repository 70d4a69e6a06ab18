import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentAgentsMax, scriptTimeoutMsMax } from '../../src/core/limits.ts';
import {
  type ApprovalDocument,
  decodeDocument,
  encodeDocument,
  isDocumentSigned,
  keyIdOf,
  publicKeyFrom,
  runIdOf,
  signDocument,
} from '../../src/core/order.ts';
import { now } from './rows.ts';

const keys = generateKeyPairSync('ed25519');
const document: ApprovalDocument = {
  v: 1,
  keyId: keyIdOf(keys.publicKey),
  server: 'server-1',
  task: 1042,
  proposal: 2,
  script: { digest: 'ab'.repeat(32), interpreter: 'bash' },
  runAs: null,
  limits: { timeoutMs: 60_000, killGraceMs: 5_000, outputHeadBytes: 1, outputTailBytes: 1 },
  decisions: [{ by: 'slack:U1', at: now, rule: 'solo' }],
  issuedAt: now,
  runBy: now + 1,
  agents: ['agent-1', 'agent-2'],
};
const bytes = encodeDocument(document);
const signature = signDocument(bytes, keys.privateKey);

type Json = { [key: string]: unknown };

/** The paths of every value in the document, and the document with another value at one of them. */
const pathsOf = (value: unknown, path: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))
    : [path];
const withValue = (path: string[], value: unknown): Buffer => {
  const copy = structuredClone(document) as unknown as Json;
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce((at, key) => at[key] as Json, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return Buffer.from(JSON.stringify(copy));
};

describe('the signature', () => {
  it('holds for exactly the bytes that were signed', () => {
    expect(isDocumentSigned(bytes, signature, keys.publicKey)).toBe(true);
  });

  it.each(pathsOf(document).map((path) => [path.join('.'), path] as const))(
    'breaks when %s is another',
    (_, path) => {
      expect(isDocumentSigned(withValue(path, 'another'), signature, keys.publicKey)).toBe(false);
    },
  );

  it('breaks with any one bit, of document or signature', () => {
    const flipped = (of: Buffer, bit: number): Buffer => {
      const copy = Buffer.from(of);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy;
    };
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), fc.nat(signature.length * 8 - 1), (a, b) => {
        expect(isDocumentSigned(flipped(bytes, a), signature, keys.publicKey)).toBe(false);
        expect(isDocumentSigned(bytes, flipped(signature, b), keys.publicKey)).toBe(false);
      }),
    );
  });

  it('of another key does not hold', () => {
    const other = generateKeyPairSync('ed25519');
    expect(isDocumentSigned(bytes, signDocument(bytes, other.privateKey), keys.publicKey)).toBe(false);
  });

  it('made for anything else than an approval does not hold', () => {
    expect(isDocumentSigned(bytes, sign(null, bytes, keys.privateKey), keys.publicKey)).toBe(false);
  });

  it.each([0, 1, 63, 64, 65, 4096])('of %i bytes of garbage does not hold, and does not throw', (length) => {
    expect(isDocumentSigned(bytes, randomBytes(length), keys.publicKey)).toBe(false);
  });
});

describe('reading a document', () => {
  it('gives back what was encoded', () => {
    expect(decodeDocument(bytes)).toEqual({ ok: true, document });
  });

  it.each(pathsOf(document).map((path) => [path.join('.'), path] as const))(
    'refuses one without %s, or with another kind of value there',
    (_, path) => {
      const isElement = /^\d+$/.test(path.at(-1) ?? '');
      for (const value of [isElement ? null : undefined, { not: 'it' }, [1], -1, true]) {
        expect(decodeDocument(withValue(path, value)).ok).toBe(false);
      }
    },
  );

  it.each<[string, string[], unknown]>([
    ['a version of the future', ['v'], 2],
    ['an interpreter that is not known', ['script', 'interpreter'], 'python'],
    ['a time limit past the longest', ['limits', 'timeoutMs'], scriptTimeoutMsMax + 1],
    ['a time limit of half a millisecond', ['limits', 'timeoutMs'], 0.5],
    ['no agents', ['agents'], []],
    ['too many agents', ['agents'], Array.from({ length: documentAgentsMax + 1 }, (_, i) => `a${i}`)],
    ['an agent that is named twice', ['agents'], ['a', 'a']],
  ])('refuses %s', (_, path, value) => {
    expect(decodeDocument(withValue(path, value))).toEqual({ ok: false, reason: expect.any(String) });
  });

  it('takes the full number of agents, and a user to run as', () => {
    const agents = Array.from({ length: documentAgentsMax }, (_, i) => `a${i}`);
    expect(decodeDocument(withValue(['agents'], agents)).ok).toBe(true);
    expect(decodeDocument(withValue(['runAs'], 'nerdy')).ok).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['half of one', bytes.subarray(0, 40)],
    ['null', 'null'],
    ['a list', '[]'],
    ['a word', '"v"'],
  ])('refuses %s', (_, given) => {
    expect(decodeDocument(Buffer.from(given)).ok).toBe(false);
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array(), (garbage) => !decodeDocument(garbage).ok));
    fc.assert(fc.property(fc.json(), (json) => !decodeDocument(Buffer.from(json)).ok));
  });
});

describe("the run's id", () => {
  it('is the same for the same order to the same agent, for ever', () => {
    expect(runIdOf(Buffer.from(bytes), 'agent-1')).toBe(runIdOf(bytes, 'agent-1'));
    // Written down, since spools and tombstones in the field know their runs by it. In a shell:
    // (printf document | sha256sum | head -c 64; printf '\\0agent-1') | sha256sum
    expect(runIdOf(Buffer.from('document'), 'agent-1')).toBe(
      '74ed3e6efb88a65ecf5903900caa8271e842f56200674ca99eec02b0234a58d6',
    );
  });

  it('is another for another agent or another document', () => {
    const ids = [
      runIdOf(bytes, 'agent-1'),
      runIdOf(bytes, 'agent-2'),
      runIdOf(withValue(['issuedAt'], now + 1), 'agent-1'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a key', () => {
  it('keeps its id on the way to the agent', () => {
    const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
    expect(keyIdOf(publicKeyFrom(spki))).toBe(document.keyId);
  });

  it('is refused when it is garbage, or of another algorithm', () => {
    const rsa = generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' });
    expect(() => publicKeyFrom(rsa)).toThrow('Ed25519');
    expect(() => publicKeyFrom(randomBytes(44))).toThrow();
  });
});
