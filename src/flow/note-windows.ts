import type { Clock } from '../ports/clock.ts';

/**
 * How often the same thing is written into the audit log: so many times in a window, and then the next window's first
 * says how many were left out. Whoever can cause entries must not be able to fill the log with them.
 */
export class NoteWindows {
  readonly #clock: Clock;
  readonly #notesMax: number;
  readonly #windowMs: number;
  readonly #keysMax: number;
  /** The oldest first. */
  readonly #windows = new Map<string, { since: number; noted: number; leftOut: number }>();

  constructor(clock: Clock, bounds: { notesMax: number; windowMs: number; keysMax: number }) {
    this.#clock = clock;
    this.#notesMax = bounds.notesMax;
    this.#windowMs = bounds.windowMs;
    this.#keysMax = bounds.keysMax;
  }

  /** Counts one. @returns how many before it were left out; null when this one is left out too. */
  take(key: string): { leftOut: number } | null {
    const window = this.#windowOf(key);
    if (window.noted >= this.#notesMax) {
      window.leftOut++;
      return null;
    }
    window.noted++;
    const { leftOut } = window;
    window.leftOut = 0;
    return { leftOut };
  }

  #windowOf(key: string) {
    const now = this.#clock.now();
    const known = this.#windows.get(key);
    if (known && now - known.since < this.#windowMs) return known;
    const fresh = { since: now, noted: 0, leftOut: known?.leftOut ?? 0 };
    this.#windows.delete(key);
    this.#windows.set(key, fresh);
    if (this.#windows.size > this.#keysMax) this.#windows.delete(this.#windows.keys().next().value ?? '');
    return fresh;
  }
}
