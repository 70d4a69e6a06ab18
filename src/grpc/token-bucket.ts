import type { Clock } from '../ports/clock.ts';

/** How often something may happen: so many at once, and then so many a second. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** A token bucket on our own clock. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = clock.now();
  }

  /** @returns false when it is too much; nothing is taken then. */
  take(): boolean {
    const now = this.#clock.now();
    const grown = this.#tokens + ((now - this.#at) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, grown);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
