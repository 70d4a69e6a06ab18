import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PartName } from '../../../agent/src/agent.ts';
import type { Executor } from '../../../agent/src/run/executor.ts';
import type { FakeGateway } from '../fake-gateway.ts';
import { isRunning, killHard, makeScene, runFile, type Scene, thisMachine } from '../start-agent.ts';

/** An agent that stores and accepts, and is stopped before it lets any wrapper go. */
const neverLaunches = <T extends object>(name: PartName, part: T): T =>
  name === 'executor' ? withLaunch(part, () => {}) : part;

/** The executor with another way to launch. */
const withLaunch = <T extends object>(executor: T, launch: Executor['launch']): T =>
  new Proxy(executor, {
    get(target, key) {
      const value = key === 'launch' ? launch : Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

const accepted = async (gateway: FakeGateway, text: string): Promise<string> => {
  const run = await gateway.send1(text);
  await gateway.until(() => gateway.run(run).accepted > 0);
  return run;
};

/** A script that tells its process number, waits for a file, leaves a mark, and ends. */
const waitingScript = ({ dir }: Scene): { text: string; go: string; mark: string } => {
  const go = join(dir, 'go');
  const mark = join(dir, 'mark');
  writeFileSync(mark, '');
  const text = `echo begin $$\nwhile [ ! -e ${go} ] && [ -d ${dir} ]; do sleep 0.02; done\necho x >> ${mark}\necho end\n`;
  return { text, go, mark };
};

describe('an agent that was killed', () => {
  test('while a script ran, follows it when it is back, and the script runs once', async () => {
    const scene = await makeScene();
    const { gateway } = scene;
    const { text, go, mark } = waitingScript(scene);
    const first = await scene.process();
    const run = await gateway.send1(text);
    await gateway.until(() => gateway.run(run).stdout.length > 0);
    await killHard(first);
    await scene.process();
    expect(gateway.hellos.at(-1)?.runs).toEqual([
      { runId: Buffer.from(run, 'hex'), state: 'SPOOL_STATE_STARTED' },
    ]);
    writeFileSync(go, '');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 0 });
    expect(gateway.stdout(run)).toMatch(/^begin \d+\nend\n$/);
    expect(readFileSync(mark, 'utf8')).toBe('x\n');
  });

  test('while a script ran to its end, reports that end', async () => {
    const scene = await makeScene();
    const { gateway, dataDir } = scene;
    const { text, go, mark } = waitingScript(scene);
    const first = await scene.process();
    const run = await gateway.send1(text);
    await gateway.until(() => gateway.run(run).stdout.length > 0);
    await killHard(first);
    const pid = Number(/\d+/.exec(gateway.stdout(run))?.[0]);
    writeFileSync(go, '');
    await ended(pid);
    await existing(join(dataDir, 'spool', 'runs', run, 'exit'));
    await scene.process();
    expect(gateway.hellos.at(-1)?.runs[0]?.state).toBe('SPOOL_STATE_FINISHED');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED' });
    expect(gateway.stdout(run)).toMatch(/^begin \d+\nend\n$/);
    expect(readFileSync(mark, 'utf8')).toBe('x\n');
  });

  test('between accepting and starting, starts the run when it is back, once', async () => {
    const { gateway, agent, dir } = await makeScene();
    const first = await agent({ decorate: neverLaunches });
    const mark = join(dir, 'mark');
    const run = await accepted(gateway, `echo x >> ${mark}\necho ran\n`);
    await first.stop();
    expect(existsSync(mark)).toBe(false);
    await agent();
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED' });
    expect(readFileSync(mark, 'utf8')).toBe('x\n');
  });

  test('between accepting and starting, does not start it after its time', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent({ decorate: neverLaunches });
    const run = await accepted(gateway, 'echo ran\n');
    await first.stop();
    const now = Date.now();
    gateway.now = () => now + 120_000;
    await agent();
    expect(await gateway.finished(run)).toMatchObject({
      end: 'FINISHED_END_UNSTARTED',
      reason: 'REASON_LATE',
    });
    expect(gateway.stdout(run)).toBe('');
  });

  test('and finds a damaged tombstone, starts and never runs what it stands for', async () => {
    const { gateway, agent, dir, dataDir } = await makeScene();
    const first = await agent({ decorate: neverLaunches });
    const mark = join(dir, 'mark');
    const run = await accepted(gateway, `echo x >> ${mark}\n`);
    await first.stop();
    writeFileSync(join(dataDir, 'spool', 'done', `${run}.json`), '{');
    await agent();
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(existsSync(mark)).toBe(false);
  });

  test('with an order half stored, forgets it', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    const first = await agent({ decorate: neverLaunches });
    const run = await accepted(gateway, 'echo ran\n');
    await first.stop();
    const order = join(dataDir, 'spool', 'runs', run, 'order');
    writeFileSync(order, readFileSync(order, 'utf8').slice(0, 100));
    await agent();
    expect(gateway.hellos.at(-1)?.runs).toEqual([]);
    expect(existsSync(join(dataDir, 'spool', 'runs', run))).toBe(false);
  });
});

describe('a script that removed its claim', () => {
  test.each([
    ['still runs', 'exec >&- 2>&-\n', ''],
    ['has put something out', '', 'x\n'],
    ['has ended', 'exec >&- 2>&-\n', 'x\n'],
  ])('and %s, is lost to a restarted agent, and never started again', async (_, more, expected) => {
    const scene = await makeScene();
    const { gateway, agent, dataDir } = scene;
    const { text, go, mark } = waitingScript(scene);
    const first = await scene.process();
    const { runId, order } = await gateway.order(`rm ../started\necho $$ >${scene.dir}/pid\n${more}${text}`);
    const dir = join(dataDir, 'spool', 'runs', runId);
    gateway.send({ order });
    await existing(join(scene.dir, 'pid'));
    await gateway.until(() => gateway.run(runId).accepted > 0);
    await killHard(first);
    if (expected) {
      writeFileSync(go, '');
      await existing(join(dir, 'exit'));
    }
    if (expected && !more) rmSync(join(dir, 'exit'));
    gateway.ackFinished = false;
    for (let life = 1; life <= 2; life += 1) {
      const again = await agent();
      await gateway.until(() => gateway.run(runId).finishes >= life);
      await again.stop();
    }
    expect(gateway.run(runId).finished).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(readFileSync(mark, 'utf8')).toBe(expected);
    writeFileSync(go, '');
  });
});

describe('after another boot', () => {
  test('a run that was accepted is lost, not started', async () => {
    const { gateway, agent, dir } = await makeScene();
    const first = await agent({ decorate: neverLaunches });
    const mark = join(dir, 'mark');
    const run = await accepted(gateway, `echo x >> ${mark}\n`);
    await first.stop();
    await agent({ machine: { ...(await thisMachine()), bootId: 'another' } });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(existsSync(mark)).toBe(false);
  });

  test('a run that was started is lost, though a process has the number of its wrapper', async () => {
    const scene = await makeScene();
    const { gateway, agent } = scene;
    const { text, go } = waitingScript(scene);
    const first = await agent();
    const run = await gateway.send1(text);
    await gateway.until(() => gateway.run(run).stdout.length > 0);
    await first.stop();
    await agent({ machine: { ...(await thisMachine()), bootId: 'another' } });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    writeFileSync(go, '');
  });
});

describe('a wrapper that was killed', () => {
  test('leaves a lost run that is never started again', async () => {
    const scene = await makeScene();
    const { gateway, agent, dataDir } = scene;
    const { text, go, mark } = waitingScript(scene);
    const first = await agent();
    const { runId, order } = await gateway.order(text);
    gateway.ackFinished = false;
    gateway.send({ order });
    await gateway.until(() => gateway.run(runId).stdout.length > 0);
    const wrapper = Number(runFile(dataDir, runId, 'started').split(' ')[0]);
    process.kill(wrapper, 'SIGKILL');
    const lost = await gateway.finished(runId);
    expect(lost).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(gateway.stdout(runId)).toHaveLength(lost.stdoutBytes);
    const pid = Number(/\d+/.exec(gateway.stdout(runId))?.[0]);
    await first.stop();
    await agent();
    await gateway.until(() => gateway.run(runId).finishes >= 2);
    gateway.send({ order });
    await gateway.until(() => gateway.run(runId).finishes >= 3);
    writeFileSync(go, '');
    await ended(pid);
    expect(readFileSync(mark, 'utf8')).toBe('x\n');
  });

  test.each(['the same', 'another'])(
    'leaves a script to its time limit, and %s agent ends it then',
    async (which) => {
      const { gateway, agent, dataDir, dir } = await makeScene();
      const first = await agent();
      const text = `trap '' TERM\nsleep 1000 &\necho $! $$\nwhile [ -d ${dir} ]; do sleep 0.05; done\n`;
      const run = await gateway.send1(text, ({ limits }) => {
        Object.assign(limits, { timeoutMs: 2_000, killGraceMs: 100 });
      });
      await gateway.until(() => gateway.stdout(run).endsWith('\n'));
      const pids = gateway.stdout(run).trim().split(' ').map(Number);
      const group = join(dataDir, 'spool', 'runs', run, 'group');
      await existing(group);
      expect(readFileSync(group, 'utf8')).toMatch(new RegExp(`^${pids[1]} .+\n[\\d.]+\n$`));
      const startedAt = statSync(group).mtimeMs;
      process.kill(Number(runFile(dataDir, run, 'started').split(' ')[0]), 'SIGKILL');
      expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
      expect(pids.filter(isRunning)).toEqual(pids);
      if (which === 'another') {
        while (existsSync(group)) await new Promise((resolve) => setImmediate(resolve));
        await first.stop();
        await agent();
      }
      for (const pid of pids) await ended(pid);
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_950);
      const orphans = join(dataDir, 'spool', 'orphans');
      while (readdirSync(orphans).length > 0) await new Promise((resolve) => setImmediate(resolve));
    },
  );

  test('before it claimed, is made again, and the run runs', async () => {
    const { gateway, agent } = await makeScene();
    await agent({
      decorate: (name, part) => {
        if (name !== 'executor') return part;
        const executor = part as unknown as Executor;
        let launches = 0;
        const launch: Executor['launch'] = (run, taken, onGone) => {
          launches += 1;
          if (launches === 1) setImmediate(onGone, null);
          else executor.launch(run, taken, onGone);
        };
        return withLaunch(part, launch);
      },
    });
    const run = await gateway.send1('echo ran\n');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED' });
  });
});

/** Resolves when a process that isn't ours to wait for has ended. */
const ended = async (pid: number): Promise<void> => {
  while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
};

/** Resolves when a file is there. */
const existing = async (path: string): Promise<void> => {
  while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
};
