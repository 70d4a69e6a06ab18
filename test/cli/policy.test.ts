import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CliError } from '../../src/cli/exit-code.ts';
import { policyTestCommand } from '../../src/cli/policy.ts';
import { tokenCommand } from '../../src/cli/token.ts';
import { readConfig } from '../../src/config.ts';
import { soloPolicy } from '../../src/core/policy/policy.ts';
import { actorBehind } from '../../src/http/access.ts';

const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
const [example = '', groupsExample = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((m) => m[1] ?? '');

let dir: string;
let printed: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nerdy-policy-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const fileOf = (text: string): string => {
  const file = join(dir, 'nerdyops.yml');
  writeFileSync(file, text);
  return file;
};
const run = (text: string, json = false): number =>
  policyTestCommand(fileOf(text), () => soloPolicy, { json });

describe('the example of docs/policy.md', () => {
  it('comes out as it says', () => {
    expect(run(example)).toBe(0);
    expect(printed.at(-1)).toContain('6 cases, all as expected');
  });

  it('of the groups of platforms does too', () => {
    expect(run(groupsExample)).toBe(0);
    expect(printed.at(-1)).toContain('3 cases, all as expected');
    expect(run(groupsExample.replace('groups: { slack:U0DBA0000', 'groups: { slack:U0OTHER00'))).toBe(1);
  });

  it('is a settings file that the server takes', () => {
    const { policy } = readConfig({ env: {}, file: fileOf(example), packageDir: '/package' });
    expect(policy.rules).toHaveLength(3);
    expect(policy.roster.solo).toBe(false);
  });

  it('says of a yes that does not count why it does not', () => {
    run(example);
    expect(printed.join('\n')).toContain('somebody else must look at it and approve');
  });
});

describe('a case that comes out otherwise', () => {
  const wrong = example.replace('approvals: 2, runs: false', 'approvals: 1, runs: true');

  it('is told with what was expected, and fails the command', () => {
    expect(run(wrong)).toBe(1);
    const text = printed.join('\n');
    expect(text).toContain('approvals: 1 was expected, it is 2');
    expect(text).toContain('runs: true was expected, it is false');
    expect(text).toContain('6 cases, 1 otherwise');
  });

  it('is told to programs too', () => {
    expect(run(wrong, true)).toBe(1);
    const { failed, cases } = JSON.parse(printed.join('')) as {
      failed: number;
      cases: { differs: string[] }[];
    };
    expect(failed).toBe(1);
    expect(cases.filter((c) => c.differs.length > 0)).toHaveLength(1);
  });
});

describe('cases without rules beside them', () => {
  it('are held against the rules of the server', () => {
    expect(
      run(
        'cases:\n  - { name: a, asker: local, script: free -m, yes: local, expect: { rule: default, runs: true } }',
      ),
    ).toBe(0);
  });
});

describe('a file that is wrong', () => {
  it.each([
    ['rules: []', /cases: /],
    ['cases: []', /must hold at least one case/],
    ['cases: [{ name: a, asker: zoe, script: ls }]', /names "zoe", who has no account/],
    [
      'rules: [{ name: a, decision: auto }]\ncases: [{ name: a, asker: local, script: ls }]',
      /rules\.0\.decision: auto goes/,
    ],
    ['cases: [', /can't be read/],
  ])('is told at its place: %s', (text, words) => {
    expect(() => run(text)).toThrow(CliError);
    expect(() => run(text)).toThrow(words);
  });

  it('or missing is told so', () => {
    expect(() => policyTestCommand(join(dir, 'none.yml'), () => soloPolicy, { json: false })).toThrow(
      'There is no file',
    );
  });
});

describe('a token of one’s own', () => {
  it('lets its person in by the digest that it was printed with', () => {
    tokenCommand({ json: true });
    const { token, digest } = JSON.parse(printed.join('')) as { token: string; digest: string };
    const { policy } = readConfig({
      env: {},
      file: fileOf(`people: { ada: { name: Ada, role: approver, tokens: ["${digest}"] } }`),
      packageDir: '/package',
    });
    const door = { localToken: 'local', personalTokens: policy.personalTokens };
    expect(actorBehind(door, token, 'somebody')).toEqual({
      kind: 'person',
      surface: 'api',
      id: 'ada',
      name: 'Ada',
    });
    expect(actorBehind(door, `${token}x`, undefined)).toBeNull();
    expect(actorBehind(door, '', undefined)).toBeNull();
  });
});
