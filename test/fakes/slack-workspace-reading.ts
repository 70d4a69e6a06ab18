import type { Json, SlackMessage } from './slack-workspace-record.ts';

/** What people read, and what in it is alive. */
export interface SlackReading {
  text: string;
  /** Mentions, links and calls to everybody, as Slack's clients make them. */
  live: string[];
}

/** Reads a message as Slack's clients show it: its blocks, or its text where there are none. */
export const readSlack = ({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): SlackReading => {
  const shown: SlackReading = { text: '', live: [] };
  for (const block of blocks) readNode(block, shown);
  const words = readMrkdwn(text, false);
  // The text of a message with blocks is what notifications say: nobody reads it here, but it calls people all the same.
  if (blocks.length === 0) shown.text = words.text;
  shown.live.push(...words.live);
  return shown;
};

export const readSlackView = (view: Json): SlackReading => {
  const shown: SlackReading = { text: '', live: [] };
  for (const block of (view.blocks as Json[] | undefined) ?? []) readNode(block, shown);
  return shown;
};

const readNode = (node: Json, into: SlackReading): void => {
  switch (node.type) {
    case 'mrkdwn': {
      const { text, live } = readMrkdwn(String(node.text), node.verbatim !== true);
      say(into, `${text}\n`);
      into.live.push(...live);
      return;
    }
    case 'plain_text':
      say(into, `${String(node.text)}\n`);
      return;
    case 'markdown':
      say(into, `${String(node.text)}\n`);
      into.live.push(...liveInMarkdown(String(node.text)));
      return;
    case 'text':
      say(into, String(node.text));
      return;
    case 'emoji':
      say(into, `:${String(node.name)}:`);
      return;
    case 'date':
      say(into, String(node.fallback ?? node.format));
      return;
    case 'link':
    case 'user':
    case 'usergroup':
    case 'channel':
    case 'broadcast': {
      const what = String(node.url ?? node.user_id ?? node.usergroup_id ?? node.channel_id ?? node.range);
      say(into, String(node.text ?? what));
      into.live.push(`${node.type} ${what}`);
      return;
    }
    case 'button':
    case 'image':
      return;
  }
  const parts = ['text', 'fields', 'elements', 'rows', 'label', 'hint', 'title'];
  for (const part of parts) readPart(node[part], into);
  if (/^(rich_text_section|rich_text_preformatted|rich_text_quote)$/.test(String(node.type))) say(into, '\n');
};

const readPart = (part: unknown, into: SlackReading): void => {
  if (Array.isArray(part)) for (const one of part) readPart(one, into);
  else if (typeof part === 'object' && part !== null) readNode(part as Json, into);
};

const say = (into: SlackReading, text: string): void => {
  into.text += text;
};

/** https://docs.slack.dev/messaging/formatting-message-text: angle brackets are alive, their entities are not. */
const readMrkdwn = (text: string, linksUrls: boolean): SlackReading => {
  const tokens = [...text.matchAll(/<([@#!][^>]*|[a-z]+:[^>]*)>/g)].map((found) => found[1] ?? '');
  // A date only shows itself in the reader's own time.
  const live = tokens.filter((token) => !/^!date\^\d+\^[^^|]*\|/.test(token));
  const bare = text.replace(/<[^>]*>/g, '').replace(/```[\s\S]*?```|`[^`]*`/g, '');
  if (linksUrls) live.push(...[...bare.matchAll(/https?:\/\/\S+/g)].map(([url]) => url));
  const read = text
    .replace(/<[^>|]*\|([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return { text: read, live };
};

const liveInMarkdown = (text: string): string[] => {
  const bare = text.replace(/```[\s\S]*?```|`[^`]*`/g, '');
  return [...bare.matchAll(/(?<!\\)\[[^\]]*\]\([^)]*\)|<[@#!][^>]*>|https?:\/\/\S+/g)].map(
    ([found]) => found,
  );
};
