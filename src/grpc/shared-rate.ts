import type { Clock } from '../ports/clock.ts';
import { shareOfOne, sharesKept } from './limits.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** A rate over all, of which each one gets only a share: whoever is fast enough would else keep all others out. */
export class SharedRate {
  readonly #clock: Clock;
  readonly #all: TokenBucket;
  readonly #share: Rate;
  /** By who it is, the one that came last at the end. */
  readonly #ones = new Map<string, TokenBucket>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#all = new TokenBucket(clock, rate);
    this.#share = { burst: rate.burst * shareOfOne, perSecond: rate.perSecond * shareOfOne };
  }

  /** @param who counts as one: a network, an agent's id. @returns false when it is too much, of that one or of all. */
  take(who: string): boolean {
    const bucket = this.#ones.get(who) ?? new TokenBucket(this.#clock, this.#share);
    this.#ones.delete(who);
    this.#ones.set(who, bucket);
    for (const oldest of this.#ones.keys()) {
      if (this.#ones.size <= sharesKept) break;
      this.#ones.delete(oldest);
    }
    return bucket.take() && this.#all.take();
  }
}
