import { afterEach, beforeEach, expect, it } from 'vitest';
import { deliverMs } from '../../src/core/limits.ts';
import { recoverSweepMs } from '../../src/flow/limits.ts';
import { type Store, StoreUnavailableError } from '../../src/ports/store.ts';
import { act, agentIdOf, approved, joined, makeRig, type Rig, sentTo, stateOf, turns } from './rig.ts';

let rig: Rig;
/** The next calls of this method of the store fail, as when a disk is full for a moment. */
let failing: { method: keyof Store; count: number } = { method: 'change', count: 0 };

/** The real store, but for those calls that a test lets fail. */
const failable = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name !== failing.method || failing.count === 0) return value.apply(target, args);
        failing.count--;
        return Promise.reject(new StoreUnavailableError('the disk is full'));
      };
    },
  });

beforeEach(async () => {
  failing = { method: 'change', count: 0 };
  rig = await makeRig(failable);
  await joined(rig, 'db1', 'db2');
});
afterEach(() => rig.dispose());

it('gives an agent its orders in the order of their approval, each committed as sent', async () => {
  const first = await approved(rig, 'uptime on db1');
  const second = await approved(rig, 'memory on db1');
  const orders = await rig.dispatcher.take(agentIdOf('db1'));
  expect(orders.map((o) => o.run.task)).toEqual([first.task.number, second.task.number]);
  expect(orders[0]).toMatchObject({
    scriptText: 'echo linux\n',
    run: { state: 'sent', sentAt: rig.clock.now() },
  });
  expect(await stateOf(rig, orders[0]?.run.id ?? '')).toBe('sent');
});

it('gives each order once, however often it was pushed', async () => {
  const { runs } = await approved(rig, 'uptime on db1');
  await rig.dispatcher.push(runs);
  const taken = await Promise.all([sentTo(rig, 'db1'), sentTo(rig, 'db1')]);
  expect(taken.flat()).toHaveLength(1);
});

it('gives no agent the orders of another', async () => {
  const { runs } = await approved(rig, 'uptime on db1');
  await rig.queue.push(runs.map((r) => ({ agentId: agentIdOf('db2'), runId: r.id })));
  expect(await sentTo(rig, 'db2')).toEqual([]);
  expect(await stateOf(rig, runs[0]?.id ?? '')).toBe('queued');
});

it('lets a cancelled run leave the queue unsent', async () => {
  const { task } = await approved(rig, 'uptime on db1');
  await rig.desk.cancel(task.number, act);
  expect(await sentTo(rig, 'db1')).toEqual([]);
  expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([]);
});

it('sends nothing past the time that was approved', async () => {
  const { runs } = await approved(rig, 'uptime on db1');
  rig.clock.step(deliverMs + 1);
  expect(await sentTo(rig, 'db1')).toEqual([]);
  expect(await stateOf(rig, runs[0]?.id ?? '')).toBe('queued');
});

it('takes an id that the store does not know off the queue', async () => {
  await rig.queue.push([{ agentId: agentIdOf('db1'), runId: 'f'.repeat(64) }]);
  expect(await sentTo(rig, 'db1')).toEqual([]);
  await rig.queue.giveBack(agentIdOf('db1'));
  expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([]);
});

it('goes on without a queue: what is approved waits in the store', async () => {
  await rig.queue.stop();
  const { runs } = await approved(rig, 'uptime on db1');
  expect(runs).toMatchObject([{ state: 'queued' }]);
  expect(await sentTo(rig, 'db1')).toEqual([]);
});

it.each(['change', 'getOrders'] as const)(
  'an order whose %s failed on a full disk goes out at the next sweep, on the same stream',
  async (method) => {
    const { runs } = await approved(rig, 'uptime on db1');
    failing = { method, count: 1 };
    await expect(sentTo(rig, 'db1')).rejects.toThrow(StoreUnavailableError);
    await rig.recovering();
    rig.clock.step(recoverSweepMs);
    await turns();
    expect((await sentTo(rig, 'db1')).map((r) => r.id)).toEqual([runs[0]?.id]);
  },
);

it('of several orders those that were committed go, though others failed', async () => {
  await approved(rig, 'uptime on db1');
  const { runs } = await approved(rig, 'memory on db1');
  failing = { method: 'change', count: 1 };
  expect((await sentTo(rig, 'db1')).map((r) => r.id)).toEqual([runs[0]?.id]);
  expect(await sentTo(rig, 'db1')).toHaveLength(1);
});
