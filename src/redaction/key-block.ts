import { keyHoldBytesMax, keyLinesMax } from './limits.ts';
import type { Span } from './rule.ts';

/** Inside a private key. `left` lines may still belong to it; `isBody` says that the line before did. */
export interface KeyBlock {
  left: number;
  isBody: boolean;
}

/** PEM in all its kinds, SSH2's own, OpenVPN's static keys; PuTTY's files have a line that counts. */
const marker =
  /-{4,5} ?(?:BEGIN|END) (?:[A-Z0-9]{1,12} ){0,3}(?:PRIVATE KEY|OpenVPN Static key V1)(?: BLOCK)? ?-{4,5}|Private-Lines: \d{1,4}|Private-MAC: [0-9a-f]{0,64}/g;
const beginning = /BEGIN|Lines/;
const hint = /PRIVATE KEY|Static key V1|Private-Lines:/;
/** The end of a line of a key's body: base64 or hex, whatever a log or `grep` has put before it. */
const bodyEnd = /(?:^|[\s:|>"'=-])[A-Za-z0-9+/]{30,}={0,2}(?:\\[rn]){0,2}["',]{0,2}[ \t]{0,9}$/;
/** A body's last line, which may be short; a PGP block's checksum. */
const bodyLast = /^[\s>|"'+-]{0,20}=?[A-Za-z0-9+/]{1,76}={0,2}(?:\\[rn]){0,2}["',]{0,2}[ \t]{0,9}$/;
const header =
  /^[\s>|]{0,20}(?:Proc-Type|DEK-Info|Comment|Subject|Version|Hash|Charset|MessageID|Key-Derivation|Argon2-[A-Za-z]{1,20}):? /;
/** A line that is nothing but a key's body. Hex in small letters is a digest or an id. */
const orphan = /^[ \t]{0,20}(?=[A-Za-z0-9+/]{0,80}[A-Z])[A-Za-z0-9+/]{60,76}[ \t]{0,4}$/;

const what = 'private key';

/**
 * Finds what of whole lines belongs to private keys.
 *
 * A key is over at its end line, after too many lines, and not at a line that has nothing of a key: another process may
 * have written that in between, so it is shown and the search goes on. Of a key whose beginning is not there (`tail`, or
 * output whose middle was left out) the lines before the end line are found.
 *
 * @returns the spans, in order, and the block that is open after the last line.
 */
export const keySpansIn = (text: string, open: KeyBlock | null): { spans: Span[]; open: KeyBlock | null } => {
  if (open === null && !hint.test(text)) return { spans: [], open: null };
  const spans: Span[] = [];
  let block = open;
  let run: { start: number; hasShort: boolean }[] = [];
  for (const line of linesOf(text)) {
    const content = text.slice(line.start, line.contentEnd);
    if (block === null && !hint.test(content)) {
      run = nextRun(run, content, line.start);
      continue;
    }
    block = inLine(text, line, block, spans, run);
    run = [];
  }
  return { spans, open: block };
};

interface Line {
  start: number;
  contentEnd: number;
  end: number;
}

const linesOf = function* (text: string): Generator<Line> {
  const breaks = /[\r\n]/g;
  for (let start = 0; start < text.length; ) {
    breaks.lastIndex = start;
    const found = breaks.exec(text);
    const contentEnd = found ? found.index : text.length;
    const next = found ? found.index + 1 : text.length;
    yield { start, contentEnd, end: next };
    start = next;
  }
};

/** What one line adds, and the block after it. */
const inLine = (
  text: string,
  line: Line,
  open: KeyBlock | null,
  spans: Span[],
  runBefore: readonly { start: number }[],
): KeyBlock | null => {
  let run = runBefore;
  const content = text.slice(line.start, line.contentEnd);
  let block = open;
  /** Where the key began that is open, if on this line. */
  let begun: number | null = null;
  for (const found of content.matchAll(marker)) {
    const start = line.start + found.index;
    const after = start + found[0].length;
    if (beginning.test(found[0])) {
      if (block === null) begun = start;
      block ??= { left: keyLinesMax, isBody: true };
      continue;
    }
    const isLast = content.slice(after - line.start).trim() === '';
    if (begun !== null) spans.push(spanOf(begun, after));
    else if (block) spans.push(goOn(line.start, isLast ? line.end : after));
    // An end without a beginning: the lines before it were held for this.
    else spans.push(spanOf(run[0]?.start ?? start, after));
    run = [];
    block = null;
    begun = null;
  }
  if (begun !== null) {
    spans.push(spanOf(begun, line.contentEnd));
    return block;
  }
  if (open === null || block === null) return block;
  const isBody = isBodyLine(content, open.isBody);
  if (isBody) spans.push(goOn(line.start, line.end));
  return open.left <= 1 ? null : { left: open.left - 1, isBody };
};

const isBodyLine = (content: string, isAfterBody: boolean): boolean =>
  bodyEnd.test(content) ||
  (isAfterBody && (bodyLast.test(content) || header.test(content) || content.trim() === ''));

const spanOf = (start: number, to: number): Span => ({ from: start, start, end: to, what, until: 'key' });
/** What follows the place where the mask stands already: it is left out without another one. */
const goOn = (start: number, to: number): Span => ({ ...spanOf(start, to), what: '' });

type Run = { start: number; hasShort: boolean }[];

/** Lines like a key's body that stand directly before this place, within the bound on what is held. */
const nextRun = (run: Run, content: string, start: number): Run => {
  const last = run.at(-1);
  if (last?.hasShort) return orphan.test(content) ? [{ start, hasShort: false }] : [];
  if (orphan.test(content)) return within([...run, { start, hasShort: false }], start + content.length);
  if (last && content !== '' && bodyLast.test(content))
    return within([...run, { start, hasShort: true }], start + content.length);
  return content === '' ? within(run, start) : [];
};

const within = (run: Run, to: number): Run => {
  let first = 0;
  while (first < run.length && to - (run[first]?.start ?? 0) > keyHoldBytesMax) first++;
  const kept = first === 0 ? run : run.slice(first);
  // A short line by itself is nobody's.
  return kept[0]?.hasShort ? [] : kept;
};

/** Where the lines begin, at the end of these whole lines, that may turn out to be the end of a key. */
export const heldFrom = (text: string): number => {
  let run: Run = [];
  // No held line begins earlier; the line that is cut by this is skipped.
  const from = text.length - keyHoldBytesMax - 1;
  const first = from <= 0 ? 0 : from + Math.max(0, text.slice(from).search(/[\r\n]/) + 1);
  for (const { start, contentEnd } of linesOf(text.slice(first)))
    run = nextRun(run, text.slice(first + start, first + contentEnd), first + start);
  return run[0]?.start ?? text.length;
};
