import type { RichTextElement } from '@slack/types';
import type { Card } from '../core/card.ts';
import { badgeWords, riskWord } from '../core/effect-words.ts';
import type { Risk } from '../core/risk/effect.ts';
import { dotted, say } from './rich-text.ts';

/** A sign of its own beside the word, so that nobody needs the colour. */
export const riskEmoji: Readonly<Record<Risk, string>> = {
  'read-only': 'large_green_circle',
  changes: 'large_orange_circle',
  dangerous: 'red_circle',
  forbidden: 'no_entry',
};

/** `🔴 Dangerous · can't be undone · deletes`: what nobody may overlook in bold. */
export const riskLine = (card: Card): RichTextElement[] => {
  if (!card.risk) return [];
  const { warnings, effects } = badgeWords(card.risk);
  return [
    ...say.emoji(riskEmoji[card.risk.risk]),
    ...say.text(' '),
    ...dotted(say.bold(riskWord[card.risk.risk]), ...warnings.map(say.bold), ...effects.map(say.text)),
  ];
};
