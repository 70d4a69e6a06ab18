import type { Log } from '../ports/log.ts';

/** What is done beside a delivery, which doesn't wait for it: each may fail, is logged then, and is awaited at the stop. */
export class Errands {
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();

  constructor(log: Log) {
    this.#log = log;
  }

  run(what: string, errand: (signal: AbortSignal) => Promise<unknown>): void {
    if (this.#abort.signal.aborted) return;
    const running: Promise<void> = errand(this.#abort.signal)
      .then(
        () => {},
        (err: unknown) => {
          if (!this.#abort.signal.aborted) this.#log.warn({ err, surface: 'slack' }, `${what} failed`);
        },
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    this.#abort.abort(new ErrandsStopped());
    await this.settled();
  }
}

/** What the signal of an errand carries once the surface stops. */
export class ErrandsStopped extends Error {
  readonly code = 'errands_stopped';
  constructor() {
    super('the surface is stopping');
    this.name = 'ErrandsStopped';
  }
}
