import type { ContextBlock, ContextBlockElement } from '@slack/types';
import type { Instant } from '../core/task.ts';
import { textCharsMax } from './limits.ts';
import { dateToken, plainText } from './rich-text.ts';

/** A part of the small print: words, or our own words before a date. */
export type SmallPart = string | { before: string; at: Instant } | null;

/** One line in grey. Anybody's words are plain text; only our own stand beside a date, which plain text doesn't know. */
export const smallPrint = (id: string, parts: readonly SmallPart[]): ContextBlock[] => {
  const words = parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');
  const elements: ContextBlockElement[] = [
    ...(words === '' ? [] : [plainText(words, textCharsMax)]),
    ...parts
      .filter((part) => typeof part === 'object' && part !== null)
      .map(({ before, at }, place) => ({
        type: 'mrkdwn' as const,
        text: [place === 0 && words === '' ? '' : '·', before, dateToken(at)]
          .filter((part) => part !== '')
          .join(' '),
        verbatim: true,
      })),
  ];
  return elements.length === 0 ? [] : [{ type: 'context', block_id: id, elements }];
};
