import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDocumentSigned, keyIdOf, publicKeyFrom } from '../../src/core/order.ts';
import { isSignedAs, Purpose } from '../../src/core/signature.ts';
import { followSuccessions } from '../../src/core/succession.ts';
import { FileSigner, legacyKeyName } from '../../src/system/file-signer.ts';
import { type KeyDisk, nodeKeyDisk } from '../../src/system/key-disk.ts';
import { ada, now } from '../core/rows.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nerdyops-keys-'));
  path = join(dir, 'signing-keys.json');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (disk: KeyDisk = nodeKeyDisk): FileSigner => new FileSigner(path, 'server-1', now, disk);
const bytes = Buffer.from('{"v":1}');

/** True when what it signs now verifies by the key that it shows, and agents that trust `pinned` get there. */
const isWhole = (signer: FileSigner, pinned: Buffer): boolean => {
  const followed = followSuccessions({ publicKey: pinned, since: now }, signer.successions(), 'server-1');
  const key = publicKeyFrom(signer.publicKey);
  return (
    followed.ok &&
    followed.keys.at(-1)?.keyId === signer.keyId &&
    isDocumentSigned(bytes, signer.sign(Purpose.approval, bytes), key)
  );
};

describe("the server's key", () => {
  it('signs what its public half verifies, under the id that agents pin', () => {
    const signer = open();
    const key = publicKeyFrom(signer.publicKey);
    const signature = signer.sign(Purpose.approval, bytes);
    expect(isDocumentSigned(bytes, signature, key)).toBe(true);
    expect(isDocumentSigned(Buffer.from('{"v":2}'), signature, key)).toBe(false);
    expect(signer.keyId).toBe(keyIdOf(key));
  });

  it('signs for one purpose what holds for no other', () => {
    const signer = open();
    const key = publicKeyFrom(signer.publicKey);
    for (const purpose of Object.values(Purpose)) {
      const signature = signer.sign(purpose, bytes);
      const held = Object.values(Purpose).filter((other) => isSignedAs(other, bytes, signature, key));
      expect(held).toEqual([purpose]);
    }
  });

  it('is the same after a restart, in a file that its owner alone may read', () => {
    const { publicKey } = open();
    expect(open().publicKey).toEqual(publicKey);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([0o640, 0o604, 0o660])('in a file of mode %o is not used, and it says what to do', (mode) => {
    open();
    chmodSync(path, mode);
    expect(() => open()).toThrow(`chmod 600 ${path}`);
  });

  it('of an earlier version is taken over, since agents have pinned it', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const legacy = join(dir, legacyKeyName);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(legacy, pem, { mode: 0o644 });
    expect(() => open()).toThrow(`chmod 600 ${legacy}`);
    chmodSync(legacy, 0o600);
    expect(open().keyId).toBe(keyIdOf(publicKey));
    expect(readdirSync(dir)).toEqual(['signing-keys.json']);
    expect(open().keyId).toBe(keyIdOf(publicKey));
  });

  it('of another kind is refused at the start, not at the first approval', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(dir, legacyKeyName), pem, { mode: 0o600 });
    expect(() => open()).toThrow('no Ed25519 key');
  });

  it.each([
    ['that is no JSON', () => 'hello'],
    ['of another server', (text: string) => text.replace('"server-1"', '"server-2"')],
    [
      'with another private key',
      (text: string) => {
        const { privateKey } = generateKeyPairSync('ed25519');
        const form = { ...(JSON.parse(text) as object) };
        return JSON.stringify({ ...form, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) });
      },
    ],
    [
      'with a step of its succession left out',
      (text: string) => {
        const form = JSON.parse(text) as { successions: object[] };
        return JSON.stringify({ ...form, successions: form.successions.slice(0, 1) });
      },
    ],
  ])('in a file %s is refused, and it says what to do', (_, spoil) => {
    const signer = open();
    signer.rotate(now + 1, ada);
    signer.rotate(now + 2, ada);
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    expect(() => open()).toThrow('Restore it from a backup');
  });
});

describe('its replacement', () => {
  it('signs at once with the new key; the old one vouches that it takes over, and is gone', () => {
    const signer = open();
    const { keyId, publicKey } = signer;
    const before = readFileSync(path, 'utf8');
    const change = signer.rotate(now + 5, ada);
    expect(change).toEqual({ oldKeyId: keyId, keyId: signer.keyId, at: now + 5, by: ada });
    expect(isWhole(signer, publicKey)).toBe(true);
    expect(signer.publicKeys()).toMatchObject([
      { keyId, since: now, until: now + 5 },
      { keyId: signer.keyId, since: now + 5, until: null },
    ]);
    const oldPrivateKey = (JSON.parse(before) as { privateKey: string }).privateKey;
    expect(readdirSync(dir)).toEqual(['signing-keys.json']);
    expect(readFileSync(path, 'utf8')).not.toContain(JSON.stringify(oldPrivateKey).slice(1, -1));
  });

  it('tells who listens before anything is signed with the new key', () => {
    const signer = open();
    const told: Buffer[] = [];
    const end = signer.onRotate(({ statement }) => told.push(statement));
    signer.rotate(now + 1, ada);
    end();
    signer.rotate(now + 2, ada);
    expect(told).toEqual([signer.successions()[0]?.statement]);
  });

  it('never makes a key older than the one before, though the clock was set back', () => {
    const signer = open();
    signer.rotate(now + 100, ada);
    signer.rotate(now, ada);
    expect(signer.publicKeys().map((k) => k.since)).toEqual([now, now + 100, now + 100]);
    expect(open().keyId).toBe(signer.keyId);
  });

  it('is remembered until it is said to be in the audit log, through restarts', () => {
    const change = open().rotate(now + 1, ada);
    const next = open();
    expect(next.unnoted()).toEqual([change]);
    const second = next.rotate(now + 2, ada);
    next.noted([change]);
    expect(open().unnoted()).toEqual([second]);
  });
});

class PowerCut extends Error {}

/** A disk that is gone after so many steps that change something. */
const failingAfter = (steps: number): KeyDisk => {
  let left = steps;
  const step =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      if (left-- <= 0) throw new PowerCut();
      return work(...args);
    };
  const { writeNew, rename, syncDirectory, remove } = nodeKeyDisk;
  return {
    ...nodeKeyDisk,
    writeNew: step(writeNew),
    rename: step(rename),
    syncDirectory: step(syncDirectory),
    remove: step(remove),
  };
};

describe('a server that dies between any two steps', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('of making its first key, after %i: the next start has a key', (steps) => {
    try {
      open(failingAfter(steps));
    } catch (err) {
      expect(err).toBeInstanceOf(PowerCut);
    }
    const signer = open();
    expect(isWhole(signer, signer.publicKey)).toBe(true);
    expect(readdirSync(dir)).toEqual(['signing-keys.json']);
  });

  const rotationSteps = 4;
  const opening = 2;

  it.each(Array.from({ length: rotationSteps + 1 }, (_, steps) => steps))(
    'of a rotation, after %i: the next start signs, and agents that know the first key follow',
    (steps) => {
      const { publicKey, keyId } = open();
      const signer = open(failingAfter(opening + steps));
      let isRotated = true;
      try {
        signer.rotate(now + 1, ada);
      } catch {
        isRotated = false;
      }
      expect(isRotated).toBe(steps === rotationSteps);
      const next = open();
      expect(isWhole(next, publicKey)).toBe(true);
      expect(readdirSync(dir)).toEqual(['signing-keys.json']);
      // What the living server may still sign must be by the key that the file holds.
      if (next.keyId === keyId && steps < 2) expect(isWhole(signer, publicKey)).toBe(true);
      else if (!isRotated) expect(() => signer.sign(Purpose.approval, bytes)).toThrow('restart it');
      if (next.keyId !== keyId) expect(next.unnoted()).toMatchObject([{ keyId: next.keyId, by: ada }]);
    },
  );
});
