import { type Sentence, sentence } from '../core/sentences.ts';
import type { Log } from '../ports/log.ts';
import type { Redactor, Release } from '../ports/redactor.ts';

/** What stands where a text would be that could not be looked through. */
export const withheldText = '[withheld: taking the secrets out of this text failed]';

/**
 * A redactor that fails closed (law 5): where it throws, the text is withheld and a log line says so. That line holds the
 * fault's kind alone, since its message may hold the text.
 */
export class CarefulRedactor {
  readonly #redactor: Redactor;
  readonly #log: Log;

  constructor(parts: { redactor: Redactor; log: Log }) {
    this.#redactor = parts.redactor;
    this.#log = parts.log;
  }

  /** As the port's. Null when it failed. */
  release(state: string, pending: Buffer, isEnd: boolean, markAt: number | null): Release | null {
    return this.#try(() => this.#redactor.release(state, pending, isEnd, markAt));
  }

  /** The text without its secrets. Null when it failed. */
  redact(text: string): string | null {
    return this.#try(() => this.#redactor.redact(text));
  }

  /** The text without its secrets, or words that say that it is withheld. */
  text(text: string): string {
    return this.redact(text) ?? withheldText;
  }

  /** A sentence whose values came from a machine. */
  sentence({ code, text }: Sentence): Sentence {
    return { code, text: this.text(text) };
  }

  /** Why this script can't be taken, be it only that nobody could look; null when it holds no secret. */
  refusalOf(script: string): Sentence | null {
    const found = this.#try(() => this.#redactor.find(script));
    if (found === null) return sentence('text_withheld', {});
    const [first] = found;
    return first ? sentence('script_holds_secret', { ...first, places: found.length }) : null;
  }

  #try<T>(work: () => T): T | null {
    try {
      return work();
    } catch (err) {
      const kind = err instanceof Error ? err.name : typeof err;
      this.#log.error({ kind }, 'text could not be redacted; it is withheld');
      return null;
    }
  }
}
