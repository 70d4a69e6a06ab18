import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';

/**
 * The loop that every worker is: find what its state needs, do it, sleep until woken or until the sweep.
 *
 * Modes: `idle` (nothing under way), `busy` (a pass is under way; a wake asks for one more), `stopped`. A pass that
 * throws is logged and tried again at the next sweep: the rows are still there.
 */
export class Worker implements Service {
  readonly name: string;
  readonly #pass: (signal: AbortSignal) => Promise<void>;
  readonly #sweepMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #mode: 'new' | 'idle' | 'busy' | 'stopped' = 'new';
  #again = false;
  #running: Promise<void> = Promise.resolve();
  #cancelSweep: () => void = () => {};

  constructor(options: {
    name: string;
    pass: (signal: AbortSignal) => Promise<void>;
    sweepMs: number;
    clock: Clock;
    log: Log;
  }) {
    this.name = options.name;
    this.#pass = options.pass;
    this.#sweepMs = options.sweepMs;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  async start(): Promise<void> {
    if (this.#mode !== 'new') return;
    this.#mode = 'idle';
    this.wake();
  }

  /** Asks for a pass. Cheap and safe to call at any time; calls during a pass add up to one more pass. */
  wake(): void {
    if (this.#mode === 'busy') this.#again = true;
    if (this.#mode !== 'idle') return;
    this.#mode = 'busy';
    this.#cancelSweep();
    this.#running = this.#loop();
  }

  async stop(): Promise<void> {
    this.#mode = 'stopped';
    this.#cancelSweep();
    this.#abort.abort(new WorkerStopped(this.name));
    await this.#running;
  }

  async #loop(): Promise<void> {
    do {
      // A commit wakes it: what that commit lets go, an order or an acknowledgement, is on the wire before a pass begins.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#mode !== 'busy') return;
      this.#again = false;
      try {
        await this.#pass(this.#abort.signal);
      } catch (err) {
        if (!(err instanceof WorkerStopped)) this.#log.error({ err, worker: this.name }, 'a pass failed');
      }
    } while (this.#again && this.#mode === 'busy');
    if (this.#mode !== 'busy') return;
    this.#mode = 'idle';
    this.#cancelSweep = this.#clock.after(this.#sweepMs, () => this.wake());
  }
}

/** What a stopping worker's signal carries, so that an aborted pass is told from a failed one. */
export class WorkerStopped extends Error {
  readonly code = 'worker_stopped';
  constructor(worker: string) {
    super(`the worker ${worker} is stopping`);
    this.name = 'WorkerStopped';
  }
}
