import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataDirInUse, type PartName } from '../../agent/src/agent.ts';
import type { Disk } from '../../agent/src/run/disk.ts';
import { protocolVersion } from '../../proto/agent-stream.ts';
import { makeScene, thisMachine } from './start-agent.ts';

describe('an order', () => {
  test('is accepted, started, put out and finished, in this order', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('echo hello\necho trouble >&2\n');
    const finished = await gateway.finished(run);
    expect(gateway.run(run)).toMatchObject({ accepted: 1, started: 1, finishes: 1 });
    expect(gateway.stdout(run)).toBe('hello\n');
    expect(gateway.stderr(run)).toBe('trouble\n');
    expect(finished).toMatchObject({
      end: 'FINISHED_END_EXITED',
      exitCode: 0,
      stdoutBytes: 6,
      stderrBytes: 8,
    });
  });

  test('that comes again is answered with what is known, and runs once', async () => {
    const { gateway, agent, dir } = await makeScene();
    await agent();
    const mark = join(dir, 'mark');
    const { runId, order } = await gateway.order(`echo x >> ${mark}\n`);
    gateway.send({ order }, { order });
    gateway.send({ order });
    await gateway.finished(runId);
    gateway.send({ order });
    await gateway.until(() => gateway.run(runId).finishes >= 2);
    expect(readFileSync(mark, 'utf8')).toBe('x\n');
    expect(gateway.run(runId).refused).toBeNull();
  });

  test('that comes again after its end was acknowledged and its time is over, is still known', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    const first = await agent();
    const { runId, order } = await gateway.order('echo x\n');
    gateway.send({ order });
    await gateway.finished(runId);
    await gone(join(dataDir, 'spool', 'runs', runId));
    await first.stop();
    const now = Date.now();
    gateway.now = () => now + 120_000;
    await agent();
    expect(gateway.hellos.at(-1)?.runs).toEqual([]);
    gateway.send({ order });
    await gateway.until(() => gateway.run(runId).finishes >= 2);
    expect(gateway.run(runId)).toMatchObject({ refused: null, started: 1 });
  });

  test('is refused when the disk is full, and leaves nothing behind', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    let isFull = false;
    await agent({
      decorate: <T extends object>(name: PartName, part: T): T => {
        if (name !== 'disk') return part;
        const disk = part as unknown as Disk;
        const fill = (path: string) => {
          if (isFull && path.endsWith('order')) throw new Error('ENOSPC: no space left on device');
        };
        const write: Disk['write'] = (path, bytes) => {
          fill(path);
          disk.write(path, bytes);
        };
        const overwrite: Disk['overwrite'] = (path, bytes) => {
          fill(path);
          disk.overwrite(path, bytes);
        };
        return { ...part, write, overwrite };
      },
    });
    isFull = true;
    const refused = await gateway.refused(await gateway.send1('echo x\n'));
    expect(refused).toMatchObject({ reason: 'REASON_SPOOL' });
    expect(refused.detail).toContain('no space left');
    expect(readdirSync(join(dataDir, 'spool', 'runs'))).toEqual([]);
    isFull = false;
    expect(await gateway.finished(await gateway.send1('echo x\n'))).toMatchObject({ exitCode: 0 });
  });

  test('is unstarted when its shell is not on this machine', async () => {
    const { gateway, agent } = await makeScene();
    await agent({ machine: { ...(await thisMachine()), bash: null } });
    expect(await gateway.finished(await gateway.send1('echo x\n'))).toMatchObject({
      end: 'FINISHED_END_UNSTARTED',
      reason: 'REASON_NO_SHELL',
      detail: 'bash is not on this machine',
    });
  });

  test('of a hundred in one frame each runs once', async () => {
    const { gateway, agent, dir } = await makeScene();
    await agent();
    const mark = join(dir, 'mark');
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, n) => gateway.order(`echo ${n} >> ${mark}\necho ${n}\n`)),
    );
    gateway.send(...made.map(({ order }) => ({ order })));
    await Promise.all(made.map(({ runId }) => gateway.finished(runId)));
    const marks = readFileSync(mark, 'utf8').trim().split('\n').map(Number);
    expect(marks.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });
});

describe('an order that is not what was approved is refused and not stored', () => {
  const cases: [string, string, Parameters<typeof spoil>[0]][] = [
    ['another signature', 'REASON_SIGNATURE', (o) => o.signature.writeUInt8(o.signature.readUInt8(3) ^ 1, 3)],
    ['a changed document', 'REASON_SIGNATURE', (o) => o.document.write('2', o.document.indexOf('"v":1') + 4)],
    ['another script', 'REASON_DOCUMENT', (o) => o.script.write('X')],
    ['another run id', 'REASON_DOCUMENT', (o) => o.runId.writeUInt8(o.runId.readUInt8(0) ^ 1, 0)],
  ];
  const spoil = (
    change: (order: { runId: Buffer; document: Buffer; signature: Buffer; script: Buffer }) => void,
  ) => change;
  test.each(cases)('%s', async (_, reason, change) => {
    const { gateway, agent, dataDir, dir } = await makeScene();
    await agent();
    const mark = join(dir, 'mark');
    const { order } = await gateway.order(`echo x >> ${mark}\n`);
    change(order);
    gateway.send({ order });
    expect(await gateway.refused(order.runId.toString('hex'))).toMatchObject({ reason });
    expect(readdirSync(join(dataDir, 'spool', 'runs'))).toEqual([]);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('the data directory', () => {
  test('is for this user alone and keeps who the agent is', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    const first = await agent();
    await first.stop();
    await agent();
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const [a, b] = gateway.hellos;
    expect(a?.agentId).toBe(b?.agentId);
    expect(a?.spoolId).toBe(b?.spoolId);
    expect(a).toMatchObject({
      protocolVersion,
      localName: 'db1',
      localLabels: { role: 'db' },
      pinnedKeyId: '',
    });
    expect(b?.pinnedKeyId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is not shared by two agents', async () => {
    const { agent } = await makeScene();
    const first = await agent();
    await expect(agent()).rejects.toThrow(DataDirInUse);
    await first.stop();
    await agent();
  });

  test('is free again when its agent was killed', async () => {
    const scene = await makeScene();
    const first = await scene.process();
    const exit = new Promise((resolve) => first.once('exit', resolve));
    first.kill('SIGKILL');
    await exit;
    await scene.agent();
  });
});

test('the waiting wrapper ends with its agent', async () => {
  const scene = await makeScene();
  const child = await scene.process();
  const run = await scene.gateway.send1('echo x\n');
  await scene.gateway.finished(run);
  const seats = join(scene.dataDir, 'spool', 'seats');
  const pids = () => readdirSync(seats).flatMap((dir) => pidsWithDir(join(seats, dir)));
  while (pids().length === 0) await new Promise((resolve) => setImmediate(resolve));
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
  while (pids().length > 0) await new Promise((resolve) => setImmediate(resolve));
  writeFileSync(join(scene.dir, 'done'), '');
});

/** Processes whose working directory this is. */
const pidsWithDir = (dir: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const at = statSync(`/proc/${pid}/cwd`);
      const here = statSync(dir);
      return at.ino === here.ino && at.dev === here.dev;
    } catch {
      return false;
    }
  });

/** Resolves when a path is not there any more. */
const gone = async (path: string): Promise<void> => {
  while (existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
};
