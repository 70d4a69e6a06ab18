import { renderToString } from 'preact-render-to-string';
import type { Agent } from '../core/agent.ts';
import type { KeepWish } from '../core/keep.ts';
import type { Listing } from '../core/listing.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { AssetUrls } from './assets.ts';
import { AgentCount, AgentList } from './render-agents.tsx';
import { TaskArticle } from './render-card.tsx';
import { KeepPanel } from './render-keep.tsx';
import { ConsolePage, DoorPage, Earlier, Empty } from './render-page.tsx';
import { Streams } from './render-runs.tsx';
import type { StreamView } from './streams.ts';
import type { PageView, TaskView } from './view.ts';

/** Whole pages. */
export const renderPage = {
  console: (view: PageView, urls: AssetUrls, base: string): string =>
    `<!doctype html>${renderToString(<ConsolePage view={view} urls={urls} base={base} />)}`,
  door: (urls: AssetUrls, base: string): string =>
    `<!doctype html>${renderToString(<DoorPage urls={urls} base={base} />)}`,
};

/**
 * Fragments that replace what the page has under the same id: each names itself as htmx's out-of-band swap, so that
 * an answer to a click and an event of the live stream are the same thing.
 */
export const renderFragment = {
  task: (view: TaskView): string => renderToString(<TaskArticle view={view} oob />),
  agents: (agents: readonly Agent[], now: Instant): string =>
    renderToString(
      <>
        <AgentList agents={agents} now={now} oob />
        <AgentCount agents={agents} oob />
        <Empty agents={agents} oob />
      </>,
    ),
  keep: (task: number, form: KeepWish): string => renderToString(<KeepPanel task={task} form={form} />),
  earlier: (before: number | null): string => renderToString(<Earlier before={before} oob />),
  /** What a refused act says, at the card when it was about one, else above the composer. */
  said: (task: number | null, said: Sentence): string =>
    renderToString(
      <div
        class="said"
        id={task === null ? 'toast' : `said-${task}`}
        role="alert"
        data-code={said.code}
        hx-swap-oob="outerHTML"
      >
        {said.text}
      </div>,
    ),
  /** What was asked of us without a task, above the composer. */
  listing: ({ title, lead, rows, empty, foot }: Listing): string =>
    renderToString(
      <div class="said listing" id="toast" role="status" hx-swap-oob="outerHTML">
        <strong>{title}</strong>
        {lead && <p>{lead}</p>}
        {rows.length === 0 && empty !== '' && <p>{empty}</p>}
        {rows.map((row) => (
          <p>
            <b>{row.name}</b> {row.words}
            {row.detail !== null && <small> {row.detail}</small>}
          </p>
        ))}
        {foot !== null && <p>{foot}</p>}
      </div>,
    ),
};

/** The inside of a fold of output that was opened. */
export const renderStreams = (task: number, run: string, streams: readonly StreamView[]): string =>
  renderToString(<Streams task={task} run={run} streams={streams} />);
