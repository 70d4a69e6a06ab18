import type { ComponentChildren, VNode } from 'preact';
import type { Agent } from '../core/agent.ts';
import { requestCharsMax } from '../core/limits.ts';
import { sentence } from '../core/sentences.ts';
import type { AssetUrls } from './assets.ts';
import { AgentColumn } from './render-agents.tsx';
import { TaskArticle } from './render-card.tsx';
import { Icon } from './render-icons.tsx';
import { IncidentCount, IncidentsPane } from './render-incidents.tsx';
import { JoinPanel } from './render-join.tsx';
import { Act } from './render-parts.tsx';
import type { PageView, ThreadView } from './view.ts';

/** What htmx may do here: nothing that needs a looser policy than the page has. */
const htmxConfig = JSON.stringify({
  allowEval: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyEnabled: false,
  allowScriptTags: false,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: '204', swap: false },
    { code: '...', swap: true },
  ],
});

const Document = (props: {
  title: string;
  urls: AssetUrls;
  live: boolean;
  children: ComponentChildren;
}): VNode => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta
        name="viewport"
        content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
      />
      <meta name="color-scheme" content="light dark" />
      <meta name="htmx-config" content={htmxConfig} />
      <title>{props.title}</title>
      <link rel="icon" href={props.urls['icon.svg']} type="image/svg+xml" />
      {[
        ...(['base.css', 'page.css', 'machines.css', 'cards.css', 'runs.css'] as const),
        ...(['trust.css', 'join.css', 'incidents.css'] as const),
      ].map((name) => (
        <link rel="stylesheet" key={name} href={props.urls[name]} />
      ))}
      <script src={props.urls['session.js']} defer />
      {props.live && (
        <>
          <script src={props.urls['htmx.min.js']} defer />
          <script src={props.urls['sse.min.js']} defer />
          <script src={props.urls['idiomorph-ext.min.js']} defer />
          <script src={props.urls['place.js']} defer />
          <script src={props.urls['confirm.js']} defer />
          <script src={props.urls['join.js']} defer />
          <script src={props.urls['console.js']} defer />
          <script src={props.urls['incidents.js']} defer />
        </>
      )}
    </head>
    {props.children}
  </html>
);

const Mark = (): VNode => (
  <span class="mark">
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <rect x="1.5" y="1.5" width="21" height="21" rx="6" class="mark-box" />
      <path d="m6.75 8 4 4-4 4M12.75 16.25h4.5" class="mark-line" />
    </svg>
    <b>NerdyOps</b>
  </span>
);

/** The page for who has no session: how to get one. The same script runs on it, since links open here. */
export const DoorPage = ({ urls, base }: { urls: AssetUrls; base: string }): VNode => (
  <Document title="NerdyOps" urls={urls} live={false}>
    <body class="door" data-page="door">
      <main class="door-box">
        <Mark />
        <div data-door="closed">
          <h1>Open the console from the server</h1>
          <p>
            This console decides what runs on machines, so it opens only by a fresh link. On the server, run
          </p>
          <pre class="command">
            <code>npx nerdy console</code>
          </pre>
          <p>and open the link that it prints. It works once, within 15 minutes.</p>
        </div>
        <p data-door="opening" hidden>
          Opening the console…
        </p>
        <p class="warning" role="alert" data-door="used" hidden>
          {sentence('link_used', {}).text}
        </p>
        <p class="warning" role="alert" data-door="unreachable" hidden>
          {sentence('console_unreachable', { url: base }).text}
        </p>
      </main>
    </body>
  </Document>
);

/** The console. */
export const ConsolePage = (props: { view: PageView; urls: AssetUrls; base: string }): VNode => {
  const { view, urls, base } = props;
  return (
    <Document title="NerdyOps" urls={urls} live>
      <body hx-ext="sse,morph" data-page="console" data-now={view.now}>
        <a class="skip" href="#request">
          Skip to the request
        </a>
        <header class="top">
          <Mark />
          <span class="live-state" id="live-state" role="status" data-live="on">
            <span class="live-words">Reconnecting…</span>
          </span>
          <nav class="views" aria-label="Views">
            <a href="#requests" data-view="requests">
              Requests
            </a>
            <a href="#incidents" data-view="incidents">
              Incidents <IncidentCount view={view.incidents} oob={false} />
            </a>
          </nav>
          <span class="grow" />
          <button type="button" class="button quiet-button keys-button" popovertarget="keys">
            <kbd>?</kbd> Keys
          </button>
          <button type="button" class="button drawer-open" popovertarget="agents">
            <Icon name="machine" /> Machines
          </button>
        </header>
        <AgentColumn agents={view.agents} now={view.now} />
        <main class="chat" id="chat" tabIndex={-1} aria-label="Requests">
          <div class="chat-inner">
            <Earlier before={view.before} oob={false} />
            <div id="threads">
              {view.threads.map((thread) => (
                <ThreadSection key={thread.head.card.task} thread={thread} />
              ))}
            </div>
            <Empty agents={view.agents} oob={false} />
          </div>
        </main>
        <IncidentsPane view={view.incidents} />
        <Composer />
        <KeysHelp />
        <JoinPanel />
        <template id="thread-template">
          <ThreadFrame root={null} />
        </template>
        <p id="announce" class="visually-hidden" aria-live="polite" />
        <div id="guard-words" hidden>
          The script has just changed. Nothing was approved: read it again, then decide.
        </div>
        <div id="link-used-words" hidden>
          {sentence('link_used', {}).text}
        </div>
        <div id="unreachable-words" hidden>
          {sentence('console_unreachable', { url: base }).text}
        </div>
        <div
          id="live"
          sse-connect={`/console/live?seq=${view.seq}&page=${view.page}`}
          sse-swap="patch"
          hx-swap="none"
          hidden
        />
      </body>
    </Document>
  );
};

/** The way back in time: fetches the threads before the oldest on the page. */
export const Earlier = ({ before, oob }: { before: number | null; oob: boolean }): VNode => (
  <div id="earlier" class="earlier" hx-swap-oob={oob ? 'outerHTML' : undefined}>
    {before !== null && (
      <button type="button" class="button" hx-get={`/console/earlier?before=${before}`} hx-swap="none">
        Show earlier requests
      </button>
    )}
  </div>
);

const ThreadFrame = (props: {
  root: number | null;
  children?: ComponentChildren;
  replies?: ComponentChildren;
}): VNode => (
  <section
    class="thread"
    id={props.root === null ? undefined : `thread-${props.root}`}
    data-number={props.root ?? ''}
  >
    {props.children}
    <div class="replies">{props.replies}</div>
    <p class="thread-foot">
      <button type="button" class="button quiet-button" data-reply={props.root ?? ''}>
        <Icon name="reply" /> Ask in this thread
      </button>
    </p>
  </section>
);

const ThreadSection = ({ thread }: { thread: ThreadView }): VNode => (
  <ThreadFrame
    root={thread.head.card.task}
    replies={thread.replies.map((view) => <TaskArticle key={view.card.task} view={view} oob={false} />)}
  >
    <TaskArticle view={thread.head} oob={false} />
  </ThreadFrame>
);

const examplesOf = (agents: readonly Agent[]): string[] => {
  const online = agents.filter((a) => a.online);
  const name = (online[0] ?? agents[0])?.name ?? 'web1';
  return [
    `check memory on ${name}`,
    `what uses the cpu on ${name}`,
    `is the disk full on ${name}`,
    `is nginx running on ${name}`,
    ...(agents.length > 1 ? ['uptime on all'] : [`how long is ${name} up`]),
  ];
};

/** Shown by the style sheet only while there is no thread, so that the first request makes it go by itself. */
export const Empty = ({ agents, oob }: { agents: readonly Agent[]; oob: boolean }): VNode => (
  <div class="empty" id="empty" hx-swap-oob={oob ? 'morph' : undefined}>
    <h1>What do you want to know?</h1>
    <p>Ask in your own words. You get a script to read first; nothing runs before you approve it.</p>
    {agents.length === 0 ? (
      <p class="warning">{sentence('no_agents', {}).text}</p>
    ) : (
      <div class="examples">
        {examplesOf(agents).map((request) => (
          <Act key={request} to="/console/ask" kind="chip" fields={{ request }}>
            {request}
          </Act>
        ))}
      </div>
    )}
  </div>
);

const Composer = (): VNode => (
  <footer class="composer" id="composer">
    <p class="look-only warning" role="status">
      {sentence('write_token_missing', {}).text}
    </p>
    <div id="toast" class="said" role="alert" />
    <form class="composer-box" id="ask" hx-post="/console/ask" hx-swap="none" hx-sync="this:drop">
      <div class="chips">
        <button type="button" class="chip-on" id="chip-thread" hidden>
          in thread <b data-chip-value="" />
          <Icon name="close" />
          <span class="visually-hidden">: leave the thread</span>
        </button>
        <button type="button" class="chip-on" id="chip-on" hidden>
          on <b data-chip-value="" />
          <Icon name="close" />
          <span class="visually-hidden">: any machine</span>
        </button>
      </div>
      <input type="hidden" name="thread" value="" />
      <input type="hidden" name="on" value="" />
      <label class="visually-hidden" for="request">
        Request
      </label>
      <textarea
        id="request"
        name="request"
        rows={1}
        maxLength={requestCharsMax}
        placeholder="Ask for something on a machine"
        data-to-look="To ask, open a fresh link: npx nerdy console"
        enterkeyhint="send"
        autocomplete="off"
      />
      <button type="submit" class="button primary send" aria-label="Ask">
        <Icon name="send" />
      </button>
    </form>
  </footer>
);

const keys: readonly (readonly [string, string])[] = [
  ['/', 'write a request'],
  ['Enter', 'ask; with Shift a new line'],
  ['↑', 'an earlier request, in an empty field'],
  ['j  k', 'next and previous card'],
  ['a', 'go to Approve on this card; Enter presses it'],
  ['r', 'reject this card, with a reason'],
  ['e', 'edit the script of this card'],
  ['i', 'to the incidents, and back'],
  ['Esc', 'close, or leave the field'],
];

const KeysHelp = (): VNode => (
  <div id="keys" class="keys" popover="auto">
    <h2>Keys</h2>
    <dl>
      {keys.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </div>
);
