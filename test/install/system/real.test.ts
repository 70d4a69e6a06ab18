import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiClient } from '../../../src/cli/client.ts';
import type { Card } from '../../../src/core/card.ts';
import { joined, until } from '../../e2e/loop.ts';
import { clientOf, Program, packageDir } from '../../e2e/processes.ts';
import { ThrowAwayRoot } from './throw-away-root.ts';

/**
 * The whole way, with nothing in the place of anything but systemd: a server, `nerdy agents invite`, the line that it prints,
 * pasted at a machine with a root of its own, real users, real confinement, an upgrade in the middle of a script, and the end.
 */
const dir = mkdtempSync(join(tmpdir(), 'nerdy-real-'));
const env = { ...process.env, NERDY_DATA_DIR: join(dir, 'data'), NERDY_RUNBOOKS_DIR: join(dir, 'runbooks') };
const runbook = (name: string, example: string, script: string) => `name: ${name}
title: { en: ${name}, fr: ${name}, de: ${name}, ko: ${name} }
summary: { en: ${name}, fr: ${name}, de: ${name}, ko: ${name} }
examples: { en: [${example}], fr: [${example} fr], de: [${example} de], ko: [${example} ko] }
scripts: { linux: "${script}", windows: "echo" }
reading: { facts: {}, words: { en: "x", fr: "x", de: "x", ko: "x" } }
`;

let server: Program;
let client: ApiClient;
let machine: ThrowAwayRoot;
const kept = { call: <T>(what: (client: ApiClient) => Promise<T>) => what(client) };

const nerdy = (...args: string[]): string =>
  execFileSync(process.execPath, [join(packageDir, 'bin/nerdy.js'), ...args], { env, encoding: 'utf8' });

beforeAll(async () => {
  mkdirSync(join(dir, 'runbooks'));
  writeFileSync(join(dir, 'runbooks/who.yml'), runbook('who', 'reveal identity', 'id -un; id -u'));
  const wait = 'while [ ! -e /run/go ]; do sleep 0.1; done; echo went';
  writeFileSync(join(dir, 'runbooks/wait.yml'), runbook('wait', 'linger patiently', wait));
  server = new Program([join(packageDir, 'bin/nerdy.js'), 'serve'], {
    env: { ...env, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
  });
  const url = await server.said('NerdyOps is ready at ');
  client = clientOf(String(url), env.NERDY_DATA_DIR);
  machine = await ThrowAwayRoot.open(dir);
});
afterAll(async () => {
  await machine?.close();
  await server?.end('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

const approved = async (request: string): Promise<number> => {
  const { task } = await client.ask(request, 'db1', crypto.randomUUID());
  const card = await until(kept, async (c) => {
    const now = await c.card(task);
    return now.state === 'drafting' ? null : now;
  });
  if (!card.proposal) throw new Error(card.headline);
  const { revision: proposal, digest } = card.proposal;
  const confirm = String(task);
  await client.act(task, 'approve', { proposal, digest, canary: false, confirm });
  return task;
};
const done = (task: number): Promise<Card> =>
  until(kept, async (c) => {
    const card = await c.card(task);
    return card.state === 'done' ? card : null;
  });
const outputOf = async (card: Card): Promise<string> =>
  String(await client.wholeOutput(card.task, String(card.runs[0]?.id), 'stdout'));

it('a pasted line makes a machine that runs approved scripts as a user without rights', async () => {
  const { lines } = JSON.parse(nerdy('agents', 'invite', '--name', 'db1', '--label', 'role=db', '--json'));
  const pasted = await machine.run(lines.posix);
  expect(pasted).toMatchObject({ code: 0, stderr: '' });
  expect(pasted.stdout).toContain('The NerdyOps agent is installed');
  await joined(kept, 'db1');
  const card = await done(await approved('reveal identity'));
  expect(await outputOf(card)).toMatch(/^nerdyops-run\n[1-9]\d*\n$/);
  const status = await machine.run('nerdy-agent status');
  expect(status).toMatchObject({ code: 0 });
  expect(status.stdout).toContain('db1');
  const db1 = (await client.agents()).find((agent) => agent.name === 'db1');
  expect(db1?.labels).toMatchObject({ role: 'db' });
  expect(db1?.facts.policy, 'no script can change the policy').toMatchObject({ isBinding: true });
});

it('an upgrade in the middle of a script: the script goes on, and its end is told by the next agent', async () => {
  const task = await approved('linger patiently');
  await until(kept, async (c) => ((await c.card(task)).runs[0]?.state === 'running' ? true : null));
  const before = await machine.run('cat /run/nerdy-agent.pid');
  const busy = await machine.run('sudo sh /usr/local/lib/nerdyops/install.sh --uninstall');
  expect(busy.code).toBe(1);
  expect(busy.stderr).toContain('Nothing was taken away');
  const upgraded = await machine.run('sudo sh /usr/local/lib/nerdyops/install.sh --upgrade');
  expect(upgraded).toMatchObject({ code: 0, stderr: '' });
  expect((await machine.run('cat /run/nerdy-agent.pid')).stdout).not.toBe(before.stdout);
  await machine.run(': >/run/go');
  const card = await done(task);
  expect(card.runs[0]?.state).toBe('succeeded');
  expect(await outputOf(card)).toBe('went\n');
});

it('a token is good once', async () => {
  const { lines } = JSON.parse(nerdy('agents', 'invite', '--json'));
  const again = await machine.run(lines.posix);
  expect(again.stdout).toContain('the token was not used');
  const other = await ThrowAwayRoot.open(mkdtempSync(join(dir, 'other-')));
  try {
    expect(await other.run(`${lines.posix} --name web1`)).toMatchObject({ code: 0 });
    await joined(kept, 'web1');
    const third = await ThrowAwayRoot.open(mkdtempSync(join(dir, 'third-')));
    try {
      const refused = await third.run(lines.posix);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('Nothing was changed on this machine');
      expect(
        (await third.run('ls -d /usr/local/lib/nerdyops /var/lib/nerdyops-agent; id nerdyops-run')).stdout,
      ).toBe('');
    } finally {
      await third.close();
    }
  } finally {
    await other.close();
  }
});

it('and nothing is left of it afterwards', async () => {
  const left = await machine.run('sudo sh /usr/local/lib/nerdyops/install.sh --uninstall');
  expect(left).toMatchObject({ code: 0 });
  expect(left.stdout).toContain('The NerdyOps agent is gone from this machine.');
  const found = await machine.run(
    'find /etc /usr/local /var/lib -iname "*nerdy*" 2>/dev/null; getent passwd nerdyops-run; getent group nerdyops-run; ls /run/nerdy-agent.pid 2>/dev/null',
  );
  expect(found.stdout).toBe('');
});
