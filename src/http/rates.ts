import type { Instant } from '../core/task.ts';

/** Token buckets, one for each key: `burst` at once, then `perSecond`. The ones that were asked longest ago are forgotten. */
export class Rates {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #keptMax: number;
  readonly #now: () => Instant;
  readonly #levels = new Map<string, { level: number; at: Instant }>();

  constructor(parts: { burst: number; perSecond: number; keptMax: number; now: () => Instant }) {
    this.#burst = parts.burst;
    this.#perSecond = parts.perSecond;
    this.#keptMax = parts.keptMax;
    this.#now = parts.now;
  }

  /** Takes one. @returns 0 where there was one, else in how many ms there will be. */
  take(key: string): number {
    const now = this.#now();
    const level = this.#levelOf(key, now);
    const left = level >= 1 ? level - 1 : level;
    this.#levels.delete(key);
    this.#levels.set(key, { level: left, at: now });
    if (this.#levels.size > this.#keptMax) this.#levels.delete(this.#levels.keys().next().value ?? key);
    return level >= 1 ? 0 : Math.ceil(((1 - level) / this.#perSecond) * 1_000);
  }

  #levelOf(key: string, now: Instant): number {
    const known = this.#levels.get(key);
    if (!known) return this.#burst;
    return Math.min(this.#burst, known.level + ((now - known.at) / 1_000) * this.#perSecond);
  }
}
