import { type Run, RunState } from '../core/run.ts';
import type { Log } from '../ports/log.ts';
import { type Queue, QueueUnavailableError } from '../ports/queue.ts';
import type { Store, StoredOrder } from '../ports/store.ts';
import { ordersTakenMax } from './limits.ts';
import { moveRun } from './moves.ts';

/**
 * Between the store and the gateway: ids go into the queue, orders come out of it. A queue that is down delays
 * nothing but itself; the sweep pushes again.
 */
export class Dispatcher {
  readonly #store: Store;
  readonly #queue: Queue;
  readonly #log: Log;

  constructor(parts: { store: Store; queue: Queue; log: Log }) {
    this.#store = parts.store;
    this.#queue = parts.queue;
    this.#log = parts.log;
  }

  /** Puts queued runs on their agents' queues. Safe to repeat. */
  async push(runs: readonly Run[]): Promise<void> {
    const queued = runs.filter((r) => r.state === RunState.queued);
    if (queued.length === 0) return;
    await this.#quietly(() => this.#queue.push(queued.map((r) => ({ agentId: r.agentId, runId: r.id }))));
  }

  /**
   * The next orders for an agent whose stream is open, each committed as sent before it is returned. An id whose run
   * is no longer queued (cancelled, sent before a crash) leaves the queue here.
   */
  async take(agentId: string): Promise<StoredOrder[]> {
    const ids = (await this.#quietly(() => this.#queue.take(agentId, ordersTakenMax))) ?? [];
    if (ids.length === 0) return [];
    const sent: StoredOrder[] = [];
    const dead = new Set(ids);
    try {
      const orders = await this.#store.getOrders(ids);
      const moved = await Promise.allSettled(orders.map((order) => this.#send(order, agentId)));
      for (const [i, move] of moved.entries()) {
        if (move.status === 'rejected' || move.value !== null) dead.delete(orders[i]?.run.id ?? '');
        if (move.status === 'fulfilled' && move.value !== null) sent.push(move.value);
      }
      const failed = moved.find((move) => move.status === 'rejected');
      if (failed) throw failed.reason;
    } catch (err) {
      // In flight with nobody, an id would wait for the stream's end, as pushing it again changes nothing.
      await this.#quietly(() => this.#queue.giveBack(agentId));
      if (sent.length === 0) throw err;
      // What was committed as sent must go, or nobody would send it before the next hello.
      this.#log.error({ err, agent: agentId }, 'some orders could not be taken; the sweep rings again');
      return sent;
    }
    if (dead.size > 0) await this.settle(agentId, [...dead]);
    return sent;
  }

  /** The agent has accepted these, or never will: they leave the queue. */
  async settle(agentId: string, runIds: readonly string[]): Promise<void> {
    await this.#quietly(() => this.#queue.settle(agentId, runIds));
  }

  async #send(order: StoredOrder, agentId: string): Promise<StoredOrder | null> {
    if (order.run.agentId !== agentId) return null;
    return this.#store.change({ run: order.run.id }, (view) => {
      const { task, run } = view;
      // Past its time it is not sent: the clock's sweep ends it.
      if (!task || !run || view.now > run.runBy) return { result: null };
      const moved = moveRun(task, run, { kind: 'send' }, view.now);
      if (!moved) return { result: null };
      return {
        result: { ...order, run: moved.run },
        writes: { task: moved.task, runs: [moved.run], audit: moved.audit },
      };
    });
  }

  async #quietly<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (err) {
      if (!(err instanceof QueueUnavailableError)) throw err;
      this.#log.warn({ err }, 'the queue is unavailable; the sweep pushes again');
      return null;
    }
  }
}
