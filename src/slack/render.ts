import type { KnownBlock } from '@slack/types';
import type { Card } from '../core/card.ts';
import { riskWord } from '../core/effect-words.ts';
import type { ChatContent } from '../ports/chat.ts';
import { escapeText, shown } from './escape.ts';
import { messageTextCharsMax, noticeCharsMax } from './limits.ts';
import { answerBlocks, wordsBlocks } from './render-answer.ts';
import { cardBlocks } from './render-card.ts';
import { incidentBlocks } from './render-incident.ts';

export interface RenderedMessage {
  /** What a notification says, and what stands where blocks don't: escaped mrkdwn. */
  text: string;
  blocks: KnownBlock[];
}

/**
 * Turns what a message shows into Slack's blocks. Pure: the same content gives the same message. It fits Slack's bounds
 * whatever the content is, and nothing in the content can call people or link.
 */
export const renderMessage = (content: ChatContent): RenderedMessage => {
  switch (content.kind) {
    case 'card':
      return { text: cardText(content.card), blocks: cardBlocks(content.card, content.isAnew) };
    case 'words':
      return {
        text: notice(`#${content.task}`, content.text),
        blocks: wordsBlocks(content),
      };
    case 'answer':
      return {
        text: notice(`#${content.card.task} ${content.card.headline}`, content.card.answer?.words ?? ''),
        blocks: answerBlocks(content.card, content.callsAsker),
      };
    case 'output':
      return { text: notice(content.file.title), blocks: [] };
    case 'incident':
      return {
        text: notice(
          `!${content.incident.number} ${content.incident.headline}`,
          content.incident.machines.join(', '),
        ),
        blocks: incidentBlocks(content.incident, content.isAnew),
      };
  }
};

/** A lock screen shows its beginning: which machine, how risky, what for. */
const notice = (...parts: string[]): string => {
  const words = parts
    .map((part) => escapeText(shown(part.replace(/\s+/g, ' ').trim(), noticeCharsMax)))
    .filter((part) => part !== '')
    .join(' — ');
  // Escaped text is not cut, since a cut may leave half an entity: parts go, the last first.
  if (words.length > messageTextCharsMax) return notice(...parts.slice(0, -1));
  return words === '' ? '–' : words;
};

const cardText = (card: Card): string => {
  const names = card.targets.map((target) => target.name);
  const where =
    names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
  return notice(
    `#${card.task} ${card.headline}`,
    [where, card.risk ? riskWord[card.risk.risk] : ''].filter((part) => part !== '').join(': '),
    card.request,
  );
};
