import { describe, expect, it } from 'vitest';
import { nerdy } from './nerdy.ts';

describe('nerdy classify', () => {
  it('says what the script on stdin would do, line by line', async () => {
    const { code, out } = await nerdy(['classify'], { input: 'df -h\nrm -rf /srv/old\n' });
    expect(code).toBe(0);
    expect(out).toMatch(/^! dangerous · can't be undone · deletes\n/);
    expect(out).toMatch(/ {2}! line 2: dangerous: rm: .*\(can't be undone\)\n/);
    expect(out).not.toContain('line 1:');
  });

  it('prints all of it as JSON', async () => {
    const { code, out } = await nerdy(['classify', '--json'], { input: 'uptime' });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      risk: 'read-only',
      irreversible: false,
      unparsed: false,
      lines: [{ line: 1, risk: 'read-only' }],
    });
  });

  it('takes PowerShell too', async () => {
    const { code, out } = await nerdy(['classify', '--shell', 'powershell', '--json'], {
      input: 'Remove-Item -Recurse -Force C:\\Data',
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ risk: 'dangerous' });
  });

  it('does not call an empty script a mistake', async () => {
    expect(await nerdy(['classify'], { input: '' })).toMatchObject({ code: 0, out: 'read-only\n', err: '' });
  });

  it('says of a script that no grammar accepts that nobody can say what it does', async () => {
    const { out } = await nerdy(['classify'], { input: "echo 'a" });
    expect(out).toContain('! dangerous · the parser could not read it: nobody can say what all of it does');
  });

  it('shows hidden characters of a script for what they are', async () => {
    const { out } = await nerdy(['classify'], { input: 'ls \u202E x' });
    expect(out).not.toContain('\u202E');
  });
});

describe('nerdy classify --jsonl', () => {
  it('answers each row in its order, and says of a bad one what is wrong with it', async () => {
    const rows = [
      JSON.stringify({ shell: 'bash', script: 'uptime' }),
      'not json',
      JSON.stringify({ shell: 'fish', script: 'ls' }),
      JSON.stringify({ shell: 'bash' }),
      '',
      JSON.stringify({ shell: 'bash', script: 'rm -rf /' }),
      JSON.stringify({ shell: 'powershell', script: 'Get-Process' }),
      '[]',
      JSON.stringify({ shell: 'bash', script: "echo 'a" }),
    ];
    const { code, out, err } = await nerdy(['classify', '--jsonl'], { input: rows.join('\n') });
    expect(code).toBe(0);
    expect(err).toBe('');
    const bad = { error: 'the row needs "shell" of bash or powershell, and "script"' };
    expect(linesOf(out)).toMatchObject([
      { risk: 'read-only', unparsed: false },
      { error: 'the row is not JSON' },
      bad,
      bad,
      { risk: 'forbidden' },
      { risk: 'read-only' },
      bad,
      { risk: 'dangerous', unparsed: true },
    ]);
  });

  it('keeps the order of many', async () => {
    const scripts = Array.from({ length: 2_000 }, (_, i) => (i % 3 === 0 ? `rm -rf /srv/${i}` : `ls ${i}`));
    const input = scripts.map((script) => `${JSON.stringify({ shell: 'bash', script })}\n`).join('');
    const { out } = await nerdy(['classify', '--jsonl'], { input });
    expect(linesOf(out).map(({ risk }) => risk)).toEqual(
      scripts.map((script) => (script.startsWith('rm') ? 'dangerous' : 'read-only')),
    );
  });
});

const linesOf = (out: string): { risk?: string }[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { risk?: string });

describe('bad usage of nerdy classify', () => {
  const bad: Readonly<Record<string, { args: string[]; says: RegExp; isTerminal?: boolean }>> = {
    'a shell that it does not know': {
      args: ['--shell', 'fish'],
      says: /--shell must be one of bash, powershell\./,
    },
    'an option that it does not have': { args: ['--fast'], says: /unknown option '--fast'/ },
    'a script as an argument': { args: ['rm -rf x'], says: /too many arguments/ },
    'both forms of output': {
      args: ['--json', '--jsonl'],
      says: /--json for one script or --jsonl for many/,
    },
    'no script at a terminal': { args: [], says: /Give the script on stdin/, isTerminal: true },
  };
  for (const [what, { args, says, isTerminal = false }] of Object.entries(bad)) {
    it(`ends with 2 and a sentence: ${what}`, async () => {
      const { code, out, err } = await nerdy(['classify', ...args], { input: 'ls', isTerminal });
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(says);
    });
  }
});
