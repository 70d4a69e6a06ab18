import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DataDirInUse, type PartName } from '../../../agent/src/agent.ts';
import type { Link } from '../../../agent/src/link/link.ts';
import { type Disk, nodeDisk } from '../../../agent/src/run/disk.ts';
import { Spool } from '../../../agent/src/run/spool.ts';
import { isRunning, makeScene, makeTestDir } from '../start-agent.ts';

describe('a script that', () => {
  test('fills the disk still has its exit code told, and that output is missing', async (context) => {
    const { gateway, agent, dir } = await makeScene();
    const small = join(dir, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      context.skip('only root can mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', small]));
    await agent({ dataDir: join(small, 'data') });
    const run = await gateway.send1('head -c 60000000 /dev/zero >fill 2>&-\necho hi\nexit 6\n');
    expect(await gateway.finished(run)).toMatchObject({
      end: 'FINISHED_END_EXITED',
      exitCode: 6,
      stdoutBytes: 0,
      endMissing: true,
    });
  });

  test('kills the process that waits for it is lost at once, without its grace', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = `trap 'kill -KILL $PPID; sleep 1000' TERM\nwhile :; do sleep 0.1; done\n`;
    const run = await gateway.send1(text, (document) => {
      Object.assign(document.limits, { timeoutMs: 200, killGraceMs: 60_000 });
    });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
  });

  test.each(['exit', 'started'])('puts a named pipe in place of %s does not hold the agent', async (name) => {
    const { gateway, agent, dir } = await makeScene();
    await agent();
    const go = join(dir, 'go');
    const text = `rm -f ../${name}; mkfifo ../${name}; echo begin; while [ ! -e ${go} ]; do sleep 0.02; done\n`;
    const run = await gateway.send1(text);
    await gateway.until(() => gateway.run(run).stdout.length > 0 || gateway.run(run).finished !== null);
    expect(await gateway.finished(await gateway.send1('exit 3\n'))).toMatchObject({ exitCode: 3 });
    writeFileSync(go, '');
    await gateway.finished(run);
  });

  test('puts a directory in place of its exit file is lost, and the agent goes on', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('mkdir ../exit\n');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(await gateway.finished(await gateway.send1('exit 3\n'))).toMatchObject({ exitCode: 3 });
  });

  test('writes lines of its own on the control pipe still has its time limit', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = `(while :; do printf 'stray\\n\\nd\\np 1 2 3\\n*\\n' >../control.*; sleep 0.05; done) 2>&- &\necho $$\nsleep 1000\n`;
    const run = await gateway.send1(text, (document) => {
      Object.assign(document.limits, { timeoutMs: 700, killGraceMs: 200 });
    });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT' });
    expect(isRunning(Number(gateway.stdout(run)))).toBe(false);
  });

  test('leaves the group that is ended with it still has its time limit', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const leave = 'setpgrp(0, getpgrp(getppid())) or die; $| = 1; print "$$\\n"; sleep 1000';
    const run = await gateway.send1(`exec perl -e '${leave}'\n`, ({ limits }) => {
      Object.assign(limits, { timeoutMs: 500, killGraceMs: 200 });
    });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT', exitCode: 143 });
    expect(isRunning(Number(gateway.stdout(run)))).toBe(false);
  });

  test('removes its own run is lost, and the agent goes on', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('rm -rf "$(dirname "$PWD")"\n');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(await gateway.finished(await gateway.send1('exit 3\n'))).toMatchObject({ exitCode: 3 });
  });
});

/** A disk whose syncs wait, each for what its first path is given. */
const syncsAfter = (wait: (path: string) => Promise<void>): Disk => ({
  ...nodeDisk,
  sync: (paths) => wait(paths[0] ?? '').then(() => nodeDisk.sync(paths)),
  syncData: (path) => wait(path).then(() => nodeDisk.syncData(path)),
});

test('an order that a new hello overtook on its way to the disk starts only when it comes again', async () => {
  const { gateway, agent, dir } = await makeScene();
  let hold = false;
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isStoring = false;
  const slow = syncsAfter(async (path) => {
    if (!hold || !path.includes('/runs/')) return;
    isStoring = true;
    gateway.nudge();
    await held;
  });
  let accepted = 0;
  const log = {
    info: (_: object, message: string) => {
      if (message === 'order accepted') accepted += 1;
      gateway.nudge();
    },
    warn: () => {},
    error: () => {},
  };
  const decorate = <T extends object>(name: PartName, part: T): T =>
    name === 'disk' ? (slow as Disk as unknown as T) : part;
  await agent({ decorate, log });
  const mark = join(dir, 'mark');
  const { runId, order } = await gateway.order(`echo x >> ${mark}\n`);
  hold = true;
  gateway.send({ order });
  await gateway.until(() => isStoring);
  const { length } = gateway.heartbeats;
  gateway.cut();
  await gateway.until(() => gateway.heartbeats.length > length);
  expect(gateway.hellos.at(-1)?.runs).toEqual([]);
  hold = false;
  release();
  await gateway.until(() => accepted === 1);
  await gateway.finished(await gateway.send1('exit 0\n'));
  expect(existsSync(mark)).toBe(false);
  gateway.send({ order });
  expect(await gateway.finished(runId)).toMatchObject({ end: 'FINISHED_END_EXITED' });
  expect(readFileSync(mark, 'utf8')).toBe('x\n');
});

test('an agent that is stopped while an order is on its way to the disk stores it first and starts nothing', async () => {
  const { gateway, agent, dir, dataDir } = await makeScene();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let hold = false;
  let isStoring = false;
  const slow = syncsAfter(async (path) => {
    if (!hold || !path.includes('/runs/')) return;
    isStoring = true;
    gateway.nudge();
    await held;
  });
  const changed = <T extends object>(part: T, change: (part: T) => object): T =>
    new Proxy(part, {
      get(target, key) {
        const value = Reflect.get(change(target), key) ?? Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  let launches = 0;
  let isLinkStopped = false;
  const decorate = <T extends object>(name: PartName, part: T): T => {
    if (name === 'disk') return slow as unknown as T;
    if (name === 'link') {
      const stopLink = async (link: Link) => {
        await link.stop();
        isLinkStopped = true;
        gateway.nudge();
      };
      return changed(part, (link) => ({ stop: () => stopLink(link as unknown as Link) }));
    }
    if (name !== 'executor') return part;
    const launch = () => {
      launches += 1;
    };
    // Quick, so that nothing but the order holds up the agent's stop; the one wrapper is the order's.
    return changed(part, () => ({ launch, stop: () => Promise.resolve() }));
  };
  const first = await agent({ decorate });
  const mark = join(dir, 'mark');
  const { runId, order } = await gateway.order(`echo x >> ${mark}\n`);
  hold = true;
  gateway.send({ order });
  await gateway.until(() => isStoring);
  let isStopped = false;
  const stopping = first.stop().then(() => {
    isStopped = true;
  });
  await gateway.until(() => isLinkStopped);
  await new Promise((resolve) => setImmediate(resolve));
  await expect(agent()).rejects.toThrow(DataDirInUse);
  expect(isStopped).toBe(false);
  release();
  await stopping;
  expect(existsSync(join(dataDir, 'spool', 'runs', runId, 'order'))).toBe(true);
  expect(launches).toBe(0);
  await agent();
  expect(await gateway.finished(runId)).toMatchObject({ end: 'FINISHED_END_EXITED' });
  expect(readFileSync(mark, 'utf8')).toBe('x\n');
});

test('an agent whose log nobody reads any more goes on', async () => {
  const { gateway, process: start } = await makeScene();
  const child = await start('pipe');
  child.stderr?.destroy();
  expect(await gateway.finished(await gateway.send1('exit 3\n'))).toMatchObject({ exitCode: 3 });
  expect(await gateway.finished(await gateway.send1('exit 4\n'))).toMatchObject({ exitCode: 4 });
  expect(child.exitCode).toBeNull();
});

test('an order that waited while the machine slept is too late', async () => {
  const { gateway, agent } = await makeScene();
  await agent();
  const { runId, order } = await gateway.order('exit 0\n');
  const awake = os.uptime();
  const uptime = vi.spyOn(os, 'uptime').mockImplementation(() => awake + 3_600);
  onTestFinished(() => uptime.mockRestore());
  gateway.send({ order });
  expect(await gateway.refused(runId)).toMatchObject({ reason: 'REASON_LATE' });
});

test('a tombstone that can not be read keeps its own order from running, and no other', async () => {
  const { gateway, agent, dataDir, dir } = await makeScene();
  await agent();
  const mark = join(dir, 'mark');
  const spoiled = await gateway.order(`echo x >> ${mark}\n`);
  const other = await gateway.order('exit 3\n');
  writeFileSync(join(dataDir, 'spool', 'done', `${spoiled.runId}.json`), '{');
  gateway.send({ order: other.order }, { order: spoiled.order });
  expect(await gateway.finished(other.runId)).toMatchObject({ exitCode: 3 });
  expect(existsSync(mark)).toBe(false);
});

test('the directory of a removed run is away from its place before anything in it goes', async () => {
  let whole: boolean | null = null;
  const disk: Disk = {
    ...nodeDisk,
    remove: async (path) => {
      if (existsSync(join(path, 'started'))) whole = !existsSync(join(dir, 'runs', runId));
      await nodeDisk.remove(path);
    },
  };
  const dir = makeTestDir();
  const runId = 'ab'.repeat(32);
  const spool = new Spool(dir, disk, 'boot');
  await spool.open();
  mkdirSync(spool.dirOf(runId));
  writeFileSync(join(spool.dirOf(runId), 'started'), 'never');
  await spool.remove(runId);
  expect(whole).toBe(true);
  expect(existsSync(spool.dirOf(runId))).toBe(false);
  await spool.remove(runId);
});
