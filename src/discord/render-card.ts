import type { APIComponentInContainer } from 'discord.js';
import { type Card, type CardRun, isBadEnd } from '../core/card.ts';
import { drafterWords, keptWords } from '../core/card-words.ts';
import { demandLine, goesWithoutSaying } from '../core/demand-words.ts';
import { spanWords } from '../core/figure-words.ts';
import { isRunEnded, RunState } from '../core/run.ts';
import { runWords } from '../core/run-words.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { escapedTo, lineTo } from './escape.ts';
import { container, part, type Rendered, stamp } from './layout.ts';
import {
  attachedCharsMax,
  demandsCharsMax,
  messageCharsMax,
  noticesCharsMax,
  requestCharsMax,
  runsCharsMax,
  runsShownMax,
  summaryCharsMax,
  targetsShownMax,
} from './limits.ts';
import { bold, coded, quoted } from './marked-text.ts';
import { actionRows, followUpRows } from './render-actions.ts';
import { linesTo, reasonLines, riskLine, scriptParts } from './render-script.ts';

export const anewWords = '-# The earlier message was deleted; this one stands in for it.';

/** A card as a message: the same things in the same order as on every surface. */
export const renderCard = (card: Card, isAnew: boolean): Rendered => {
  const texts = fitted({
    head: headOf(card, isAnew),
    question: card.question ? escapedTo(card.question.text, summaryCharsMax) : '',
    summary: card.summary === null ? '' : escapedTo(card.summary, summaryCharsMax),
    risk: riskLine(card),
    reasons: reasonLines(card),
    demands: demandLines(card),
    runs: runLines(card),
    notices: noticeLines(card),
    small: smallPrint(card),
    room: messageCharsMax - card.scripts.length * attachedCharsMax,
  });
  const { head, question, summary, risk, reasons, demands, runs, notices, small } = texts;
  const above = [head, question, summary, risk];
  const below = [reasons, demands, runs, notices, small];
  const taken = [...above, ...below].reduce((sum, text) => sum + text.length, 0);
  const scripts = scriptParts(card, messageCharsMax - taken);
  const actions = actionRows(card);
  const next = isTaskEnded(card.state) && card.answer === null ? followUpRows(card) : [];
  const parts: APIComponentInContainer[] = [
    ...above.flatMap(part.text),
    ...scripts.parts,
    ...below.flatMap(part.text),
    ...(actions.length + next.length > 0 ? [part.line()] : []),
    ...actions,
    ...next,
  ];
  return { container: container(card.tone, parts), files: scripts.files, calls: [] };
};

interface CardTexts {
  head: string;
  question: string;
  summary: string;
  risk: string;
  reasons: string;
  demands: string;
  runs: string;
  notices: string;
  small: string;
}

/** Where all of it together is too long, what can be read elsewhere gives way line by line, and says so. */
const fitted = ({ room, ...texts }: CardTexts & { room: number }): CardTexts => {
  const shrinking = ['runs', 'notices', 'reasons', 'summary', 'demands'] as const;
  for (const name of shrinking) {
    const over = Object.values(texts).reduce((sum, text) => sum + text.length, 0) - room;
    if (over <= 0) break;
    texts[name] = linesTo(texts[name].split('\n'), Math.max(0, texts[name].length - over));
  }
  return texts;
};

const headOf = (card: Card, isAnew: boolean): string =>
  [
    `**#${card.task}** · ${bold(lineTo(card.headline, 300))}`,
    quoted(card.request, requestCharsMax),
    `-# ${lineTo(card.asker.name, 60)}${card.asker.surface === 'discord' ? '' : ` in ${lineTo(card.asker.surface, 20)}`}, ${stamp(card.askedAt, 't')}${targetWords(card)}`,
    ...(isAnew ? [anewWords] : []),
  ].join('\n');

const targetWords = ({ targets, runs }: Card): string => {
  if (targets.length === 0) return '';
  const names = targets
    .slice(0, targetsShownMax)
    .map((t) => `${coded(t.name)}${t.online || runs.length > 0 ? '' : ' (offline)'}`);
  const more = targets.length - names.length;
  return ` · on ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const demandLines = ({ terms }: Card): string =>
  linesTo(
    (terms?.demands ?? [])
      .filter((demand) => !goesWithoutSaying(demand))
      .map((demand) => lineTo(demandLine(demand), demandsCharsMax)),
    demandsCharsMax,
  );

const noticeLines = ({ notices }: Card): string =>
  linesTo(
    notices.map((notice) => `⚠️ ${lineTo(notice.text, noticesCharsMax - 10)}`),
    noticesCharsMax,
  );

const runMark = (run: CardRun): string => {
  if (isBadEnd(run.state)) return '🔴';
  if (run.state === RunState.succeeded) return '🟢';
  if (isRunEnded(run.state)) return '⚪';
  return run.state === RunState.running || run.state === RunState.accepted ? '🔵' : '🟡';
};

const runLine = (run: CardRun): string => {
  const said = run.sentence === null ? '' : `: ${lineTo(run.sentence.text, 300)}`;
  return `${runMark(run)} ${coded(run.name)} ${runWords(run)}${said}`;
};

/** One machine that does as the headline says needs no line of its own. */
const runLines = ({ runs, progress }: Card): string => {
  if (runs.length === 0 || (runs.length === 1 && runs[0]?.sentence === null)) return '';
  const shown = runs.slice(0, runsShownMax).map(runLine);
  const rest = runs.length - shown.length;
  const counted =
    progress && progress.total > 1 && progress.ended < progress.total
      ? [
          `**${progress.ended} of ${progress.total} ended**${progress.bad > 0 ? `, ${progress.bad} with a problem` : ''}${progress.held > 0 ? `, ${progress.held} held back` : ''}`,
        ]
      : [];
  return linesTo([...counted, ...shown, ...(rest > 0 ? [`-# and ${rest} more`] : [])], runsCharsMax);
};

/** Who decided and when, where the script came from, how long it may run, until when it may be decided. */
const smallPrint = (card: Card): string => {
  const { decision, timeoutMs, decideBy, state } = card;
  const drafter = drafterWords(card);
  const kept = keptWords(card);
  const words = [
    ...(decision ? [`${decision.verdict} by ${lineTo(decision.by, 60)} ${stamp(decision.at, 'R')}`] : []),
    ...(drafter === null ? [] : [lineTo(drafter, 100)]),
    ...(kept === null ? [] : [lineTo(kept, 140)]),
    ...((card.proposal?.revision ?? 0) > 1 ? [`revision ${card.proposal?.revision}`] : []),
    ...(timeoutMs !== null && !isTaskEnded(state) ? [`time limit ${spanWords(timeoutMs)}`] : []),
    ...(state === TaskState.proposed && decideBy !== null ? [`expires ${stamp(decideBy, 'R')}`] : []),
  ];
  const reason = decision?.reason ? quoted(decision.reason, 300) : '';
  return [words.length > 0 ? `-# ${words.join(' · ')}` : '', reason].filter((line) => line !== '').join('\n');
};
