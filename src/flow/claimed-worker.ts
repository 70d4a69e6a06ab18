import { claimLeaseMs } from '../core/limits.ts';
import type { Task, TaskState } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import type { Claim, Store, View } from '../ports/store.ts';
import { claimSweepMs } from './limits.ts';
import { Worker, WorkerStopped } from './worker.ts';

/** True while the change still acts for this claim: a slow twin whose lease went to another loses here. */
export const holds = (view: View, claim: Claim): boolean =>
  view.claim !== null && view.claim.owner === claim.owner && view.claim.attempt === claim.attempt;

/**
 * A worker that owns one state of tasks: it claims up to `slots` of them, works on each by itself, and takes more
 * as soon as one is through. A task whose work throws is given back; its attempt stays counted.
 */
export class ClaimedWorker implements Service {
  readonly name: string;
  readonly #state: TaskState;
  readonly #owner: string;
  readonly #slots: number;
  readonly #store: Store;
  readonly #log: Log;
  readonly #work: (task: Task, claim: Claim, signal: AbortSignal) => Promise<void>;
  readonly #worker: Worker;
  readonly #busy = new Set<Promise<void>>();
  #unwatch: () => void = () => {};

  constructor(options: {
    name: string;
    state: TaskState;
    owner: string;
    slots: number;
    store: Store;
    clock: Clock;
    log: Log;
    work: (task: Task, claim: Claim, signal: AbortSignal) => Promise<void>;
  }) {
    this.name = options.name;
    this.#state = options.state;
    this.#owner = options.owner;
    this.#slots = options.slots;
    this.#store = options.store;
    this.#log = options.log;
    this.#work = options.work;
    this.#worker = new Worker({ ...options, sweepMs: claimSweepMs, pass: (signal) => this.#pass(signal) });
  }

  async start(): Promise<void> {
    this.#unwatch = this.#store.onCommit(({ tasks }) => {
      if (tasks.size > 0) this.#worker.wake();
    });
    await this.#worker.start();
  }

  async stop(): Promise<void> {
    this.#unwatch();
    await this.#worker.stop();
    await Promise.all(this.#busy);
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const free = this.#slots - this.#busy.size;
    if (free <= 0) return;
    const claimed = await this.#store.claim(this.#state, this.#owner, claimLeaseMs, free);
    for (const { task, claim } of claimed) {
      const one = this.#one(task, claim, signal).finally(() => {
        this.#busy.delete(one);
        this.#worker.wake();
      });
      this.#busy.add(one);
    }
  }

  async #one(task: Task, claim: Claim, signal: AbortSignal): Promise<void> {
    try {
      await this.#work(task, claim, signal);
    } catch (err) {
      const stopping = err instanceof WorkerStopped || signal.aborted;
      if (!stopping) this.#log.error({ err, worker: this.name, task: task.number }, 'work on a task failed');
      await this.#store.release(task.number, claim, { isCounted: !stopping }).catch((releaseErr: unknown) => {
        this.#log.warn(
          { err: releaseErr, task: task.number },
          'a claim could not be given back; it runs out',
        );
      });
    }
  }
}
