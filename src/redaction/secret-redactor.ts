import type { Found, Redactor, Release } from '../ports/redactor.ts';
import { keySpansIn } from './key-block.ts';
import { release, textForScan } from './release.ts';
import { spansIn } from './scan.ts';

/** Finds secrets by secretlint's preset and rules of our own. Holds nothing between calls. */
export class SecretRedactor implements Redactor {
  release(state: string, pending: Buffer, isEnd: boolean, markAt: number | null): Release {
    return release(state, pending, isEnd, markAt);
  }

  redact(text: string): string {
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
