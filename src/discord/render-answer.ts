import type { HostReading } from '../core/answer.ts';
import type { Card } from '../core/card.ts';
import { readerWords } from '../core/card-words.ts';
import type { Actor } from '../core/task.ts';
import type { ChatContent } from '../ports/chat.ts';
import { cut, escapedTo, lineTo } from './escape.ts';
import { container, part, type Rendered } from './layout.ts';
import { evidenceShownMax, messageCharsMax, readingsShownMax } from './limits.ts';
import { bold, coded, fencedLines } from './marked-text.ts';
import { followUpRows } from './render-actions.ts';

/** Discord's own form of calling somebody, for people of Discord alone; null for all others. */
const callOf = ({ surface, id }: Actor): string | null =>
  surface === 'discord' && /^\d{15,21}$/.test(id) ? id : null;

const wordsCharsMax = 1_600;
const readingCharsMax = 1_000;

/** The answer: words first, then facts, then what they rest on; as many machines as fit, the others counted. */
export const renderAnswer = (card: Card, callsAsker: boolean): Rendered => {
  const { answer } = card;
  const called = callsAsker ? callOf(card.asker) : null;
  const head = `${called === null ? '' : `<@${called}> `}**#${card.task}** · ${lineTo(card.headline, 300)}`;
  const words = answer ? escapedTo(answer.words, wordsCharsMax) : '';
  const reader = answer && readerWords[answer.reader];
  const foot = reader ? `-# ${reader}` : '';
  let room = messageCharsMax - head.length - words.length - foot.length - 100;
  const readings: string[] = [];
  const hosts = [...(answer?.hosts ?? [])].sort((a, b) => Number(a.ok) - Number(b.ok));
  for (const host of hosts.slice(0, readingsShownMax)) {
    const text = readingOf(host, hosts.length > 1, answer?.words ?? '', Math.min(room, readingCharsMax));
    if (text === '') continue;
    readings.push(text);
    room -= text.length;
    if (room < 200) break;
  }
  const left = hosts.length > 1 ? hosts.length - readings.length : 0;
  const parts = [
    ...part.text(head),
    ...part.text(words),
    ...readings.flatMap(part.text),
    ...(left > 0 ? part.text(`-# and ${left} more machines`) : []),
    ...part.text(foot),
    ...followUpRows(card),
  ];
  return { container: container(card.tone, parts), files: [], calls: called === null ? [] : [called] };
};

/** One machine's part. What the answer has said of it in the same words is not said again. */
const readingOf = (host: HostReading, isOneOfMany: boolean, said: string, charsMax: number): string => {
  const lines: string[] = [];
  if (isOneOfMany) {
    const words = said.includes(host.words) ? '' : ` ${lineTo(host.words, 300)}`;
    lines.push(`${host.ok ? '🟢' : '🔴'} ${coded(host.agentName)}${words}`);
  }
  for (const fact of host.facts.slice(0, 12))
    lines.push(`${lineTo(fact.label, 80)}: ${bold(lineTo(fact.value, 120))}`);
  const evidence = host.evidence.slice(0, evidenceShownMax).map((line) => cut(line, 160));
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > charsMax) return text;
    text = text === '' ? line : `${text}\n${line}`;
  }
  while (evidence.length > 0) {
    const block = fencedLines(evidence);
    if (text.length + block.length + 1 <= charsMax) return text === '' ? block : `${text}\n${block}`;
    evidence.pop();
  }
  return text;
};

/** The words of an answer while they are written: the beginning where they are more than a message holds. */
export const renderWords = (content: Extract<ChatContent, { kind: 'words' }>): Rendered => {
  const { task, asker, text, callsAsker } = content;
  const called = callsAsker ? callOf(asker) : null;
  const head = `${called === null ? '' : `<@${called}> `}**#${task}** · Reading the output…`;
  const words = escapedTo(text, messageCharsMax - head.length - 10);
  return {
    container: container('working', [...part.text(head), ...part.text(words)]),
    files: [],
    calls: called === null ? [] : [called],
  };
};
