import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyBash } from '../../../src/core/risk/classify-bash.ts';
import { riskCharsMax } from '../../../src/core/risk/limits.ts';

const scripts = [
  'df -h | sort -k5 | head',
  'for f in *.log; do tail -n 5 "$f"; done',
  'if [ -f a ]; then cat a; fi',
  'echo "$(ls `pwd`)"',
  "awk '{print $1}' a",
  'cat <<E\n$x\nE',
  '[[ -f a && $b =~ ^c ]] && ls',
  'f() { ls; }; f',
  'case $x in a|b) ls ;; *) pwd ;; esac',
  'echo $((1 + 2)) ${a:-b} ${c##*/}',
  'ls | while read -r l; do echo "$l"; done',
  'time { ls; pwd; } 2>/dev/null',
];
const pieces = [
  "'",
  '"',
  '`',
  '$(',
  ')',
  '${',
  '}',
  '((',
  '))',
  '[[',
  ']]',
  '<<E\n',
  '\\',
  '\n',
  ';',
  ';;',
  '&&',
  '|',
  '&',
  '<(',
  '>',
  'fi',
  'done',
  'do',
  'then',
  'in',
  'esac',
  '\u0001',
  '\u202E',
  '\r',
  '#',
  '{',
  '!',
  'function',
  "$'",
  '=(',
  '|&',
  '<<<',
];

/** A script with pieces of syntax put in, taken out and repeated. */
const mutated = fc
  .tuple(
    fc.constantFrom(...scripts),
    fc.array(fc.tuple(fc.nat(80), fc.nat(6), fc.constantFrom(...pieces, ...scripts)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([script, edits]) =>
    edits.reduce(
      (text, [at, cut, piece]) =>
        text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + cut),
      script,
    ),
  );

/** The verdict of Bash itself on many scripts, in one process: starting one for each would take minutes. */
const bashTakes = (texts: readonly string[]): boolean[] => {
  const loop =
    'while IFS= read -r -d "" s; do if bash --norc -n -c "$s" 2>/dev/null; then echo 1; else echo 0; fi; done';
  const { stdout } = spawnSync('bash', ['--norc', '-c', loop], {
    input: texts.map((t) => `${t}\0`).join(''),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  return stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => line === '1');
};

describe('mutated scripts', () => {
  it('are never read-only when Bash itself rejects them', () => {
    const texts = fc.sample(mutated, { numRuns: 400, seed: 1042 }).filter((text) => !text.includes('\0'));
    const taken = bashTakes(texts);
    expect(taken).toHaveLength(texts.length);
    const wrong = texts.filter((text, i) => !taken[i] && classifyBash(text).risk === 'read-only');
    expect(wrong).toEqual([]);
  });

  it('never throw, and always give a risk', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ maxLength: 200, unit: 'binary' })), (text) => {
        const found = classifyBash(text);
        expect(['read-only', 'changes', 'dangerous', 'forbidden']).toContain(found.risk);
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Time that this process worked: a machine that does other things doesn't make a script slower to read. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

describe('large scripts', () => {
  const depth = 10_000;
  const large: Readonly<Record<string, string>> = {
    'a megabyte of words': `echo ${'a '.repeat(500_000)}`,
    'a megabyte of one word': 'a'.repeat(1_000_000),
    'substitutions, ten thousand deep': `${'echo $('.repeat(depth)}ls${')'.repeat(depth)}`,
    'subshells, ten thousand deep': `${'('.repeat(depth)}ls${')'.repeat(depth)}`,
    'open quotes': '"$('.repeat(depth),
    braces: '{ '.repeat(depth),
    expansions: '${a:-'.repeat(depth),
    arithmetic: '$(('.repeat(depth),
    'here-documents': '<<E '.repeat(depth),
    'pipes at the limit': `${'ls | '.repeat(Math.floor(riskCharsMax / 6))}ls`,
    'lines at the limit': 'ls -l /etc\n'.repeat(Math.floor(riskCharsMax / 12)),
    'a long sed program': `sed '${'s/a/b/;'.repeat(10_000)}' x`,
    'a long awk program': `awk '${'/'.repeat(50_000)}' x`,
    'wrappers in wrappers': `${'nice '.repeat(20_000)}ls`,
    'find of finds': `find . ${'-exec find . '.repeat(5_000)} \\;`,
    'SQL quotes': `psql -c "${"'".repeat(50_001)}"`,
    'awk quotes': `awk '${'"\\\\'.repeat(30_000)}'`,
    'python lists': `python -c "[${"'a',".repeat(20_000)}"`,
  };
  for (const [what, script] of Object.entries(large)) {
    it(`${what} end in time`, () => {
      const started = cpuMs();
      classifyBash(script);
      expect(cpuMs() - started).toBeLessThan(2_000);
    });
  }
});

it('a typical script takes under a millisecond', () => {
  const text = scripts.slice(0, 6).join('\n');
  const rounds = Array.from({ length: 8 }, () => {
    const started = cpuMs();
    for (let i = 0; i < 100; i++) classifyBash(text);
    return (cpuMs() - started) / 100;
  });
  expect(Math.min(...rounds)).toBeLessThan(1);
});
