import type { Sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import { echoesMax, responseUrlMs } from './limits.ts';

type Tell = (sentence: Sentence) => Promise<void>;

/**
 * Ways back to whoever wrote a command, for a while: a command can be written where we can't post, and then only the
 * command's own address reaches the person.
 */
export class Echoes {
  readonly #clock: Clock;
  readonly #byChannel = new Map<string, { tell: Tell; at: Instant }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(channel: string, tell: Tell): void {
    this.#byChannel.delete(channel);
    this.#byChannel.set(channel, { tell, at: this.#clock.now() });
    for (const oldest of this.#byChannel.keys()) {
      if (this.#byChannel.size <= echoesMax) return;
      this.#byChannel.delete(oldest);
    }
  }

  /** The latest way back into this channel, once; null where there is none. */
  take(channel: string): Tell | null {
    const echo = this.#byChannel.get(channel);
    this.#byChannel.delete(channel);
    return echo && echo.at + responseUrlMs > this.#clock.now() ? echo.tell : null;
  }
}
