import { maskOf } from '../core/mask.ts';
import type { Release } from '../ports/redactor.ts';
import { heldFrom, type KeyBlock, keySpansIn } from './key-block.ts';
import { overlapBytes, releaseMsMax, windowBytesMax } from './limits.ts';
import type { Span } from './rule.ts';
import { spansIn } from './scan.ts';

/**
 * What a stream is in the middle of.
 *
 * Modes: nothing open (null); in a private key over several lines; in a secret that is longer than a window, of which
 * everything up to its end is left out.
 */
type Open = null | { key: KeyBlock } | { rest: Span['until'] };

/** What a secret that is longer than a window goes on with. A key in one line is base64 with escaped line ends. */
const goesOn: { readonly [U in Span['until']]: RegExp } = {
  value: /[^\s"'&;,<>]*/y,
  line: /[^\r\n]*/y,
  key: /[A-Za-z0-9+/=\\: -]*/y,
};

/** The bytes' places and the text's are the same: one character for each byte, and one for all that are no ASCII. */
export const textForScan = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[\x80-\xff]/g, '\u00a4');

/** A text that takes too long: its caller withholds it. */
export class RedactionSlowError extends Error {
  readonly code = 'redaction_slow';
  constructor() {
    super(`redaction took longer than ${releaseMsMax} ms`);
    this.name = 'RedactionSlowError';
  }
}

/**
 * Releases what of a stream is sure to be free of secrets, or masked.
 *
 * Every line is looked at by itself, and a longer one than a window through windows whose places depend on the line
 * alone. So it makes no difference in which pieces the stream arrives.
 *
 * @throws {RedactionSlowError}
 */
export const release = (state: string, pending: Buffer, isEnd: boolean, markAt: number | null): Release => {
  const text = textForScan(pending);
  const out = new Output(pending, markAt);
  let open = state === '' ? null : (JSON.parse(state) as Open);
  let at = 0;
  const begun = performance.now();
  while (at < text.length) {
    if (performance.now() - begun > releaseMsMax) throw new RedactionSlowError();
    if (open && 'rest' in open) {
      const to = endOf(goesOn[open.rest], text, at);
      out.leaveOut(at, to);
      at = to;
      if (at < text.length) open = null;
      continue;
    }
    const unit = nextUnit(text, at, isEnd, open !== null);
    if (unit === null) break;
    const done: { to: number; open: Open } = unit.isWhole
      ? lines(text.slice(at, unit.to), at, open, out)
      : window(text.slice(at, unit.to), at, open, out);
    ({ to: at, open } = done);
  }
  return {
    bytes: out.bytes(),
    rawBytes: at,
    state: open ? JSON.stringify(open) : '',
    markedAt: out.markedAt,
  };
};

const endOf = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
};

/** The next lines that are there as a whole, or the window at the beginning of a line that is too long for that. */
const nextUnit = (
  text: string,
  at: number,
  isEnd: boolean,
  isInKey: boolean,
): { to: number; isWhole: boolean } | null => {
  const breaks = /[\r\n]/g;
  let end = at;
  while (end < text.length) {
    breaks.lastIndex = end;
    const found = breaks.exec(text)?.index ?? text.length;
    if (found - end >= windowBytesMax)
      return end > at ? { to: end, isWhole: true } : { to: at + windowBytesMax, isWhole: false };
    if (found === text.length) break;
    end = found + 1;
  }
  if (isEnd) return { to: text.length, isWhole: true };
  const held = isInKey ? end : at + heldFrom(text.slice(at, end));
  return held > at ? { to: held, isWhole: true } : null;
};

const lines = (
  text: string,
  at: number,
  open: { key: KeyBlock } | null,
  out: Output,
): { to: number; open: Open } => {
  const keys = keySpansIn(text, open?.key ?? null);
  out.mask(text, at, text.length, withKeys(spansIn(text), keys.spans));
  return { to: at + text.length, open: keys.open && { key: keys.open } };
};

/**
 * The beginning of a line that is longer than a window. What is released ends where the next window overlaps this one,
 * or around the secret that stands there.
 */
const window = (
  text: string,
  at: number,
  open: { key: KeyBlock } | null,
  out: Output,
): { to: number; open: Open } => {
  const keys = keySpansIn(text, open?.key ?? null);
  const spans = withKeys(spansIn(text), keys.spans);
  let cut = text.length - overlapBytes;
  const across = spans.find((s) => s.from < cut && s.end > cut);
  if (!across) {
    out.mask(text, at, cut, spans);
    return { to: at + cut, open: null };
  }
  if (across.end < text.length) cut = across.end;
  else if (across.from > 0) cut = across.from;
  else {
    out.mask(text, at, text.length, spans);
    return { to: at + text.length, open: { rest: across.until } };
  }
  out.mask(text, at, cut, spans);
  return { to: at + cut, open: null };
};

/** Keys go before everything that was found in them. */
const withKeys = (spans: Span[], keys: readonly Span[]): Span[] => {
  if (keys.length === 0) return spans;
  const others = spans.filter((s) => !keys.some((k) => s.start < k.end && s.end > k.start));
  return [...others, ...keys].sort((a, b) => a.start - b.start);
};

/** The redacted bytes, in pieces of what was pending and masks. */
class Output {
  markedAt: number | null = null;
  readonly #pending: Buffer;
  readonly #markAt: number | null;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor(pending: Buffer, markAt: number | null) {
    this.#pending = pending;
    this.#markAt = markAt;
  }

  /** The first `length` of the text at `at`, with its spans masked. */
  mask(text: string, at: number, length: number, spans: readonly Span[]): void {
    let from = 0;
    for (const { start, end, what } of spans) {
      if (start >= length) break;
      this.#keep(at + from, at + start);
      this.leaveOut(at + start, at + Math.min(end, length), what === '' ? '' : maskOf(what));
      from = Math.min(end, length);
    }
    this.#keep(at + from, at + Math.min(length, text.length));
  }

  leaveOut(from: number, to: number, mask = ''): void {
    this.#push(Buffer.from(mask));
    this.#mark(from, to, this.#length);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #keep(from: number, to: number): void {
    if (to <= from) return;
    const before = this.#length;
    this.#push(this.#pending.subarray(from, to));
    this.#mark(from, to, before + ((this.#markAt ?? 0) - from));
  }

  #push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The place is between these, or at their end. */
  #mark(from: number, to: number, place: number): void {
    const at = this.#markAt;
    if (at !== null && this.markedAt === null && at >= from && at <= to) this.markedAt = place;
  }
}
