/** What stands around a match, for rules that need to know. */
export interface Around {
  text: string;
  /** Where the match, the secret and what follows it begin. */
  from: number;
  start: number;
  end: number;
}

/**
 * One kind of secret.
 *
 * The pattern is global, never crosses a line's end (`\r` or `\n`) and has bounds on everything that repeats before
 * something else must follow: its time is linear. Where it has two groups, the first is what gives the secret away and
 * stays, the second is the secret.
 */
export interface Rule {
  what: string | ((match: string) => string);
  pattern: RegExp;
  /**
   * A cheap look at the whole text: without a match of this there is none of the pattern. Literals that a match can't be
   * without need none, see `literals.ts`.
   */
  hint?: RegExp;
  /** Says no to what only looks like a secret. */
  accept?: (secret: string, around: Around) => boolean;
  /** How far the secret goes on when it is longer than a window; a value ends at a space or a quote. */
  until?: 'value' | 'line';
}

/** A place in a text that is to be masked. `from` is where the evidence for it begins. */
export interface Span {
  from: number;
  start: number;
  end: number;
  what: string;
  until: 'value' | 'line' | 'key';
}
