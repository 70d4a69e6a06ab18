import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { lifeOf } from '../../agent/src/core/certificate.ts';
import { readIdentity } from '../../agent/src/run/identity-file.ts';
import { bundle } from '../agent/start-agent.ts';
import { editRows } from '../sql/edit-rows.ts';
import { effectsIn, joined, KeptServer, runLoop, until } from './loop.ts';
import { makeDir } from './processes.ts';

const dir = makeDir();
const servers: KeptServer[] = [];

/** A port that is free now; the server must have the same one after a restart. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

const startServer = async (name: string, certificateMs?: number): Promise<KeptServer> => {
  const env = { NERDY_GRPC_PORT: String(await freePort()) };
  const settings = certificateMs === undefined ? {} : { certificateMs };
  const server = new KeptServer(join(dir.path, name), settings, env);
  servers.push(server);
  await server.call((client) => client.agents());
  return server;
};

afterAll(async () => {
  for (const server of servers) await server.kill();
  dir.remove();
});

/** The built agent, as a machine has it. */
class Machine {
  static #count = 0;
  readonly dataDir = join(dir.path, `machine-${++Machine.#count}`);
  #child: ChildProcess | null = null;
  #lines: string[] = [];
  #wake: (() => void)[] = [];

  /** Runs a command of the agent to its end. */
  command(...args: string[]): Promise<{ said: string; code: number | null }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [bundle(), ...args, '--data', this.dataDir]);
      let said = '';
      child.stdout.on('data', (data) => (said += data));
      child.stderr.on('data', (data) => (said += data));
      child.once('close', (code) => resolve({ said, code }));
    });
  }

  start(): void {
    const args = [bundle(), 'run', '--data', this.dataDir];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    onTestFinished(() => void child.kill('SIGKILL'));
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** Resolves when its log has a line with this. */
  async said(pattern: RegExp): Promise<void> {
    while (!this.#lines.some((line) => pattern.test(line)))
      await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    return new Promise((resolve) => {
      child?.once('exit', () => resolve());
      child?.kill(signal);
    });
  }
}

/** What an admin does with a machine, over HTTP. */
const admin = (server: KeptServer, method: string, path: string, body?: object) =>
  server.address().then(async ({ url, localToken }) => {
    const response = await fetch(`${url}/api/v1/agents${path}`, {
      method,
      headers: {
        authorization: `Bearer ${localToken}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { token: string };
  });

const invite = async (server: KeptServer, body: object): Promise<string> =>
  (await admin(server, 'POST', '/invites', body)).token;

/** A machine that has joined and runs. */
const joinedMachine = async (server: KeptServer, name: string): Promise<Machine> => {
  const machine = new Machine();
  const token = await invite(server, { name, labels: { role: 'db' } });
  expect(await machine.command('join', token)).toMatchObject({ code: 0 });
  machine.start();
  await joined(server, name);
  return machine;
};

describe('a machine that was invited', () => {
  test('joins, runs what was approved, and goes on after either end was killed', async () => {
    const server = await startServer('server');
    const machine = await joinedMachine(server, 'db1');
    const effect = join(dir.path, 'effect-db1');
    const ask = () => runLoop(server, `mark the file ${effect} on role=db`);
    expect(await ask()).toMatchObject({ state: 'done', answer: { words: 'Marked 1 times.' } });
    await server.kill();
    expect(await ask()).toMatchObject({ state: 'done', answer: { words: 'Marked 2 times.' } });
    await machine.kill();
    machine.start();
    expect(await ask()).toMatchObject({ state: 'done', answer: { words: 'Marked 3 times.' } });
    expect(effectsIn(effect)).toBe(3);
    const status = await machine.command('status');
    expect(status.said).toMatch(/^Name +db1 \(role=db\)/m);
    expect(status.said).toMatch(/^Agent +running .* connected since/m);
  });

  test('spends its token by joining: another machine hears why it is refused', async () => {
    const server = await startServer('once');
    const token = await invite(server, { name: 'db1' });
    expect(await new Machine().command('join', token)).toMatchObject({ code: 0 });
    const second = await new Machine().command('join', token);
    expect(second.code).toBe(3);
    expect(second.said).toMatch(/used/);
  });

  test('comes too late: its token is no good any more, and it hears so', async () => {
    const server = await startServer('late');
    const token = await invite(server, { name: 'db1' });
    editRows(join(dir.path, 'late'), 'update invite set expires_at = created_at');
    const { code, said } = await new Machine().command('join', token);
    expect(code).toBe(3);
    expect(said).toMatch(/expired|ended|too late/);
  });

  test('that is removed is cut off at once and says so', async () => {
    const server = await startServer('removing');
    const machine = await joinedMachine(server, 'db1');
    await admin(server, 'DELETE', '/db1');
    await machine.said(/removed/);
    await until(server, async (client) =>
      (await client.agents()).some((agent) => agent.name === 'db1' && agent.online) ? null : true,
    );
  });

  test('and was cloned is suspended with its clone, and resumes by itself when a person has looked', async () => {
    const server = await startServer('cloned');
    const machine = await joinedMachine(server, 'db1');
    const clone = new Machine();
    mkdirSync(clone.dataDir);
    copyFileSync(join(machine.dataDir, 'identity.json'), join(clone.dataDir, 'identity.json'));
    clone.start();
    await Promise.all([machine.said(/Two machines use/), clone.said(/Two machines use/)]);
    await until(
      server,
      async (client) => (await client.agents()).find((a) => a.identity?.state === 'suspended') ?? null,
    );
    await clone.kill();
    await admin(server, 'POST', '/db1/resume', {});
    await joined(server, 'db1');
    const effect = join(dir.path, 'effect-cloned');
    expect(await runLoop(server, `mark the file ${effect} on db1`)).toMatchObject({ state: 'done' });
  });

  test('renews its certificate by itself, again and again, on one stream', async () => {
    const server = await startServer('renewing', 6_000);
    const machine = await joinedMachine(server, 'db1');
    const untilOf = () =>
      lifeOf(readIdentity(machine.dataDir)?.enrolment?.certificate ?? Buffer.alloc(0)).until;
    const first = untilOf();
    const effect = join(dir.path, 'effect-renewing');
    let marks = 0;
    while (untilOf() < first + 9_000) {
      await runLoop(server, `mark the file ${effect} on db1`);
      marks += 1;
    }
    expect(effectsIn(effect)).toBe(marks);
    // The first one has ended, and still the next connection is let in.
    await machine.kill();
    machine.start();
    expect(await runLoop(server, `mark the file ${effect} on db1`)).toMatchObject({ state: 'done' });
  });

  test('whose certificate has ended hears what to do', async () => {
    const server = await startServer('ended', 1);
    const machine = new Machine();
    await machine.command('join', await invite(server, { name: 'db1' }));
    machine.start();
    await machine.said(/certificate ended on/);
    const { said } = await machine.command('status');
    expect(said).toMatch(/refused since .*Join again with a new token/);
  });
});
