import { networkOf } from '../core/network-of.ts';
import type { Clock } from '../ports/clock.ts';
import { networkShare, networksKept } from './limits.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** A rate over all, of which one network gets only its share: whoever is fast enough would else keep all others out. */
export class SharedRate {
  readonly #clock: Clock;
  readonly #all: TokenBucket;
  readonly #share: Rate;
  /** By network, the one that came last at the end. */
  readonly #networks = new Map<string, TokenBucket>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#all = new TokenBucket(clock, rate);
    this.#share = { burst: rate.burst * networkShare, perSecond: rate.perSecond * networkShare };
  }

  /** @param address of the far end, without its port. @returns false when it is too much, of that network or of all. */
  take(address: string): boolean {
    const network = networkOf(address);
    const bucket = this.#networks.get(network) ?? new TokenBucket(this.#clock, this.#share);
    this.#networks.delete(network);
    this.#networks.set(network, bucket);
    for (const oldest of this.#networks.keys()) {
      if (this.#networks.size <= networksKept) break;
      this.#networks.delete(oldest);
    }
    return bucket.take() && this.#all.take();
  }
}
