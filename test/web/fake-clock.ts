import type { Instant } from '../../src/core/task.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** Time that a test steps. Calls that came due are made in order, and what they start is awaited a little. */
export class FakeClock implements Clock {
  #now: Instant;
  #calls: { at: Instant; callback: () => void }[] = [];

  constructor(now: Instant = Date.UTC(2026, 10, 21, 14, 2)) {
    this.#now = now;
  }

  now(): Instant {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const call = { at: this.#now + delayMs, callback };
    this.#calls.push(call);
    return () => {
      this.#calls = this.#calls.filter((c) => c !== call);
    };
  }

  /** True while something waits for time to pass. */
  get waiting(): number {
    return this.#calls.length;
  }

  /** Time that passes while the process sleeps: nothing is called for it until the next step. */
  jump(ms: number): void {
    this.#now += ms;
  }

  async step(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#calls.filter((c) => c.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#calls = this.#calls.filter((c) => c !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = until;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The machine's time, for tests in a browser. */
export const realClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
