import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../src/ports/log.ts';
import type { Queue } from '../../src/ports/queue.ts';
import { checkEveryMs } from '../../src/redis/limits.ts';
import { RedisQueue } from '../../src/redis/redis-queue.ts';
import { queueContract } from '../contract/queue.ts';
import { RedisServer } from '../fakes/redis-server.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const r1 = [{ agentId: 'a', runId: 'r1' }];
const unavailable = { code: 'queue_unavailable' };

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.make();
});
afterAll(() => server.stop());

queueContract('RedisQueue', async () => {
  await server.flushall();
  return {
    queue: new RedisQueue({ url: server.url, clock: new SteppedClock(), log: quiet }),
    dispose: async () => {},
  };
});

const amnesiaOf = (queue: Queue): Promise<void> =>
  new Promise((resolve) => {
    const end = queue.onAmnesia(() => {
      end();
      resolve();
    });
  });

const ringOf = (queue: Queue, agentId: string): Promise<void> =>
  new Promise((resolve) => {
    const end = queue.onPush(agentId, () => {
      end();
      resolve();
    });
  });

describe('RedisQueue with a Redis that fails', () => {
  const clock = new SteppedClock();
  const queues: RedisQueue[] = [];
  const open = async (over: { commandMsMax?: number; url?: string; log?: Log } = {}): Promise<RedisQueue> => {
    const queue = new RedisQueue({ url: server.url, clock, log: quiet, ...over });
    queues.push(queue);
    await queue.start();
    return queue;
  };
  beforeEach(() => server.flushall());
  afterEach(async () => {
    await Promise.all(queues.splice(0).map((q) => q.stop()));
  });

  it('shares ids and rings between two servers', async () => {
    const [one, two] = [await open(), await open()];
    const heard = ringOf(two, 'a');
    await one.push([...r1, { agentId: 'a', runId: 'r2' }]);
    await heard;
    expect(await two.take('a', 1)).toEqual(['r1']);
    await one.push(r1);
    expect(await two.take('a', 5)).toEqual(['r2']);
    await two.giveBack('a');
    expect(await one.take('a', 5)).toEqual(['r1', 'r2']);
  });

  it('gives what a killed server had in flight to the server that the agent comes to', async () => {
    const killed = await open();
    await killed.push([...r1, { agentId: 'a', runId: 'r2' }]);
    expect(await killed.take('a', 1)).toEqual(['r1']);
    const next = await open();
    expect(await next.take('a', 1)).toEqual(['r1']);
    expect(await next.take('a', 5)).toEqual(['r2']);
    expect(await next.take('a', 5)).toEqual([]);
  });

  it('tells every server when Redis was wiped, at the next call of any', async () => {
    const [one, two] = [await open(), await open()];
    await one.push(r1);
    await server.flushall();
    const told = Promise.all([amnesiaOf(one), amnesiaOf(two)]);
    expect(await one.take('a', 5)).toEqual([]);
    await told;
    await two.push(r1);
    expect(await one.take('a', 5)).toEqual(['r1']);
  });

  it('finds out that Redis was wiped when nobody calls', async () => {
    const queue = await open();
    await queue.push(r1);
    await server.flushall();
    const told = amnesiaOf(queue);
    clock.step(checkEveryMs);
    await told;
  });

  it('goes on after Redis was killed and restarted, failing fast in between', async () => {
    const warnings: string[] = [];
    let noteDown = (): void => {};
    const down = new Promise<void>((resolve) => {
      noteDown = resolve;
    });
    const warn = (_: object, message: string) => {
      if (warnings.push(message) === 2) noteDown();
    };
    const queue = await open({ log: { ...quiet, warn } });
    await queue.push(r1);
    await server.kill();
    await expect(queue.take('a', 5)).rejects.toMatchObject(unavailable);
    await expect(queue.push(r1)).rejects.toMatchObject(unavailable);
    await expect(queue.settle('a', ['r1'])).rejects.toMatchObject(unavailable);
    await expect(queue.giveBack('a')).rejects.toMatchObject(unavailable);
    await down;
    expect(queue.isReady()).toBe(false);
    // Only now: what the first push rang may have been on its way until the connections were gone.
    const told = amnesiaOf(queue);
    const heard = ringOf(queue, 'a');
    await server.start();
    await Promise.all([told, heard]);
    expect(queue.isReady()).toBe(true);
    expect(await queue.take('a', 5)).toEqual([]);
    await queue.push(r1);
    expect(await queue.take('a', 5)).toEqual(['r1']);
    // For each connection one that it is gone, however often it was tried, and one that it is back.
    expect(warnings).toHaveLength(4);
    const again = ringOf(queue, 'a');
    await queue.push(r1);
    await again;
  });

  it('starts without Redis and rings when it comes', async () => {
    const late = await RedisServer.make({ start: false });
    const queue = await open({ url: late.url });
    expect(queue.isReady()).toBe(false);
    await expect(queue.push(r1)).rejects.toMatchObject(unavailable);
    const told = amnesiaOf(queue);
    await late.start();
    await told;
    await queue.push(r1);
    expect(await queue.take('a', 1)).toEqual(['r1']);
    await late.stop();
  });

  it('replaces what others have put under its keys, and tells that it may have lost something', async () => {
    const queue = await open();
    await queue.push(r1);
    for (const garbage of [
      ['SET', 'nerdyops:queue:{a}:waiting', 'text'],
      ['RPUSH', 'nerdyops:queue:{a}:flight', 'text'],
    ]) {
      await queue.settle('a', ['r1']);
      expect(await server.send(...garbage)).toMatch(/^[+:]/);
      const told = amnesiaOf(queue);
      await queue.push(r1);
      await told;
      expect(await queue.take('a', 5)).toEqual(['r1']);
    }
  });

  it('takes again what was taken into a lost reply, and nothing that it knows to be in flight', async () => {
    const queue = await open({ commandMsMax: 100 });
    await queue.push([...r1, { agentId: 'a', runId: 'r2' }, { agentId: 'a', runId: 'r3' }]);
    expect(await queue.take('a', 1)).toEqual(['r1']);
    server.freeze();
    await expect(queue.take('a', 1)).rejects.toMatchObject(unavailable);
    server.thaw();
    expect(await queue.take('a', 5)).toEqual(['r2', 'r3']);
  });

  it('connects anew when Redis hangs with its connections open', async () => {
    const queue = await open({ commandMsMax: 100 });
    const firstTold = amnesiaOf(queue);
    await queue.push([{ agentId: 'b', runId: 'r0' }]);
    await firstTold;
    const told = amnesiaOf(queue);
    server.freeze();
    clock.step(checkEveryMs);
    await expect(queue.take('a', 1)).rejects.toMatchObject(unavailable);
    server.thaw();
    await told;
    await queue.push(r1);
    expect(await queue.take('a', 1)).toEqual(['r1']);
  });
});
