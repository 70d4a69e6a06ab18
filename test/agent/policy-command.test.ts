import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policyCommand } from '../../agent/src/policy-command.ts';
import { makeTestDir } from './start-agent.ts';

const text = `mode: read-only
rules:
  - deny: no secrets
    reason: nobody reads keys here
    effects: [reads-secrets]
  - allow: the web server
    reason: may be restarted
    commands: [systemctl restart nginx]
`;

const file = (policy = text): string => {
  const path = join(makeTestDir(), 'policy.yml');
  writeFileSync(path, policy, { mode: 0o644 });
  return path;
};
const nowhere = { path: '/nowhere/policy.yml', mustExist: false };
const never = (): string => {
  throw new Error('no script is needed');
};

test.each([
  ['uptime', 0, 'allowed'],
  ['systemctl restart nginx', 0, 'allowed by rule "the web server"'],
  ['cat /etc/shadow', 1, 'refused: rule "no secrets": nobody reads keys here'],
  ['touch x', 1, 'only scripts that read'],
])('policy check of %s ends with %i and says %s', (script, exitCode, said) => {
  const report = policyCommand(['check', file()], nowhere, () => script);
  expect(report.exitCode).toBe(exitCode);
  expect(report.text).toContain(said);
});

test('policy check without a file asks what is in force', () => {
  expect(policyCommand(['check'], { path: file(), mustExist: true }, () => 'touch x').exitCode).toBe(1);
  expect(policyCommand(['check'], nowhere, () => 'touch x')).toEqual({ text: 'allowed', exitCode: 0 });
});

test('policy tells what is in force, or that nothing can run', () => {
  const said = policyCommand([], { path: file(), mustExist: true }, never);
  expect(said.exitCode).toBe(0);
  expect(said.text).toMatch(/mode read-only\n {2}deny "no secrets": effects reads-secrets\n.*reads keys/);
  expect(policyCommand([], nowhere, never).text).toBe(
    'There is no /nowhere/policy.yml: what was approved runs.',
  );
  const broken = policyCommand([], { path: file('mode: x'), mustExist: true }, never);
  expect(broken).toMatchObject({ exitCode: 1, text: expect.stringContaining('every order is refused') });
});

test.each([['frob'], ['check', 'a', 'b'], ['check', '--shell', 'fish'], ['--frob']])(
  'policy %s %s is told how it is used',
  (...args) => {
    const report = policyCommand(args.filter(Boolean), nowhere, never);
    expect(report).toMatchObject({ exitCode: 2, text: expect.stringContaining('Usage: ') });
  },
);
