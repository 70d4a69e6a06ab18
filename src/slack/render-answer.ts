import type { KnownBlock, RichTextBlockElement } from '@slack/types';
import type { Answer, HostReading } from '../core/answer.ts';
import type { Card } from '../core/card.ts';
import { readerWords } from '../core/card-words.ts';
import { moreLinesWords } from '../core/figure-words.ts';
import { type Actor, isTaskEnded } from '../core/task.ts';
import type { ChatContent } from '../ports/chat.ts';
import type { Detail } from './detail.ts';
import { shown } from './escape.ts';
import { firstThatFits } from './fit.ts';
import { followUpCharsMax, nameCharsMax, partsMax } from './limits.ts';
import { actions, button } from './render-buttons.ts';
import { factsBlock } from './render-facts.ts';
import { smallPrint } from './render-small-print.ts';
import { rich, say } from './rich-text.ts';
import { fencedParts } from './split-text.ts';

/** An answer while it is written: its end, since that is what is new. */
export const wordsBlocks = (words: Extract<ChatContent, { kind: 'words' }>): KnownBlock[] => {
  const { task, text, asker, callsAsker } = words;
  const id = `nerdy.words.${task}.${text.length}`;
  return firstThatFits((detail) => {
    const all = shown(text);
    const end = all.length > detail.wordsChars ? `…${all.slice(-detail.wordsChars)}` : all;
    return rich.block(
      id,
      callsAsker ? callTo(asker) : [],
      wordElements(end, detail.wordsChars),
      rich.lines([...say.emoji('writing_hand'), ...say.italic(text === '' ? ' Reading the output…' : ' …')]),
    );
  });
};

/** The one place where somebody is called: whoever asked, once it took long. */
const callTo = (asker: Actor): RichTextBlockElement[] => rich.lines([...say.person(asker), ...say.text(',')]);

/** Words as they were written; a fence of code is set apart, everything else stays as it is. */
const wordElements = (text: string, charsMax: number): RichTextBlockElement[] => {
  const words = shown(text, charsMax);
  const parts = fencedParts(words);
  // Each part has its price in bytes; nobody writes so many fences in good faith.
  if (parts.length > partsMax) return rich.lines(say.text(words));
  return parts.flatMap((part) =>
    part.kind === 'code' ? rich.code(part.text) : rich.lines(say.text(part.text)),
  );
};

/** What the runs' results mean: words first, then figures, then the lines that they rest on, then what to ask next. */
export const answerBlocks = (card: Card, callsAsker: boolean): KnownBlock[] =>
  firstThatFits((detail) => {
    const id = (name: string): string => `nerdy.${name}.${card.task}.${card.revision}`;
    const { answer } = card;
    const hosts = [...(answer?.hosts ?? [])].sort((a, b) => Number(a.ok) - Number(b.ok));
    const told = hosts.slice(0, detail.hosts);
    return [
      ...rich.block(
        id('answer'),
        callsAsker ? callTo(card.asker) : [],
        wordElements(answer?.words ?? card.headline, detail.wordsChars),
      ),
      ...factsBlock(id('facts'), hosts, detail),
      ...rich.block(
        id('evidence'),
        told.flatMap((host) => readingElements(host, answer, hosts.length > 1, detail)),
        rich.lines(say.italic(restWords(hosts.slice(told.length)))),
      ),
      ...smallPrint(id('reader'), [answer === null ? null : readerWords[answer.reader]]),
      ...followUpButtons(card, id('next'), detail.followUps),
    ];
  });

const restWords = (rest: readonly HostReading[]): string => {
  if (rest.length === 0) return '';
  const bad = rest.filter((host) => !host.ok).length;
  return bad > 0 ? `${rest.length} more, ${bad} to look at` : `${rest.length} more, all well`;
};

/** One machine's part. What the answer has said in the same words is not said again. */
const readingElements = (
  host: HostReading,
  answer: Answer | null,
  isMany: boolean,
  detail: Detail,
): RichTextBlockElement[] => {
  const isSaid = answer?.words.includes(host.words) ?? false;
  // Among many, what is well has said enough with its figures.
  const evidence = isMany && host.ok && host.facts.length > 0 ? [] : host.evidence;
  const lines = evidence.slice(0, detail.evidence).map((line) => shown(line, detail.evidenceChars));
  const more = evidence.length - lines.length;
  const hasWords = isMany && (!isSaid || lines.length > 0);
  return [
    ...(hasWords
      ? rich.lines([
          ...say.emoji(host.ok ? 'white_check_mark' : 'warning'),
          ...say.bold(` ${shown(host.agentName, nameCharsMax)}`),
          ...say.text(isSaid ? '' : `  ${shown(host.words, detail.sentenceChars)}`),
        ])
      : []),
    ...rich.code(lines.join('\n')),
    ...(more > 0 && lines.length > 0 ? rich.lines(say.italic(moreLinesWords(more))) : []),
  ];
};

/** Buttons that ask the next request in the same conversation; each says what it asks. */
export const followUpButtons = (card: Card, id: string, max: number): KnownBlock[] =>
  isTaskEnded(card.state)
    ? actions(
        id,
        card.followUps
          .filter(({ request }) => request.length <= followUpCharsMax)
          .slice(0, max)
          .flatMap(({ label, request }, at) =>
            button({ label, action: { kind: 'ask', task: card.task, request } }, at),
          ),
      )
    : [];
