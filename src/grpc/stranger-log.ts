import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { strangerLogRate } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Tells people who was turned away, a bounded number of lines a second: anybody can come to the port as often as they like. */
export class StrangerLog {
  readonly #log: Log;
  readonly #rate: TokenBucket;
  #untold = 0;

  constructor({ clock, log }: { clock: Clock; log: Log }) {
    this.#log = log;
    this.#rate = new TokenBucket(clock, strangerLogRate);
  }

  note(peer: string | undefined, why: string): void {
    if (!this.#rate.take()) {
      this.#untold += 1;
      return;
    }
    this.#log.warn(
      { peer: peer ?? 'unknown', why, untold: this.#untold },
      'a stranger at the TLS port was turned away',
    );
    this.#untold = 0;
  }
}
