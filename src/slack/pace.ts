import type { Instant } from '../core/task.ts';
import { paceKeysMax } from './limits.ts';

/** How fast: one each `everyMs`, and as many as `burst` at once after a rest. */
export interface Rate {
  everyMs: number;
  burst: number;
}

/**
 * Keeps Slack's pace without ever waiting: a call that would be too soon is told how long it has to stay. Each key (a
 * channel, a message, a method) is a bucket that fills by its rate; what Slack itself said to wait goes before.
 */
export class Pace {
  /** When the bucket of a key would be full again: the earlier, the more is left. */
  readonly #fullAt = new Map<string, Instant>();
  readonly #heldUntil = new Map<string, Instant>();

  /** How long a call of these keys has to stay, 0 for not at all; takes nothing. */
  waitMs(now: Instant, keys: readonly [string, Rate][]): number {
    return Math.max(0, ...keys.map(([key, rate]) => this.#waitOf(now, key, rate)));
  }

  /** Takes one of each key, or nothing. @returns 0, or how long to stay. */
  take(now: Instant, keys: readonly [string, Rate][]): number {
    const wait = this.waitMs(now, keys);
    if (wait > 0) return wait;
    for (const [key, { everyMs }] of keys) {
      const fullAt = Math.max(now, this.#fullAt.get(key) ?? now) + everyMs;
      this.#fullAt.delete(key);
      this.#fullAt.set(key, fullAt);
    }
    this.#forget(now);
    return 0;
  }

  /** Slack said to stay away from this key until then. */
  hold(key: string, until: Instant): void {
    this.#heldUntil.set(key, Math.max(until, this.#heldUntil.get(key) ?? 0));
  }

  /** How long Slack said to stay away, 0 for not at all. */
  heldMs(now: Instant, key: string): number {
    const until = this.#heldUntil.get(key);
    if (until === undefined) return 0;
    if (until > now) return until - now;
    this.#heldUntil.delete(key);
    return 0;
  }

  #waitOf(now: Instant, key: string, { everyMs, burst }: Rate): number {
    const fullAt = this.#fullAt.get(key) ?? now;
    return Math.max(this.heldMs(now, key), fullAt - now - (burst - 1) * everyMs);
  }

  #forget(now: Instant): void {
    if (this.#fullAt.size <= paceKeysMax) return;
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt <= now || this.#fullAt.size > paceKeysMax) this.#fullAt.delete(key);
    }
  }
}
