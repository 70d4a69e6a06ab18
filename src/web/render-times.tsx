import type { VNode } from 'preact';
import { spanWords } from '../core/figure-words.ts';
import type { Instant } from '../core/task.ts';
import { clockWords } from './render-words.ts';

/** A moment, shown as time of day; the script of the page says it again in the reader's zone. */
export const At = ({ at, now }: { at: Instant; now: Instant }): VNode => (
  <time dateTime={new Date(at).toISOString()} data-clock="at">
    {clockWords(at, now)}
  </time>
);

/** How long until or since a moment; the script of the page counts on. */
export const Span = ({ at, now, way }: { at: Instant; now: Instant; way: 'left' | 'since' }): VNode => (
  <time dateTime={new Date(at).toISOString()} data-clock={way}>
    {spanWords(way === 'left' ? at - now : now - at)}
  </time>
);
