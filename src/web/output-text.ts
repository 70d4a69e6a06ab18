import { stripVTControlCharacters } from 'node:util';
import { visible } from '../core/visible.ts';
import { outputTailLinesMax } from './limits.ts';

/**
 * Output as a page may show it: terminal colours and cursor moves removed, a progress line that redraws itself by
 * carriage returns shown as it last looked, every other hidden character written out.
 */
export const shownOutput = (text: string): string =>
  text
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => visible(stripVTControlCharacters(lastDrawn(line))).text)
    .join('\n');

const lastDrawn = (line: string): string => {
  const drawn = line.replace(/\r+$/, '');
  return drawn.slice(drawn.lastIndexOf('\r') + 1);
};

/**
 * The end of a stream as text.
 *
 * @param bytes the kept bytes of the stream's end.
 * @param whole true when these are all of its bytes; otherwise the first line is likely a part of one and is left out.
 */
export const tailText = (bytes: Buffer, whole: boolean): { text: string; whole: boolean } => {
  const all = bytes.toString('utf8');
  const firstEnd = all.indexOf('\n');
  const from = whole || firstEnd < 0 ? all : all.slice(firstEnd + 1);
  const lines = shownOutput(from).replace(/\n+$/, '').split('\n');
  const kept = lines.slice(-outputTailLinesMax);
  return { text: kept.join('\n'), whole: whole && kept.length === lines.length };
};
