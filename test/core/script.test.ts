import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptBytesMax } from '../../src/core/limits.ts';
import {
  Interpreter,
  interpreterOf,
  makeScript,
  proposalDigest,
  scriptDigest,
} from '../../src/core/script.ts';
import type { Platform, Target } from '../../src/core/task.ts';

const textOf = (raw: string): string => {
  const made = makeScript('bash', raw);
  if (!made.ok) throw new Error(made.sentence.text);
  return made.script.text;
};
const refusalOf = (raw: string): string | null => {
  const made = makeScript('bash', raw);
  return made.ok ? null : made.sentence.code;
};

describe('making a script of a text', () => {
  it.each([
    ['df -h', 'df -h\n'],
    ['df -h\n\n\n', 'df -h\n'],
    ['df -h\r\nfree\r\n', 'df -h\nfree\n'],
    ['  indented', '  indented\n'],
  ])('%j becomes %j: line ends are LF and the last line is closed', (raw, text) => {
    expect(textOf(raw)).toBe(text);
  });

  it('keeps a carriage return that ends no line: it may be meant, and the card shows it', () => {
    expect(textOf('printf a\rb')).toBe('printf a\rb\n');
  });

  it('changes nothing of a script that was made: what is signed is what is shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (raw) => {
        const made = makeScript('bash', raw);
        if (made.ok) expect(makeScript('bash', made.script.text)).toEqual(made);
      }),
    );
  });

  it.each(['', ' ', '\n\n', '\t\r\n '])('refuses %j: there is nothing to approve', (raw) => {
    expect(refusalOf(raw)).toBe('script_empty');
  });

  it('refuses what is too long to be read, counted in bytes with the last line closed', () => {
    expect(refusalOf('a'.repeat(scriptBytesMax - 1))).toBeNull();
    expect(refusalOf('a'.repeat(scriptBytesMax))).toBe('script_too_long');
    expect(refusalOf('가'.repeat(scriptBytesMax / 2))).toBe('script_too_long');
  });

  it('refuses a NUL, which no shell can run', () => {
    expect(refusalOf('echo a\0b')).toBe('script_has_nul');
  });

  it('refuses half of a surrogate pair, which has no bytes of its own to sign', () => {
    expect(refusalOf('echo \ud83d')).toBe('script_not_unicode');
    expect(refusalOf('echo 😀')).toBeNull();
  });
});

describe("a script's digest", () => {
  it('is of text and interpreter: the same text for another shell is another script', () => {
    expect(scriptDigest('bash', 'ls\n')).not.toBe(scriptDigest('powershell', 'ls\n'));
    expect(scriptDigest('bash', 'ls\n')).not.toBe(scriptDigest('bash', 'ls \n'));
  });

  it('can not be moved between the two', () => {
    expect(scriptDigest('bash', 'x')).not.toBe(scriptDigest('bas' as Interpreter, 'hx'));
  });

  it('is what sha256sum says, so that anyone can check it', () => {
    const { stdout } = spawnSync('sh', ['-c', "printf 'bash\\0df -h\\n' | sha256sum"], { encoding: 'utf8' });
    expect(scriptDigest('bash', 'df -h\n')).toBe(stdout.split(' ')[0]);
  });
});

it('Windows gets PowerShell, the others bash', () => {
  const platforms: Platform[] = ['linux', 'macos', 'windows'];
  expect(platforms.map(interpreterOf)).toEqual([Interpreter.bash, Interpreter.bash, Interpreter.powershell]);
});

describe("a proposal's digest", () => {
  const scripts: { digest: string; platforms: Platform[] }[] = [
    { digest: 'a', platforms: ['linux', 'macos'] },
    { digest: 'b', platforms: ['windows'] },
  ];
  const db1: Target = { agentId: '1', name: 'db1', platform: 'linux' };
  const win: Target = { agentId: '2', name: 'win', platform: 'windows' };
  const digest = proposalDigest(scripts, [db1, win], 60);

  it('does not depend on the order in which things are named, nor on what a machine is called', () => {
    const turned = [...scripts].reverse().map((s) => ({ ...s, platforms: [...s.platforms].reverse() }));
    expect(proposalDigest(turned, [{ ...win, name: 'renamed' }, db1], 60)).toBe(digest);
  });

  it.each<[string, string]>([
    [
      'a script',
      proposalDigest([{ digest: 'c', platforms: ['linux', 'macos'] }, ...scripts.slice(1)], [db1, win], 60),
    ],
    [
      'who gets it',
      proposalDigest([{ digest: 'a', platforms: ['linux'] }, ...scripts.slice(1)], [db1, win], 60),
    ],
    ['the machines', proposalDigest(scripts, [db1], 60)],
    ["a machine's platform", proposalDigest(scripts, [{ ...db1, platform: 'macos' }, win], 60)],
    ['the time limit', proposalDigest(scripts, [db1, win], 61)],
  ])('is another when %s is another', (_, other) => {
    expect(other).not.toBe(digest);
  });
});
