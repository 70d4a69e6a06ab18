import type { VNode } from 'preact';
import { type Card, type CardRun, isBadEnd } from '../core/card.ts';
import { isRunEnded, RunState } from '../core/run.ts';
import { isTaskEnded } from '../core/task.ts';
import { runsFoldedLiveMax, runsShownMax } from './limits.ts';
import { Fold, Icon, type IconName, Span } from './render-parts.tsx';
import { bytesWords, foldWords, runWords, spanWords } from './render-words.ts';
import type { StreamView, TaskView } from './view.ts';

/** Where a card stands over all its machines: a bar and the count in words. */
export const Progress = ({ card }: { card: Card }): VNode | null => {
  const { progress } = card;
  if (!progress || progress.total < 2) return null;
  const { total, ended, bad, held } = progress;
  const part = (count: number): string => `${((count / total) * 100).toFixed(2)}%`;
  const running = card.runs.filter((run) => run.state === RunState.running).length;
  const words = [
    `${ended} of ${total} ended`,
    ...(bad > 0 ? [`${bad} with a problem`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(held > 0 ? [`${held} held back`] : []),
  ];
  return (
    <div class="progress">
      <svg class="bar" width="100%" height="6" aria-hidden="true">
        <rect class="bar-good" x="0" width={part(ended - bad)} height="6" />
        <rect class="bar-bad" x={part(ended - bad)} width={part(bad)} height="6" />
        <rect class="bar-running" x={part(ended)} width={part(running)} height="6" />
      </svg>
      <p class="meta">
        {words.map((word) => (
          <span key={word}>{word}</span>
        ))}
      </p>
    </div>
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
  const shown = card.runs.slice(0, runsShownMax);
  const rest = card.runs.slice(runsShownMax);
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

const RunLine = ({ view, run }: { view: TaskView; run: CardRun }): VNode => (
  <li class={`run run-${runIcon(run)}`} id={`run-${run.id.slice(0, 16)}`}>
    <p class="run-line">
      <Icon name={runIcon(run)} />
      <b>{run.name}</b>
      <span class="meta">
        <span>{runWords(run)}</span>
        {run.startedAt !== null && (
          <span>
            {run.endedAt === null ? (
              <Span at={run.startedAt} now={view.now} way="since" />
            ) : (
              spanWords(run.endedAt - run.startedAt)
            )}
          </span>
        )}
      </span>
    </p>
    {run.sentence && <p class="run-sentence">{run.sentence.text}</p>}
    <RunOutput view={view} run={run} />
  </li>
);

/** Output on the card where the view has it, otherwise a fold that fetches it when it is opened. */
const RunOutput = ({ view, run }: { view: TaskView; run: CardRun }): VNode | null => {
  const bytes = run.stdoutBytes + run.stderrBytes;
  if (bytes === 0) return null;
  const streams = view.outputs.get(run.id);
  const id = `output-${run.id.slice(0, 16)}`;
  const ended = isRunEnded(run.state);
  return (
    <Fold
      id={id}
      kind="output-fold"
      open={streams !== undefined && !ended}
      summary={ended ? `Whole output, ${bytesWords(bytes)}` : `Output so far, ${bytesWords(bytes)}`}
    >
      {streams ? (
        <Streams task={view.card.task} run={run.id} streams={streams} />
      ) : (
        <div
          id={`${id}-body`}
          class="output-wait"
          hx-get={`/console/tasks/${view.card.task}/runs/${run.id}/output`}
          hx-trigger={`toggle from:#${id} once`}
          hx-swap="innerHTML"
        >
          <p class="meta">Reading…</p>
        </div>
      )}
    </Fold>
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
    {props.streams.length === 0 && <p class="meta">It wrote nothing.</p>}
  </div>
);
