import type { Agent } from '../core/agent.ts';
import { type Card, type CardRun, isBadEnd } from '../core/card.ts';
import type { IncidentCard } from '../core/incident-card.ts';
import { isRunEnded, RunState } from '../core/run.ts';
import { type Instant, isTaskEnded, TaskState } from '../core/task.ts';
import type { Desk } from '../flow/desk.ts';
import { outputsShownMax } from './limits.ts';
import { readStreams, type StreamView } from './streams.ts';

/** A card with what is shown beside it: everything that rendering needs, so that rendering asks nobody. */
export interface TaskView {
  card: Card;
  /** The number of the task that heads this one's thread; its own when it heads it. */
  root: number;
  /** By run id; only of the runs whose output is on the card. */
  outputs: ReadonlyMap<string, readonly StreamView[]>;
  /** The words of an answer that is being written, null when none is. */
  words: string | null;
  now: Instant;
}

/** A thread as the page shows it: the task that heads it and its follow-ups, oldest first. */
export interface ThreadView {
  head: TaskView;
  replies: readonly TaskView[];
}

/** The incidents as they are listed: those that nobody looks at first, then what is over. */
export interface IncidentsView {
  open: readonly IncidentCard[];
  /** There are open ones that are not listed. */
  isMore: boolean;
  over: readonly IncidentCard[];
  now: Instant;
}

export interface PageView {
  threads: readonly ThreadView[];
  /** The number before which there are older threads, null when these are all. */
  before: number | null;
  agents: readonly Agent[];
  incidents: IncidentsView;
  now: Instant;
  /** The sequence of the last change that this page shows. */
  seq: number;
  /** Names the process that said `seq`. */
  page: string;
}

/** Puts beside a card the output that is shown on it. */
export const taskView = async (
  desk: Desk,
  card: Card,
  root: number,
  words: string | null,
  now: Instant,
): Promise<TaskView> => {
  const shown = runsInOrder(card)
    .filter((run) => isOutputOnCard(card, run))
    .slice(0, outputsShownMax);
  const outputs = new Map<string, StreamView[]>();
  for (const run of shown) outputs.set(run.id, await readStreams(desk, card.task, run.id));
  return { card, root, outputs, words, now };
};

/** True from the answer's first words on: from then on it says what the output means. */
export const hasAnswer = ({ card, words }: TaskView): boolean => card.answer !== null || words !== null;

/** Between two waves, what has run is what the decision about the next one rests on. */
export const isToLookAt = (card: Card, run: CardRun): boolean =>
  card.state === TaskState.paused && isRunEnded(run.state);

/** The runs in the order of a reader's interest, which a pause turns to what has ended. */
export const runsInOrder = (card: Card): readonly CardRun[] => [
  ...card.runs.filter((run) => isToLookAt(card, run)),
  ...card.runs.filter((run) => !isToLookAt(card, run)),
];

/** The output of few runs belongs to their card; of many, those are shown that run, ended badly or are to be looked at. */
const isOutputOnCard = (card: Card, run: CardRun): boolean => {
  if (run.stdoutBytes + run.stderrBytes === 0) return false;
  if (card.runs.length <= outputsShownMax || isToLookAt(card, run)) return true;
  return isBadEnd(run.state) || (run.state === RunState.running && !isTaskEnded(card.state));
};
