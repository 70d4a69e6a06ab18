import type { Found, Redactor, Release } from '../ports/redactor.ts';
import { keySpansIn } from './key-block.ts';
import { windowBytesMax } from './limits.ts';
import { release, textForScan } from './release.ts';
import { spansIn } from './scan.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of them are meant.
const isAscii = /^[\x00-\x7f]*$/;

/** What has no long line is looked at as a whole, and of characters of one byte nothing has to be counted in bytes. */
const isShortAndClean = (text: string): boolean =>
  text.length < windowBytesMax &&
  isAscii.test(text) &&
  keySpansIn(text, null).spans.length === 0 &&
  spansIn(text).length === 0;

/** Finds secrets by secretlint's preset and rules of our own. Holds nothing between calls. */
export class SecretRedactor implements Redactor {
  release(state: string, pending: Buffer, isEnd: boolean, markAt: number | null): Release {
    return release(state, pending, isEnd, markAt);
  }

  redact(text: string): string {
    if (isShortAndClean(text)) return text;
    const bytes = Buffer.from(text);
    const { bytes: redacted } = release('', bytes, true, null);
    return redacted.equals(bytes) ? text : redacted.toString();
  }

  find(text: string): Found[] {
    const content = textForScan(Buffer.from(text));
    const keys = keySpansIn(content, null).spans.filter((s) => s.what !== '');
    const inKeys = (start: number): boolean => keys.some((k) => start >= k.start && start < k.end);
    const spans = [...keys, ...spansIn(content).filter((s) => !inKeys(s.start))];
    return spans
      .sort((a, b) => a.start - b.start)
      .map(({ start, what }) => ({ line: content.slice(0, start).split('\n').length, what }));
  }
}
