import { visible } from '../core/visible.ts';

/** Text from elsewhere with its hidden characters written out; Windows' line ends are line ends. Never half a letter. */
export const plain = (text: string): string => visible(text.toWellFormed().replace(/\r(?=\n|$)/g, '')).text;

/**
 * What Discord reads as markup anywhere: emphasis, code, spoilers, links with a text, and `<`, which begins mentions,
 * emojis, times and commands; a colon that begins an address or a name that its clients draw as an emoji. A backslash
 * before punctuation makes it plain on all of them.
 * Source: https://docs.discord.com/developers/reference#message-formatting
 */
const anywhere = /[\\*_~`|<[\]@]|:(?=\/|[^\s:]+:)/g;
/** What it reads so where a line begins: headings, quotes, lists and small print. */
const lineStart = /^([ \t]*)([#>+-])/gm;
const numbered = /^([ \t]*\d+)\./gm;
/** An invitation is unfolded even without a scheme. */
const pathOfHost = /(\.[\p{L}\d-]{2,})\//gu;

/** Text of people, machines, alerts and models as Discord shows it literally: nobody is called, nothing is linked (law 5). */
export const escaped = (text: string): string =>
  plain(text)
    .replace(anywhere, '\\$&')
    .replace(lineStart, '$1\\$2')
    .replace(numbered, '$1\\.')
    .replace(pathOfHost, '$1\\/');

const ellipsis = '…';

/** The text, or its beginning with a mark that there was more. Never half a letter. */
export const cut = (text: string, charsMax: number): string => {
  if (text.length <= charsMax) return text;
  const kept = text.slice(0, Math.max(0, charsMax - ellipsis.length));
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}${ellipsis}`;
};

/** As `escaped`, in at most `charsMax` characters: cut where it is plain, so that no escape is torn. */
export const escapedTo = (text: string, charsMax: number): string => {
  const whole = escaped(text);
  if (whole.length <= charsMax) return whole;
  const shown = plain(text);
  let [low, high] = [0, Math.min(shown.length, charsMax)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (escaped(cut(shown, middle)).length <= charsMax) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : escaped(cut(shown, low));
};

/** One line: what stands in a title or a list. */
export const lineTo = (text: string, charsMax: number): string =>
  escapedTo(text.replace(/\s+/g, ' ').trim(), charsMax);
