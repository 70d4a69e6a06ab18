import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { RedisServer } from '../fakes/redis-server.ts';
import { effectsIn, joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir, readPoints } from './processes.ts';

const redis = await RedisServer.make();
const recording = makeDir();

afterAll(async () => {
  await redis.stop();
  recording.remove();
});

/** One loop with the queue in Redis, which loses all it holds at the point. */
const tellWith = async (
  wanted: string | null,
  recordTo: string | null,
): Promise<{ card: Card; effects: number; isFlushed: boolean }> => {
  const dir = makeDir();
  const dataDir = join(dir.path, 'data');
  const effect = join(dir.path, 'effect');
  const env = { REDIS_URL: redis.url };
  const server = new KeptServer(dataDir, { wanted, recordTo, action: 'flush' }, env);
  let agent: KeptAgent | null = null;
  try {
    await server.call((client) => client.agents());
    const options = { serverDataDir: dataDir, dataDir: join(dir.path, 'agent'), name: 'db1' };
    agent = new KeptAgent({ ...options, wanted: null, recordTo: null });
    await joined(server, 'db1');
    const card = await runLoop(server, `mark the file ${effect} on db1`);
    return { card, effects: effectsIn(effect), isFlushed: server.program.hasSaid('flushed') };
  } finally {
    await agent?.stop();
    await server.kill();
    dir.remove();
  }
};

const pointsFile = join(recording.path, 'points');
await tellWith(null, pointsFile);
// A synchronous call can't wait for Redis to be emptied; what it stands between is covered by its neighbours.
const points = readPoints(pointsFile).filter((p) => !p.startsWith('signer.') && !/change.* before$/.test(p));

describe('Redis emptied at any point of the loop', () => {
  const flushed: boolean[] = [];

  test.concurrent.each(points)('%s: the task is done, and the script ran once', async (point) => {
    const told = await tellWith(point, null);
    flushed.push(told.isFlushed);
    expect(told.card).toMatchObject({ state: 'done', answer: { words: 'Marked 1 times.' } });
    expect(told.card.runs).toMatchObject([{ state: 'succeeded' }]);
    expect(told.effects).toBe(1);
  });

  test('was emptied at nearly all of them', () => {
    expect(flushed.filter((f) => !f).length).toBeLessThan(points.length / 5);
  });
});
