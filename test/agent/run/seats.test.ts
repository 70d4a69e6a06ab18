import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Disk, nodeDisk } from '../../../agent/src/run/disk.ts';
import { type NewRun, Spool } from '../../../agent/src/run/spool.ts';
import { FakeGateway } from '../fake-gateway.ts';
import { makeTestDir } from '../start-agent.ts';

const agentId = 'agent-1';

/** A spool that is open; from then on its disk behaves otherwise in these ways. */
const makeSpool = async (dir: string, faults: Partial<Disk> = {}) => {
  const disk = { ...nodeDisk };
  const spool = new Spool(dir, disk, 'boot');
  await spool.open();
  Object.assign(disk, faults);
  return spool;
};

const orderOf = (script: string): Omit<NewRun, 'from'> => {
  const gateway = new FakeGateway('');
  const { runId, order, document } = gateway.orderFor(agentId, script);
  return { runId, order, document };
};

const never = (): never => {
  throw new Error('EIO');
};

describe('an order that is stored where a wrapper waits', () => {
  test('costs one sync, of data alone', async () => {
    const dir = makeTestDir();
    const synced: string[] = [];
    const spool = await makeSpool(dir, {
      sync: (paths) => nodeDisk.sync(paths).then(() => void synced.push(...paths)),
      syncData: (path) => nodeDisk.syncData(path).then(() => void synced.push(path)),
    });
    const from = await spool.prepareSeat();
    synced.length = 0;
    const run = orderOf('echo x\n');
    expect(await spool.store([{ ...run, from }], 5)).toEqual([null]);
    expect(synced).toEqual([join(spool.dirOf(run.runId), 'order')]);
    expect(await spool.recover(agentId)).toMatchObject([{ runId: run.runId, sameBoot: true }]);
    expect(readFileSync(join(spool.dirOf(run.runId), 'script'), 'utf8')).toBe('echo x\n');
  });

  test('and is too long for the file that waits, is stored all the same', async () => {
    const spool = await makeSpool(makeTestDir());
    const run = orderOf(`# ${'x'.repeat(60_000)}\n`);
    const from = await spool.prepareSeat();
    expect(await spool.store([{ ...run, from }], 5)).toEqual([null]);
    expect(await spool.recover(agentId)).toMatchObject([{ runId: run.runId }]);
  });

  test('is found after a power cut that kept the order and not the new name of its directory', async () => {
    const dir = makeTestDir();
    const spool = await makeSpool(dir, { rename: () => {}, syncData: async () => {} });
    const run = orderOf('echo x\n');
    await spool.store([{ ...run, from: await spool.prepareSeat() }], 5);
    expect(existsSync(spool.dirOf(run.runId))).toBe(false);
    const next = await makeSpool(dir);
    expect(await next.recover(agentId)).toMatchObject([{ runId: run.runId, sameBoot: true }]);
    expect(readFileSync(join(next.dirOf(run.runId), 'script'), 'utf8')).toBe('echo x\n');
    expect(readdirSync(join(dir, 'seats'))).toEqual([]);
  });

  test('was never accepted when only a part of it is on the disk', async () => {
    const dir = makeTestDir();
    const spool = await makeSpool(dir);
    const run = orderOf('echo x\n');
    const seat = await spool.prepareSeat();
    await spool.store([{ ...run, from: await spool.prepareSeat() }], 5);
    const file = join(spool.dirOf(run.runId), 'order');
    const torn = readFileSync(file);
    torn.fill(0, 300, 400);
    writeFileSync(file, torn);
    writeFileSync(join(seat, 'order'), torn);
    const next = await makeSpool(dir);
    expect(await next.recover(agentId)).toEqual([]);
    expect(readdirSync(join(dir, 'seats'))).toEqual([]);
    expect(readdirSync(join(dir, 'runs'))).toEqual([]);
  });

  test('and can not be made durable, leaves nothing that a later agent would start', async () => {
    const dir = makeTestDir();
    const spool = await makeSpool(dir, { syncData: async () => never() });
    const run = orderOf('echo x\n');
    expect(await spool.store([{ ...run, from: await spool.prepareSeat() }], 5)).toMatchObject([
      { message: 'EIO' },
    ]);
    expect(await (await makeSpool(dir)).recover(agentId)).toEqual([]);
  });

  test('and can neither be put in its place nor be removed, is claimed so that it never starts', async () => {
    const dir = makeTestDir();
    const spool = await makeSpool(dir, { rename: never, remove: async () => never() });
    const run = orderOf('echo x\n');
    await spool.store([{ ...run, from: await spool.prepareSeat() }], 5);
    const next = await makeSpool(dir);
    await next.recover(agentId);
    expect(next.claim(run.runId)).toMatchObject({ kind: 'never' });
  });
});

test('a seat in which nobody sat is gone at the next start', async () => {
  const dir = makeTestDir();
  const spool = await makeSpool(dir);
  await spool.prepareSeat();
  expect(await (await makeSpool(dir)).recover(agentId)).toEqual([]);
  expect(readdirSync(join(dir, 'seats'))).toEqual([]);
});
