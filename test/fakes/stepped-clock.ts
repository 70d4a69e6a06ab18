import type { Instant } from '../../src/core/task.ts';
import type { Clock } from '../../src/ports/clock.ts';

interface Pending {
  at: Instant;
  callback: () => void;
}

/** A clock that stands still until a test steps it. */
export class SteppedClock implements Clock {
  #now: Instant;
  readonly #pending = new Set<Pending>();

  /** @param start a date that is easy to recognise in a failing test. */
  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const pending = { at: this.#now + delayMs, callback };
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  }

  /** How many calls wait for their time. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Moves time on and calls back what has become due, earliest first, each at its own instant. */
  step(byMs: number): void {
    const end = this.#now + byMs;
    for (let next = this.#nextBy(end); next; next = this.#nextBy(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Steps straight to the next call that waits. @returns false when none does. */
  stepToNext(): boolean {
    const next = this.#nextBy(Number.POSITIVE_INFINITY);
    if (next) this.step(Math.max(0, next.at - this.#now));
    return next !== null;
  }

  #nextBy(end: Instant): Pending | null {
    let first: Pending | null = null;
    for (const pending of this.#pending) {
      if (pending.at <= end && (first === null || pending.at < first.at)) first = pending;
    }
    return first;
  }
}
