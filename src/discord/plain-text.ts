/** Names by which Discord's ids are said in plain words; null for one that is not known. */
export interface NamesOf {
  user(id: string): string | null;
  role(id: string): string | null;
  channel(id: string): string | null;
}

/**
 * What a person wrote, without Discord's markup: mentions by name, emojis by theirs, times as ISO 8601, links without
 * their brackets. Emphasis and code signs stay: they may be part of a file's or machine's name.
 * Source: https://docs.discord.com/developers/reference#message-formatting
 */
export const plainText = (content: string, names: NamesOf): string =>
  content
    .replace(/<@!?(\d+)>/g, (whole, id: string) => `@${names.user(id) ?? whole.slice(1, -1)}`)
    .replace(/<@&(\d+)>/g, (whole, id: string) => `@${names.role(id) ?? whole.slice(1, -1)}`)
    .replace(/<#(\d+)>/g, (whole, id: string) => `#${names.channel(id) ?? whole.slice(1, -1)}`)
    .replace(/<a?(:\w+:)\d+>/g, '$1')
    .replace(/<t:(-?\d{1,12})(?::\w)?>/g, (whole, seconds: string) => {
      const at = new Date(Number(seconds) * 1_000);
      return Number.isNaN(at.getTime()) ? whole : at.toISOString();
    })
    .replace(/<\/([^:>]+):\d+>/g, '/$1')
    .replace(/<(https?:\/\/[^\s>]+)>/g, '$1')
    .trim();

/** Cuts off every mention of ours that begins or ends the text, and any other is left as a name. */
export const withoutUs = (content: string, us: readonly string[]): string => {
  const mention = us.length === 0 ? '(?!)' : `<@[!&]?(?:${us.join('|')})>`;
  return content
    .replace(new RegExp(`^(?:\\s*${mention})+[\\s,:]*`), '')
    .replace(new RegExp(`(?:\\s*${mention})+\\s*$`), '')
    .trim();
};
