import type { APIComponentInContainer } from 'discord.js';
import type { Card, CardScript } from '../core/card.ts';
import { badgeWords, riskMark, riskWord } from '../core/effect-words.ts';
import { reasonsShownMax } from '../core/limits.ts';
import { Risk } from '../core/risk/effect.ts';
import { lineWords, reasonsOf } from '../core/risk-reasons.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { cut, escaped, escapedTo } from './escape.ts';
import type { Rendered } from './layout.ts';
import { part } from './layout.ts';
import { decidedScriptCharsMax, reasonsCharsMax } from './limits.ts';
import { fenced } from './marked-text.ts';

/** Open while it waits for a decision, and where the rules refused it: then it is what the reader wants to see. */
const isOpen = ({ state }: Card): boolean => state === TaskState.proposed || state === TaskState.refused;

export interface ScriptParts {
  parts: APIComponentInContainer[];
  files: Rendered['files'];
}

const extensions: Readonly<Record<string, string>> = { bash: 'sh', powershell: 'ps1' };

/** Names the machines' platforms and the start of the digest, so that two files of one card are told apart. */
const fileName = (card: Card, script: CardScript): string =>
  `nerdy-${card.task}-${script.digest.slice(0, 12)}.${extensions[script.interpreter] ?? 'txt'}`;

const metaLine = (card: Card, script: CardScript): string => {
  const words = [
    `**${script.interpreter}**`,
    ...(card.scripts.length > 1 ? [script.platforms.join(', ')] : []),
    script.lines === 1 ? '1 line' : `${script.lines} lines`,
    ...(card.scripts.length > 1 ? [riskWord[script.risk.risk]] : []),
    `\`sha256:${script.digest.slice(0, 12)}\``,
  ];
  return `-# ${words.join(' · ')}`;
};

/** True where a code block shows the text as it is: three backticks would end it. */
const canFence = (text: string): boolean => !text.includes('```');

const hiddenWords =
  "**This script holds characters that a reader can't see; they are written out as ⟨U+…⟩.**";

/**
 * The scripts of a card, each whole (law 1): in a code block where all of them fit and none would break out of it,
 * else as files, in which hidden characters are written out just the same.
 *
 * @param room characters that the message has left for them.
 */
export const scriptParts = (card: Card, room: number): ScriptParts => {
  const { scripts } = card;
  if (scripts.length === 0) return { parts: [], files: [] };
  const inline = scripts.map((script) =>
    [
      metaLine(card, script),
      fenced(script.text, script.interpreter),
      ...(script.hasHidden ? [hiddenWords] : []),
    ].join('\n'),
  );
  const chars = inline.reduce((sum, text) => sum + text.length, 0);
  const isShort = isOpen(card) || chars <= decidedScriptCharsMax;
  if (chars <= room && isShort && scripts.every(({ text }) => canFence(text)))
    return { parts: inline.flatMap((text) => part.text(text)), files: [] };
  return {
    parts: scripts.flatMap((script) => [
      ...part.text(
        `${metaLine(card, script)} · the whole script is in the file${script.hasHidden ? `\n${hiddenWords}` : ''}`,
      ),
      part.file(fileName(card, script)),
    ]),
    files: scripts.map((script) => ({
      name: fileName(card, script),
      bytes: Buffer.from(script.text, 'utf8'),
    })),
  };
};

/** The risk in one word with a sign, and what the script does, worst first. */
export const riskLine = (card: Card): string => {
  if (!card.risk || isTaskEnded(card.state)) return '';
  const { risk } = card.risk;
  const { warnings, effects } = badgeWords(card.risk);
  return [
    `${riskSigns[risk]} **${riskWord[risk]}**`,
    ...warnings.map((word) => `**${escaped(word)}**`),
    ...effects.map(escaped),
  ].join(' · ');
};

const riskSigns: Readonly<Record<Risk, string>> = {
  [Risk.readOnly]: '🟩',
  [Risk.changes]: '🟨',
  [Risk.dangerous]: '🟥',
  [Risk.forbidden]: '⛔',
};

/** Why, for the lines that do more than read; only while it matters. */
export const reasonLines = (card: Card): string => {
  if (!isOpen(card)) return '';
  const lines: string[] = [];
  for (const script of card.scripts) {
    const { told, more } = reasonsOf(script.risk.lines, reasonsShownMax);
    for (const { lines: at, risk, why, irreversible } of told) {
      const undone = irreversible ? " **(can't be undone)**" : '';
      lines.push(`-# ${escaped(riskMark[risk])} ${lineWords(at)}: ${escapedTo(why, 200)}${undone}`);
    }
    if (more > 0) lines.push(`-# and ${more} more`);
  }
  return linesTo(lines, reasonsCharsMax);
};

/** As many whole lines as fit, and how many don't. */
export const linesTo = (lines: readonly string[], charsMax: number): string => {
  const kept: string[] = [];
  let chars = 0;
  for (const [at, line] of lines.entries()) {
    const more = `-# and ${lines.length - at} more`;
    const isLast = at === lines.length - 1;
    if (chars + line.length + 1 + (isLast ? 0 : more.length) > charsMax) {
      kept.push(kept.length === 0 ? cut(line, charsMax) : more);
      break;
    }
    kept.push(line);
    chars += line.length + 1;
  }
  return kept.join('\n');
};
