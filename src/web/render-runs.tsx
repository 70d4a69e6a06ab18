import type { VNode } from 'preact';
import { type Card, type CardRun, isBadEnd } from '../core/card.ts';
import { bytesWords } from '../core/figure-words.ts';
import { isRunEnded, RunState } from '../core/run.ts';
import { foldWords, runWords, tookWords } from '../core/run-words.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { outputsShownMax, runsFoldedLiveMax, runsShownMax } from './limits.ts';
import { Icon, type IconName } from './render-icons.tsx';
import { Fold } from './render-parts.tsx';
import { Span } from './render-times.tsx';
import type { StreamView } from './streams.ts';
import { hasAnswer, isToLookAt, runsInOrder, type TaskView } from './view.ts';

/** How far a card has come over all its machines, as a bar along its upper edge: coming and going it moves nothing. */
export const Progress = ({ card }: { card: Card }): VNode | null => {
  const { progress } = card;
  if (!progress || progress.total < 2 || isTaskEnded(card.state)) return null;
  const { total, ended, bad } = progress;
  const part = (count: number): string => `${((count / total) * 100).toFixed(2)}%`;
  const running = runningOf(card);
  return (
    <svg class="progress" width="100%" height="3" aria-hidden="true">
      <rect class="bar-good" x="0" width={part(ended - bad)} height="3" />
      <rect class="bar-bad" x={part(ended - bad)} width={part(bad)} height="3" />
      <rect class="bar-running" x={part(ended)} width={part(running)} height="3" />
    </svg>
  );
};

const runningOf = (card: Card): number => card.runs.filter((run) => run.state === RunState.running).length;

/** The same in words, beside the headline that says the rest. */
export const ProgressWords = ({ card }: { card: Card }): VNode | null => {
  const { progress } = card;
  if (!progress || progress.total < 2 || isTaskEnded(card.state)) return null;
  const { total, ended, bad, held } = progress;
  const running = runningOf(card);
  const words = [
    ...(card.state === TaskState.running ? [] : [`${ended} of ${total} ended`]),
    ...(bad > 0 ? [`${bad} with a problem`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(held > 0 ? [`${held} held back`] : []),
  ];
  return (
    <span class="meta">
      {words.map((word) => (
        <span key={word}>{word}</span>
      ))}
    </span>
  );
};

const runIcon = (run: CardRun): IconName => {
  if (isBadEnd(run.state)) return 'bad';
  if (run.state === RunState.succeeded) return 'good';
  if (run.state === RunState.running || run.state === RunState.accepted) return 'working';
  return isRunEnded(run.state) ? 'quiet' : 'waiting';
};

/** The runs of a card, the interesting ones first, the rest folded. */
export const Runs = ({ view }: { view: TaskView }): VNode | null => {
  const { card } = view;
  if (card.runs.length === 0) return null;
  const runs = runsInOrder(card);
  const shown = runs.slice(0, runsShownMax);
  const rest = runs.slice(runsShownMax);
  const listed = isTaskEnded(card.state) ? rest : rest.slice(0, runsFoldedLiveMax);
  return (
    <div class="runs">
      <ul>
        {shown.map((run) => (
          <RunLine key={run.id} view={view} run={run} />
        ))}
      </ul>
      {rest.length > 0 && (
        <Fold id={`runs-${card.task}`} summary={foldWords(rest)}>
          <ul>
            {listed.map((run) => (
              <RunLine key={run.id} view={view} run={run} />
            ))}
          </ul>
          {listed.length < rest.length && (
            <p class="meta">
              <span>{rest.length - listed.length} more are listed here once this has ended</span>
            </p>
          )}
        </Fold>
      )}
    </div>
  );
};

const RunLine = ({ view, run }: { view: TaskView; run: CardRun }): VNode => {
  const bytes = run.stdoutBytes + run.stderrBytes;
  const line = <RunWords view={view} run={run} />;
  return (
    <li class={`run run-${runIcon(run)}`} id={`run-${run.id.slice(0, 16)}`}>
      {bytes === 0 ? (
        <p class="run-line">{line}</p>
      ) : (
        <details class="run-fold" id={outputId(run)} open={isOutputOpen(view, run)}>
          <summary class="run-line">
            {line}
            <span class="run-bytes">
              {isRunEnded(run.state) ? 'Whole output' : 'Output so far'}, {bytesWords(bytes)}
              <Icon name="chevron" />
            </span>
          </summary>
          <RunOutput view={view} run={run} />
        </details>
      )}
    </li>
  );
};

const RunWords = ({ view, run }: { view: TaskView; run: CardRun }): VNode => (
  <>
    <Icon name={runIcon(run)} />
    <b>{run.name}</b>
    <span class="meta">
      <span>{runWords(run)}</span>
      {run.startedAt !== null && (
        <span>
          {run.endedAt === null ? (
            <Span at={run.startedAt} now={view.now} way="since" />
          ) : (
            tookWords(run.endedAt - run.startedAt)
          )}
        </span>
      )}
    </span>
    {run.sentence && <span class="run-sentence">{run.sentence.text}</span>}
  </>
);

const outputId = (run: CardRun): string => `output-${run.id.slice(0, 16)}`;

/** Open by itself until the answer says what it means; of many, where boxes would come and go, only those to look at. */
const isOutputOpen = (view: TaskView, run: CardRun): boolean =>
  view.outputs.has(run.id) &&
  !hasAnswer(view) &&
  (view.card.runs.length <= outputsShownMax || isBadEnd(run.state) || isToLookAt(view.card, run));

/** Output on the card where the view has it, otherwise a place that fetches it when its fold is opened. */
const RunOutput = ({ view, run }: { view: TaskView; run: CardRun }): VNode => {
  const streams = view.outputs.get(run.id);
  if (streams) return <Streams task={view.card.task} run={run.id} streams={streams} />;
  const id = outputId(run);
  return (
    <div
      id={`${id}-body`}
      class="output-wait"
      hx-get={`/console/tasks/${view.card.task}/runs/${run.id}/output`}
      hx-trigger={`toggle from:#${id} once`}
      hx-swap="innerHTML"
    >
      <p class="meta">
        <span>Reading…</span>
      </p>
    </div>
  );
};

/** The ends of a run's streams, each in a box that stays at its end, with the way to the whole of it. */
export const Streams = (props: { task: number; run: string; streams: readonly StreamView[] }): VNode => (
  <div class="streams">
    {props.streams.map((view) => (
      <div key={view.stream} class={`stream ${view.stream}`}>
        <p class="meta">
          <b>{view.stream}</b>
          {!view.whole && <span>the end of {bytesWords(view.total)}</span>}
          <a
            href={`/console/tasks/${props.task}/runs/${props.run}/${view.stream}.txt`}
            target="_blank"
            rel="noopener"
          >
            open as text<span class="visually-hidden"> ({view.stream})</span>
          </a>
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by the keyboard. */}
        <section class="tail" tabIndex={0} aria-label={view.stream}>
          <pre>{view.text}</pre>
        </section>
      </div>
    ))}
    {props.streams.length === 0 && (
      <p class="meta">
        <span>It wrote nothing.</span>
      </p>
    )}
  </div>
);
