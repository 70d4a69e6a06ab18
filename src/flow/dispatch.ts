import { isCutOff } from '../core/enrolment.ts';
import { type Run, RunState } from '../core/run.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Queue, QueueUnavailableError } from '../ports/queue.ts';
import type { Order, OrderRows, Store } from '../ports/store.ts';
import { ForeignIds } from './foreign-ids.ts';
import { ordersTakenMax } from './limits.ts';
import { moveRun } from './moves.ts';
import type { OrderCheck } from './order-check.ts';

/**
 * Between the store and the gateway: ids go into the queue, orders come out of it. A queue that is down delays
 * nothing but itself; the sweep pushes again.
 */
export class Dispatcher {
  readonly #store: Store;
  readonly #queue: Queue;
  readonly #check: OrderCheck;
  readonly #log: Log;
  readonly #foreign: ForeignIds;

  constructor(parts: { store: Store; queue: Queue; check: OrderCheck; clock: Clock; log: Log }) {
    this.#store = parts.store;
    this.#queue = parts.queue;
    this.#check = parts.check;
    this.#log = parts.log;
    this.#foreign = new ForeignIds(parts);
  }

  /** Puts queued runs on their agents' queues. Safe to repeat. */
  async push(runs: readonly Run[]): Promise<void> {
    const queued = runs.filter((r) => r.state === RunState.queued);
    if (queued.length === 0) return;
    await this.#quietly(() => this.#queue.push(queued.map((r) => ({ agentId: r.agentId, runId: r.id }))));
  }

  /**
   * The next orders for an agent whose stream is open, each held against its signed approval and committed as sent
   * before it is returned. An id whose run is no longer queued (cancelled, sent before a crash) leaves the queue here.
   */
  async take(agentId: string): Promise<Order[]> {
    const ids = (await this.#quietly(() => this.#queue.take(agentId, ordersTakenMax))) ?? [];
    if (ids.length === 0) return [];
    const sent: Order[] = [];
    const dead = new Set(ids);
    try {
      const found = await this.#store.getOrders(ids);
      const own = found.filter((rows) => rows.run.agentId === agentId);
      const moved = await Promise.allSettled(own.map((rows) => this.#send(rows)));
      for (const [i, move] of moved.entries()) {
        if (move.status === 'rejected' || move.value !== null) dead.delete(own[i]?.run.id ?? '');
        if (move.status === 'fulfilled' && move.value !== null) sent.push(move.value);
      }
      if (sent.length < ids.length) this.#noteForeign(agentId, ids, found);
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

  async #send(rows: OrderRows): Promise<Order | null> {
    let differs: string | null = null;
    const scope = { run: rows.run.id, agent: rows.run.agentId };
    const order = await this.#store.change<Order | null>(scope, (view) => {
      const { task, run } = view;
      if (!task || run?.state !== RunState.queued) return { result: null };
      // Its stream is being cut; the sweep pushes what still waits when it is back.
      if (view.agent && isCutOff(view.agent.identity)) return { result: null };
      const checked = this.#check.check(rows, run);
      if (!checked.ok) {
        ({ differs } = checked);
        const writes = this.#check.refusal(view, run, differs);
        return writes ? { result: null, writes } : { result: null };
      }
      const forbidden = this.#check.forbidding(view, run, checked.order);
      if (forbidden) return { result: null, writes: forbidden };
      // Past its time it is not sent: the clock's sweep ends it.
      const moved = view.now > run.runBy ? null : moveRun(task, run, { kind: 'send' }, view.now);
      if (!moved) return { result: null };
      return {
        result: { ...checked.order, run: moved.run },
        writes: { task: moved.task, runs: [moved.run], audit: moved.audit },
      };
    });
    if (differs !== null) this.#check.tell(rows.run, differs);
    return order;
  }

  /** Beside the orders, which wait for no audit entry about others. */
  #noteForeign(agentId: string, ids: readonly string[], found: readonly OrderRows[]): void {
    const byId = new Map(found.map(({ run }) => [run.id, run] as const));
    for (const id of ids) {
      const run = byId.get(id) ?? null;
      const reason = ForeignIds.reasonFor(agentId, run);
      if (reason === null) continue;
      this.#foreign.note(agentId, id, run, reason).catch((err: unknown) => {
        this.#log.error({ err, agent: agentId }, 'a foreign id could not be noted');
      });
    }
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
