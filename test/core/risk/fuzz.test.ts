import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { classifyBash } from '../../../src/core/risk/classify-bash.ts';
import { riskCharsMax } from '../../../src/core/risk/limits.ts';
import { damaged, seeds } from './damaged.ts';

/** How many scripts are damaged; `test/core/risk/vitest.config.ts` asks for all that are promised. */
const scriptsCount = inject('fuzzScripts') ?? 1_000;

/** Work that one script may cost, however it is made. Most take a hundredth of a millisecond for each word. */
const scriptMsMax = 2_000;

/** Those that Bash itself rejects. It reads each as a file and runs none: that is what `-n` means. */
const rejectedByBash = (scripts: readonly string[]): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'nerdy-syntax-'));
  try {
    for (const [i, script] of scripts.entries()) writeFileSync(join(folder, `${i}`), script);
    const loop =
      'for ((i = 0; i < $1; i++)); do "$BASH" --norc --noprofile -n "$i" 2>/dev/null || echo "$i"; done';
    const { stdout, status } = spawnSync(
      'bash',
      ['--norc', '--noprofile', '-c', loop, 'syntax', `${scripts.length}`],
      {
        cwd: folder,
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    expect(status).toBe(0);
    return stdout
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => scripts[Number(line)] ?? '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe('damaged scripts', () => {
  it('never throw, never take long, and are never read-only when Bash itself rejects them', () => {
    const calm: string[] = [];
    const slow: string[] = [];
    for (const script of damaged(scriptsCount, 1042)) {
      const started = cpuMs();
      const { risk } = classifyBash(script);
      if (cpuMs() - started > scriptMsMax) slow.push(script.slice(0, 200));
      expect(['read-only', 'changes', 'dangerous', 'forbidden']).toContain(risk);
      if (risk === 'read-only') calm.push(script);
    }
    expect(slow).toEqual([]);
    expect(calm.length).toBeGreaterThan(0);
    expect(rejectedByBash(calm)).toEqual([]);
  });

  it('of any bytes at all get a risk', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        expect(['read-only', 'changes', 'dangerous', 'forbidden']).toContain(classifyBash(text).risk);
      }),
      { numRuns: 1_000 },
    );
  });

  it('come from scripts that Bash takes', () => {
    const whole = seeds.filter((script) => !classifyBash(script).unparsed);
    expect(rejectedByBash(whole)).toEqual([]);
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
      expect(cpuMs() - started).toBeLessThan(scriptMsMax);
    });
  }
});
