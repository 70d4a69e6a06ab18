import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import { heardMax, heardMemoryMs } from './limits.ts';

/**
 * Acts once on what comes again, within this process: Slack repeats what it has no acknowledgement of, also while the first
 * is still under way. Across a restart the store knows the ids of what was committed.
 */
export class Once {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { at: Instant; act: Promise<void> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `act`, or waits for the one that runs or ran under this key. One that failed is forgotten. */
  async run(key: string, act: () => Promise<void>): Promise<void> {
    const seen = this.#seen.get(key);
    if (seen) return seen.act;
    const first = act();
    this.#seen.set(key, { at: this.#clock.now(), act: first });
    first.catch(() => this.#seen.delete(key));
    this.#forget();
    return first;
  }

  #forget(): void {
    const now = this.#clock.now();
    for (const [key, { at }] of this.#seen) {
      if (at + heardMemoryMs > now && this.#seen.size <= heardMax) return;
      this.#seen.delete(key);
    }
  }
}
