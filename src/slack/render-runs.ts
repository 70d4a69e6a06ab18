import type { RichTextBlockElement, RichTextElement } from '@slack/types';
import { type Card, type CardRun, isBadEnd } from '../core/card.ts';
import { isRunEnded, RunState } from '../core/run.ts';
import { foldWords, runWords, tookWords } from '../core/run-words.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import type { Detail } from './detail.ts';
import { shown } from './escape.ts';
import { nameCharsMax } from './limits.ts';
import { dotted, rich, say } from './rich-text.ts';

/** Fits beside its words on a phone. */
const barColumns = 10;

/** How far it has come: a bar and the same in words. Nothing for one machine, whose line says it. */
export const progressLines = (card: Card): RichTextElement[][] => {
  const { progress } = card;
  if (!progress || progress.total < 2 || isTaskEnded(card.state)) return [];
  const { total, ended, bad, held } = progress;
  const running = runningOf(card);
  return [
    [
      ...say.text(`${bar(card)} `),
      ...dotted(
        say.bold(`${ended} of ${total} ended`),
        say.text(bad > 0 ? `${bad} with a problem` : ''),
        say.text(running > 0 ? `${running} running` : ''),
        say.text(held > 0 ? `${held} held back` : ''),
      ),
    ],
  ];
};

const runningOf = (card: Card): number => card.runs.filter((run) => run.state === RunState.running).length;

/** Squares, since letters of Slack's font have no even width. What has begun has one, and full is it only at the end. */
const bar = (card: Card): string => {
  const { total = 0, ended = 0, bad = 0 } = card.progress ?? {};
  const columns = (count: number): number =>
    count === 0 ? 0 : Math.max(1, Math.floor((count / total) * barColumns));
  const red = columns(bad);
  const green = Math.min(barColumns - red, columns(ended - bad));
  const blue = Math.min(barColumns - red - green, columns(runningOf(card)));
  const rest = barColumns - red - green - blue;
  return `${'🟩'.repeat(green)}${'🟥'.repeat(red)}${'🟦'.repeat(blue)}${'⬜'.repeat(rest)}`;
};

const runEmoji = (run: CardRun): string => {
  if (isBadEnd(run.state)) return 'x';
  if (run.state === RunState.succeeded) return 'white_check_mark';
  if (run.state === RunState.running || run.state === RunState.accepted) return 'hourglass_flowing_sand';
  return isRunEnded(run.state) ? 'heavy_minus_sign' : 'clock3';
};

/** A line for each machine, the interesting ones first, and how the rest stands. */
export const runLines = (card: Card, detail: Detail): RichTextBlockElement[] => {
  const told = card.runs.slice(0, detail.runs);
  const rest = card.runs.slice(detail.runs);
  return rich.lines(
    ...told.map((run) => runLine(run, detail)),
    rest.length === 0 ? [] : say.italic(`and ${foldWords(rest)}`),
  );
};

const runLine = (run: CardRun, detail: Detail): RichTextElement[] => {
  const took = run.startedAt !== null && run.endedAt !== null ? tookWords(run.endedAt - run.startedAt) : '';
  return [
    ...say.emoji(runEmoji(run)),
    ...say.text(' '),
    ...dotted(
      say.bold(shown(run.name, nameCharsMax)),
      say.text(runWords(run)),
      say.text(took),
      say.text(shown(run.sentence?.text ?? '', detail.sentenceChars)),
    ),
  ];
};

/** What the runs of a card in this state have to tell; while it is being read or done, one machine's end says nothing new. */
export const showsRuns = (card: Card): boolean =>
  card.runs.length > 1 ||
  card.runs.some((run) => run.sentence !== null || isBadEnd(run.state)) ||
  card.state === TaskState.running;
