/**
 * The server's clock as this agent knows it: what the last welcome said, moved on by a monotonic clock, so that
 * nobody who sets the machine's clock makes an old order young. Null before the first welcome.
 */
export class ServerClock {
  readonly #monotonicMs: () => number;
  #base: { serverMs: number; atMs: number } | null = null;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  set(serverMs: number): void {
    this.#base = { serverMs, atMs: this.#monotonicMs() };
  }

  now(): number | null {
    return this.#base && this.#base.serverMs + (this.#monotonicMs() - this.#base.atMs);
  }
}
