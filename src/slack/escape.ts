import { visible } from '../core/visible.ts';

/** Breaks up what Slack would link or look up, and can't be seen (U+2060, word joiner). */
const joiner = '\u2060';

/**
 * What makes formatting, emoji codes and addresses, by what looks like it. A joiner would not do: Slack takes one for
 * the edge of a word, where formatting begins.
 */
const lookalikes: Readonly<Record<string, string>> = {
  '*': '\u2217',
  _: '\u02CD',
  '~': '\u223C',
  '`': '\u02CB',
  ':': '\u2236',
};

/**
 * A text for the one place that Slack reads as mrkdwn: a message's `text`, which is a notification's words and is not
 * copied from. Nothing in it calls people, links, or is formatting or an emoji.
 *
 * Everywhere else text stands in rich text and plain text, which Slack doesn't read.
 * Source: https://docs.slack.dev/messaging/formatting-message-text, "Escaping text" and "Automatic parsing".
 */
export const escapeText = (text: string): string =>
  shown(text)
    .replace(/[*_~`:]/g, (char) => lookalikes[char] ?? '')
    .replace(/(\.)(?=[\p{L}\p{N}])/gu, `$1${joiner}`)
    .replace(/[@#](?=\p{L})/gu, `$&${joiner}`)
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
