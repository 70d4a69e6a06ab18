import type { Card } from '../../src/core/card.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { contents as inSlack } from '../chat/contents.ts';

/** The same cards, answers and incidents as Slack's, asked for in Discord. */
export const asker = { kind: 'person' as const, surface: 'discord', id: '400000000000000001', name: 'ada' };

const inDiscord = (card: Card): Card => ({ ...card, asker });

export const contents: Readonly<Record<string, ChatContent>> = Object.fromEntries(
  Object.entries(inSlack).map(([name, content]) => [
    name,
    'card' in content
      ? { ...content, card: inDiscord(content.card) }
      : content.kind === 'words'
        ? { ...content, asker }
        : content,
  ]),
);
