import { visible } from '../core/visible.ts';

/** Breaks up what Slack would read as markup, and can't be seen (U+2060, word joiner). */
const joiner = '\u2060';

/**
 * A text for a place that Slack reads as mrkdwn: a message's `text`, which is a notification's words. Everything that
 * could call people, link, or look like formatting or an emoji is taken apart.
 *
 * Where it is possible text stands in rich text and plain text instead, which Slack doesn't read.
 * Source: https://docs.slack.dev/messaging/formatting-message-text, "Escaping text" and "Automatic parsing".
 */
export const escapeText = (text: string): string =>
  shown(text)
    // Formatting, emoji codes and the schemes of addresses; then names of sites and of people.
    .replace(/[*_~`:|]/g, `$&${joiner}`)
    .replace(/(\.)(?=[\p{L}\p{N}])/gu, `$1${joiner}`)
    .replace(/[@#](?=\S)/g, `$&${joiner}`)
    .replace(/^([>•-])/gm, `${joiner}$1`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/**
 * Any text as it is shown: what hides or reorders text is written out (`core/visible.ts`), a carriage return before a
 * line's end is part of that end, and half a pair of surrogates, which no UTF-8 has, is a replacement character.
 *
 * @param charsMax at most so many UTF-16 units, which is how Slack counts at its strictest; what was cut ends with `…`.
 */
export const shown = (text: string, charsMax = Number.POSITIVE_INFINITY): string =>
  cutText(visible(text.replace(loneSurrogate, '\uFFFD').replace(/\r(?=\n|$)/g, '')).text, charsMax);

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const cutText = (text: string, charsMax: number): string => {
  if (text.length <= charsMax) return text;
  const cut = text.slice(0, Math.max(0, charsMax - 1));
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
};
