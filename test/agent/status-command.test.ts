import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { leaveCommand } from '../../agent/src/leave-command.ts';
import { statusCommand } from '../../agent/src/status-command.ts';
import { bundle, makeTestDir } from './start-agent.ts';
import { makeTlsScene, type TlsScene } from './tls-gateway.ts';

const noPolicy = { path: '/nowhere/agent-policy.yml', mustExist: false };
const statusOf = (dataDir: string, json = false) => statusCommand({ dataDir, json, force: false }, noPolicy);
const leave = (dataDir: string, force = false) => leaveCommand({ dataDir, json: false, force });

/** An agent with a script that runs until the test says so. */
const busy = async (): Promise<TlsScene & { agent: TlsScene['agent']; stop: () => Promise<void> }> => {
  const scene = await makeTlsScene();
  await scene.join();
  const { stop } = await scene.agent().then((agent) => ({ stop: () => agent.stop() }));
  const { gateway, dir } = scene;
  const run = await gateway.send1(`while [ ! -e ${dir}/go ] && [ -d ${dir} ]; do sleep 0.05; done\n`);
  await gateway.until(() => gateway.run(run).started > 0);
  return Object.assign(scene, { stop });
};

describe('status', () => {
  test('of a machine that has joined nothing says what to do', async () => {
    const { text, exitCode } = await statusOf(makeTestDir());
    expect(exitCode).toBe(5);
    expect(text).toContain('nerdy-agent join <token>');
    expect(JSON.parse((await statusOf('/nowhere', true)).text)).toEqual({
      dataDir: '/nowhere',
      joined: null,
    });
  });

  test('tells the server, the name, the certificate, the running agent and its runs', async () => {
    const { dataDir, gateway } = await busy();
    const { text, exitCode } = await statusOf(dataDir);
    expect(exitCode).toBe(0);
    expect(text).toMatch(new RegExp(`^Joined +the server server-1 at 127\\.0\\.0\\.1:${gateway.port}$`, 'm'));
    expect(text).toMatch(/^Name +db1 \(role=db\)/m);
    expect(text).toMatch(/^Certified +until \d{4}-\d\d-\d\dT/m);
    expect(text).toMatch(new RegExp(`^Agent +running \\(process ${process.pid}, .*connected since`, 'm'));
    expect(text).toMatch(/^Runs +0 waiting, 1 running, 0 ended/m);
    expect(text).toMatch(/^Policy +none/m);
    expect(JSON.parse((await statusOf(dataDir, true)).text)).toMatchObject({
      agentId: 'agent-1',
      serverId: 'server-1',
      joined: { name: 'db1', labels: { role: 'db' } },
      agent: { state: 'connected', reason: null },
      runs: { accepted: 0, started: 1, finished: 0 },
    });
  });

  test('of an agent that was stopped says that none runs', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    const agent = await scene.agent();
    await agent.stop();
    expect((await statusOf(scene.dataDir)).text).toMatch(/^Agent +not running$/m);
  });
});

describe('leave', () => {
  test('destroys key, identity and spool', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    const agent = await scene.agent();
    expect(await leave(scene.dataDir)).toMatchObject({
      exitCode: 3,
      text: expect.stringContaining('Stop it'),
    });
    await agent.stop();
    expect(await leave(scene.dataDir)).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('it was called db1 when it joined'),
    });
    expect(readdirSync(scene.dataDir).filter((name) => !/^(lock|wrapper\.sh)$/.test(name))).toEqual([]);
    expect(await leave(scene.dataDir)).toMatchObject({ exitCode: 5 });
  });

  test('is refused while a run is unfinished, but for --force', async () => {
    const { dataDir, stop } = await busy();
    await stop();
    expect(await leave(dataDir)).toMatchObject({
      exitCode: 3,
      text: expect.stringMatching(/^One run is unfinished here: 0 waiting, 1 running/),
    });
    expect(existsSync(join(dataDir, 'identity.json'))).toBe(true);
    expect(await leave(dataDir, true)).toMatchObject({ exitCode: 0 });
  });
});

/** The built agent with these arguments, to its end. */
const nerdyAgent = (args: string[], stdin = ''): Promise<{ out: string; err: string; code: number | null }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [bundle(), ...args]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.once('close', (code) => resolve({ out, err, code }));
    child.stdin.end(stdin);
  });

describe('the built agent', () => {
  test('joins by a token on standard input, runs, tells its status and leaves', async () => {
    const scene = await makeTlsScene();
    const place = ['--data', scene.dataDir];
    expect(await nerdyAgent(['run', ...place])).toMatchObject({ code: 5, out: '' });
    expect(await nerdyAgent(['join', '-', ...place, '--name', 'web7'], `${scene.token()}\n`)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('as "web7"'),
    });
    const agent = spawn(process.execPath, [bundle(), 'run', ...place], { stdio: 'ignore' });
    onTestFinished(() => void agent.kill('SIGKILL'));
    await scene.gateway.until(() => scene.gateway.heartbeats.length > 0);
    const status = await nerdyAgent(['status', ...place, '--json']);
    expect(JSON.parse(status.out)).toMatchObject({ agent: { pid: agent.pid, state: 'connected' } });
    const ended = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await nerdyAgent(['leave', ...place])).toMatchObject({ code: 0, err: '' });
  });

  test.each([
    [['--version'], 0, /^nerdy-agent \d/],
    [['--help'], 0, /^Usage: nerdy-agent <command>/],
    [['join', '--help'], 0, /^Usage: nerdy-agent join <token>/],
    [['leave', '--help'], 0, /--force/],
  ])('%j is answered with help', async (args, code, pattern) => {
    const answered = await nerdyAgent(args);
    expect(answered).toMatchObject({ code, err: '', out: expect.stringMatching(pattern) });
  });

  test('says which command there is not', async () => {
    expect(await nerdyAgent(['frobnicate'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^There is no command "frobnicate"\.\nUsage:/),
    });
  });
});
