/** How Slack reads what it is sent: what in it would call people, lead elsewhere, or look like more than text. */

/**
 * Of a text that is read as mrkdwn, such as a message's `text`.
 *
 * Source: https://docs.slack.dev/messaging/formatting-message-text. It is read here more eagerly than Slack does.
 */
export const activeMarkup = (text: string): string[] =>
  [
    /<[^>\n]*>?/g,
    /&(?!amp;|lt;|gt;)/g,
    /\bhttps?:\/\//gi,
    /\b[\p{L}\p{N}-]+\.\p{L}{2,}/gu,
    /[@#]\p{L}/gu,
    /:[a-z0-9_+-]+:/g,
    /([*_~`])\S[^\n]*?\1/g,
    /^(?:&gt;|[>•-])/gm,
  ].flatMap((pattern) => text.match(pattern) ?? []);

type Json = { readonly [key: string]: unknown };

/**
 * Of blocks: each element that calls or links, each mrkdwn text that is anything else than our own words and dates,
 * and each plain text in which Slack would look for emoji.
 */
export const callsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(callsIn);
  if (typeof value !== 'object' || value === null) return [];
  const one = value as Json;
  const inside = Object.values(one).flatMap(callsIn);
  switch (one.type) {
    case 'user':
      return [`user ${one.user_id}`];
    case 'usergroup':
    case 'channel':
    case 'broadcast':
    case 'team':
    case 'markdown':
      return [`${one.type}`];
    case 'link':
      return [`link ${one.url}`];
    case 'mrkdwn': {
      const own = /^(?:· )?[a-z ]*<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[\d: -]+UTC>$/;
      return own.test(String(one.text)) && one.verbatim === true ? [] : [`mrkdwn ${one.text}`];
    }
    case 'plain_text':
      return one.emoji === false ? inside : [`emoji ${one.text}`];
    default:
      return inside;
  }
};
