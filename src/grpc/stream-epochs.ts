import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { GatewayItem } from '../../proto/agent-stream.ts';
import type { Clock } from '../ports/clock.ts';
import { challengeWithinMs, nonceBytes } from './limits.ts';

/**
 * The question to an old stream whether anybody is still there, asked when its identity has connected again.
 *
 * Modes: quiet; asked, until the nonce comes back (alive), or time runs out or the stream ends (dead).
 */
export class Challenge {
  readonly #clock: Clock;
  #asked: { nonce: Buffer; answer: (isAlive: boolean) => void } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isAsked(): boolean {
    return this.#asked !== null;
  }

  /** Resolves with whether it lives. */
  ask(send: (item: GatewayItem) => void): Promise<boolean> {
    const nonce = randomBytes(nonceBytes);
    return new Promise((resolve) => {
      const cancel = this.#clock.after(challengeWithinMs, () => this.over());
      const answer = (isAlive: boolean): void => {
        this.#asked = null;
        cancel();
        resolve(isAlive);
      };
      this.#asked = { nonce, answer };
      send({ challenge: { nonce } });
    });
  }

  /** A reply came. One to no question, or with another nonce, says nothing. */
  replied(nonce: Buffer): void {
    const asked = this.#asked;
    if (asked && nonce.length === nonceBytes && timingSafeEqual(nonce, asked.nonce)) asked.answer(true);
  }

  /** Nobody will answer any more. */
  over(): void {
    this.#asked?.answer(false);
  }
}
