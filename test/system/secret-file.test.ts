import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomToken } from '../../src/system/data-files.ts';
import { secretFile } from '../../src/system/secret-file.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nerdyops-system-'));
  path = join(dir, 'secret');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a secret', () => {
  it('is made once, and the same ever after', () => {
    const first = secretFile(path, randomToken);
    expect(secretFile(path, randomToken)).toBe(first);
    expect(first).toMatch(/^[\w-]{43}$/);
  });

  it('can be read by its owner alone, and leaves no draft beside it', () => {
    secretFile(path, randomToken);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['secret']);
  });

  it('that another made at the same moment is the one that both have', () => {
    const made = secretFile(path, () => {
      writeFileSync(path, 'the other one');
      return 'mine';
    });
    expect(made).toBe('the other one');
    expect(readdirSync(dir)).toEqual(['secret']);
  });

  it('is made though an earlier life with the same process id was killed while it made one', () => {
    writeFileSync(`${path}.${process.pid}`, 'half of it');
    expect(secretFile(path, () => 'whole')).toBe('whole');
  });

  it('is not made where making it fails', () => {
    const fail = () => {
      throw new Error('no randomness');
    };
    expect(() => secretFile(path, fail)).toThrow('no randomness');
    expect(secretFile(path, () => 'later')).toBe('later');
  });

  it('that is empty is a fault, and not a secret that everybody knows', () => {
    writeFileSync(path, '\n');
    expect(() => secretFile(path, randomToken)).toThrow(`${path} is empty`);
  });

  it('in a folder that can not be written is a fault', () => {
    chmodSync(dir, 0o500);
    const inside = join(dir, 'no-such-folder', 'secret');
    expect(() => secretFile(inside, randomToken)).toThrow('ENOENT');
    chmodSync(dir, 0o700);
  });
});
