/** What a release of a stream came to. */
export interface Release {
  /** The redacted form of the first `rawBytes` of what was pending: it may be stored and shown. */
  bytes: Buffer;
  /** How much of what was pending is done with. The rest may be the beginning of a secret: it comes again, with more. */
  rawBytes: number;
  /** To be handed over with the next piece; to be stored in the commit that stores `bytes`. */
  state: string;
  /** How many of `bytes` stand for what came before `markAt`; null where that place was not passed. */
  markedAt: number | null;
}

/** A secret in a text, and nothing of the secret itself. */
export interface Found {
  /** Counted from 1. */
  line: number;
  /** "AWS access key", "password". */
  what: string;
}

/**
 * Takes secrets out of text of machines, people, models and alerts before it is stored, shown or sent (law 5).
 *
 * - Synchronous, and its time is linear in the text: what it is given in one call is bounded by its callers.
 * - A secret becomes `[redacted: <what it was>]`, without any of its characters. Redacting twice does no harm.
 * - `release` is a pure function of state, bytes and `isEnd`: whoever stores `state` and the raw offset together goes on
 *   after a crash as if nothing had been. However a stream is cut into pieces, its redacted form is the same.
 *   Without `isEnd` it gives whole lines at once and keeps back a last line that has no end yet, up to a bound.
 * - It throws for its own faults only. Callers then withhold the text: they never store or show it as it is
 *   (src/flow/careful-redactor.ts).
 */
export interface Redactor {
  /**
   * The next piece of a stream of raw bytes; bytes that are no UTF-8 stay as they are.
   *
   * @param state '' at the stream's start, then what the last release gave.
   * @param pending all bytes from the last release's end on.
   * @param markAt a place in `pending` whose place in the redacted bytes is wanted; null for none.
   */
  release(state: string, pending: Buffer, isEnd: boolean, markAt: number | null): Release;
  /** A whole text, redacted. The same text when it holds no secret. */
  redact(text: string): string;
  /** The secrets of a text that must not be changed: a script is refused for them, never masked (law 1). */
  find(text: string): Found[];
}
