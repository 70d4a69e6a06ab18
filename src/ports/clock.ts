import type { Instant } from '../core/task.ts';

/**
 * Time as a port, so that tests step it.
 *
 * - `now` never goes back within one process, whatever the machine's clock does.
 * - `after` calls back once, no earlier than `delayMs` from now, unless the returned function was called before.
 *   A pending call doesn't keep the process alive.
 */
export interface Clock {
  now(): Instant;
  after(delayMs: number, callback: () => void): () => void;
}
