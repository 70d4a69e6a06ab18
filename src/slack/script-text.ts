import type { RichTextElement } from '@slack/types';
import type { Card, CardScript } from '../core/card.ts';
import { riskMark, riskWord } from '../core/effect-words.ts';
import { Risk } from '../core/risk/effect.ts';
import { lineWords, reasonsOf } from '../core/risk-reasons.ts';
import { riskEmoji } from './render-risk.ts';
import { say } from './rich-text.ts';

/** The text, with a sign and a number beside every line as soon as one of them does more than read. */
export const scriptText = ({ text, risk }: Pick<CardScript, 'text' | 'risk'>): string => {
  const lines = text.replace(/\n+$/, '').split('\n');
  const byLine = new Map(risk.lines.map((line) => [line.line, line.risk]));
  if (![...byLine.values()].some((found) => found !== Risk.readOnly)) return lines.join('\n');
  const width = String(lines.length).length;
  return lines
    .map((line, at) => {
      const mark = riskMark[byLine.get(at + 1) ?? Risk.readOnly];
      return `${mark}${String(at + 1).padStart(width)}│ ${line}`;
    })
    .join('\n');
};

/** `bash · 3 lines · sha256:0123abcd4567`. */
export const scriptMeta = (script: CardScript, isOnly: boolean): string =>
  [
    isOnly ? script.interpreter : `${script.interpreter} for ${script.platforms.join(', ')}`,
    script.lines === 1 ? '1 line' : `${script.lines} lines`,
    `sha256:${script.digest.slice(0, 12)}`,
  ].join(' · ');

/** What each line does that does more than read, each reason once. */
export const reasonItems = (script: CardScript, max: number): RichTextElement[][] => {
  if (max === 0) return [];
  const { told, more } = reasonsOf(script.risk.lines, max);
  return [
    ...told.map(({ lines, risk, why, irreversible }) => [
      ...say.emoji(riskEmoji[risk]),
      ...say.bold(` ${lineWords(lines)}: ${riskWord[risk]}`),
      ...say.text(` · ${why}`),
      ...(irreversible ? say.bold(" · can't be undone") : []),
    ]),
    ...(more > 0
      ? [say.italic(`${more} more ${more === 1 ? 'reason' : 'reasons'}; the lines are marked`)]
      : []),
  ];
};

/** True where the scripts are so short that a card may repeat them after the decision. */
export const isShort = (card: Card, linesMax: number): boolean =>
  card.scripts.reduce((sum, { lines }) => sum + lines, 0) <= linesMax &&
  card.scripts.reduce((sum, { text }) => sum + text.length, 0) <= linesMax * 80;
