/**
 * What a person wrote in Slack, without Slack's own marks: names instead of ids, addresses as they were typed, and the
 * quotes and dashes that a phone puts in place of those that a shell knows.
 *
 * Source: https://docs.slack.dev/messaging/formatting-message-text, "Retrieving formatted messages".
 *
 * @param us our own user id: our name is cut out.
 */
export const plainText = (text: string, us: string | null): string =>
  text
    .replace(/<([@#!][^<>\n]*|(?:https?|ftp|mailto|tel|slack|ssh):[^<>\n]*)>/g, (_, mark: string) =>
      markText(mark, us),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/[“”„‟]/g, '"')
    .replace(/[‘’‚‛]/g, "'")
    // `--all` as a phone writes it.
    .replace(/(^|\s)[—–](?=[A-Za-z])/gu, '$1--')
    .replaceAll('…', '...')
    .replace(/[\u00A0\u202F]/g, ' ')
    .replace(/[ \t]{2,}/g, (gap, at: number, whole: string) =>
      at === 0 || whole[at - 1] === '\n' ? gap : ' ',
    )
    .trim();

const markText = (mark: string, us: string | null): string => {
  const bar = mark.indexOf('|');
  const what = bar < 0 ? mark : mark.slice(0, bar);
  const label = bar < 0 ? '' : mark.slice(bar + 1);
  if (what.startsWith('@')) return what.slice(1) === us ? ' ' : `@${label || what.slice(1)}`;
  if (what.startsWith('#')) return `#${label || what.slice(1)}`;
  if (what.startsWith('!')) {
    if (what.startsWith('!subteam')) return label || '@group';
    return what.startsWith('!date') ? label : `@${label.replace(/^@/, '') || what.slice(1)}`;
  }
  return linkText(what, label);
};

/** Slack links what looks like an address by itself: `db1.example.com` comes as a link of that label. */
const linkText = (url: string, label: string): string => {
  if (label === '') return url.replace(/^(mailto|tel):/, '');
  const bare = (text: string): string => text.replace(/^[a-z]+:(\/\/)?/, '').replace(/\/$/, '');
  return bare(label) === bare(url) ? label : `${label} (${url})`;
};

/** Ids of the people whom a message names. */
export const mentionedIn = (text: string): string[] =>
  [...text.matchAll(/<@([A-Z0-9]+)(?:\|[^<>]*)?>/g)].flatMap(([, id]) => id ?? []);
