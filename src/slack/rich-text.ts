import type {
  PlainTextElement,
  RichTextBlock,
  RichTextBlockElement,
  RichTextElement,
  RichTextPreformatted,
  RichTextText,
} from '@slack/types';
import type { Actor, Instant } from '../core/task.ts';
import { shown } from './escape.ts';
import { nameCharsMax, textCharsMax } from './limits.ts';
import { splitText } from './split-text.ts';

/**
 * The pieces of a rich text. Slack shows their text as it is: it reads no markup, link, mention or emoji out of it,
 * so text of people and machines needs no escaping here.
 * Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
 */
export const say = {
  text: (text: string): RichTextElement[] => piece(text),
  bold: (text: string): RichTextElement[] => piece(text, { bold: true }),
  italic: (text: string): RichTextElement[] => piece(text, { italic: true }),
  emoji: (name: string): RichTextElement[] => [{ type: 'emoji', name }],
  /** In the reader's own zone and language; the fallback is for what can't do that. */
  date: (at: Instant): RichTextElement[] => [
    { type: 'date', timestamp: Math.floor(at / 1000), format: dateFormat, fallback: utcWords(at) },
  ],
  /** Calls the person where Slack knows them, and names them where it doesn't. */
  person: (actor: Actor): RichTextElement[] => {
    const id = actor.surface === 'slack' ? /(?:^|[:/])([UW][A-Z0-9]{1,20})$/.exec(actor.id)?.[1] : undefined;
    return id === undefined ? piece(shown(actor.name, nameCharsMax)) : [{ type: 'user', user_id: id }];
  },
} as const;

const dateFormat = '{date_short_pretty} at {time}';

const utcWords = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const piece = (text: string, style?: RichTextText['style']): RichTextElement[] => {
  const words = shown(text);
  // Slack refuses an empty text.
  if (words === '') return [];
  return splitText(words, textCharsMax).map((part) => ({
    type: 'text',
    text: part,
    ...(style && { style }),
  }));
};

/** The same in mrkdwn, for small print: a token of Slack's and nothing else, since nobody's words stand in it. */
export const dateToken = (at: Instant): string =>
  `<!date^${Math.floor(at / 1000)}^${dateFormat}|${utcWords(at)}>`;

type Line = readonly RichTextElement[];

/** What a rich text is built of. Each gives an empty list for nothing, which Slack would refuse. */
export const rich = {
  /** Lines of one section; an empty line leaves no gap. */
  lines: (...lines: Line[]): RichTextBlockElement[] => {
    const elements = joined(lines);
    return elements.length === 0 ? [] : [{ type: 'rich_text_section', elements }];
  },
  quote: (...lines: Line[]): RichTextBlockElement[] => {
    const elements = joined(lines);
    return elements.length === 0 ? [] : [{ type: 'rich_text_quote', elements }];
  },
  list: (...items: Line[]): RichTextBlockElement[] => {
    const elements = items
      .filter((item) => item.length > 0)
      .map((item) => ({ type: 'rich_text_section' as const, elements: [...item] }));
    return elements.length === 0 ? [] : [{ type: 'rich_text_list', style: 'bullet', elements }];
  },
  /** One box, whole; in it pieces that are no longer than any text of Slack's may be. */
  code: (text: string): RichTextPreformatted[] => {
    const words = shown(text).replace(/\n+$/, '');
    if (words.trim() === '') return [];
    const elements = splitText(words, textCharsMax).map((part) => ({ type: 'text' as const, text: part }));
    return [{ type: 'rich_text_preformatted', elements }];
  },
  block: (id: string, ...elements: RichTextBlockElement[][]): RichTextBlock[] => {
    const all = elements.flat();
    return all.length === 0 ? [] : [{ type: 'rich_text', block_id: id, elements: all }];
  },
} as const;

const joined = (lines: readonly Line[]): RichTextElement[] =>
  lines
    .filter((line) => line.length > 0)
    .flatMap((line, at) => (at === 0 ? line : [{ type: 'text' as const, text: '\n' }, ...line]));

/** Words between others, with a point between each two. */
export const dotted = (...parts: Line[]): RichTextElement[] =>
  parts
    .filter((part) => part.length > 0)
    .flatMap((part, at) => (at === 0 ? part : [{ type: 'text' as const, text: ' · ' }, ...part]));

/** A text that Slack doesn't read either: with `emoji` false, `:skull:` stays what it is. */
export const plainText = (text: string, charsMax: number): PlainTextElement => ({
  type: 'plain_text',
  text: shown(text, charsMax).trim() === '' ? '–' : shown(text, charsMax),
  emoji: false,
});
