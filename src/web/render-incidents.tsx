import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { type IncidentCard, IncidentState } from '../core/incident-card.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import { Icon } from './render-icons.tsx';
import { IncidentSection, iconOf } from './render-incident.tsx';
import { At, Span } from './render-times.tsx';
import type { IncidentsView } from './view.ts';

/** Fragments about incidents, each in the place of what the page has under its id. */
export const renderIncidents = {
  list: (view: IncidentsView): string =>
    renderToString(
      <>
        <IncidentList view={view} oob />
        <IncidentCount view={view} oob />
      </>,
    ),
  one: (incident: IncidentCard, now: Instant): string =>
    renderToString(
      <div id="incident" data-number={incident.number} data-revision={incident.revision} hx-swap-oob="morph">
        <IncidentSection incident={incident} now={now} />
      </div>,
    ),
  /** In its place, that there is none. */
  none: (number: number, said: Sentence): string =>
    renderToString(
      <div id="incident" data-number={number} hx-swap-oob="morph">
        <p class="warning" data-code={said.code}>
          {said.text}
        </p>
      </div>,
    ),
  said: (number: number, said: Sentence): string =>
    renderToString(
      <div
        class="said"
        id={`said-incident-${number}`}
        role="alert"
        data-code={said.code}
        hx-swap-oob="outerHTML"
      >
        {said.text}
      </div>,
    ),
};

/** The incidents' part of the page: the list, and one of them. The page's script says which of the two is seen. */
export const IncidentsPane = ({ view }: { view: IncidentsView }): VNode => (
  <section class="incidents" id="incidents-pane" tabIndex={-1} aria-label="Incidents" hidden>
    <div class="chat-inner">
      <div id="incidents-all">
        <IncidentList view={view} oob={false} />
      </div>
      <div id="incidents-one" hidden>
        <a class="back" href="#incidents">
          <Icon name="chevron" /> All incidents
        </a>
        <div id="incident" data-number="" />
      </div>
    </div>
  </section>
);

/** How many are open, beside the word in the bar. */
export const IncidentCount = ({ view, oob }: { view: IncidentsView; oob: boolean }): VNode => {
  const { open, isMore } = view;
  const isBad = open.some((incident) => incident.tone === 'bad');
  return (
    <span
      id="incident-count"
      class={`incident-count${isBad ? ' bad' : ''}`}
      hx-swap-oob={oob ? 'morph' : undefined}
    >
      {open.length > 0 && (
        <>
          {open.length}
          {isMore && '+'}
          <span class="visually-hidden"> open</span>
        </>
      )}
    </span>
  );
};

const IncidentList = ({ view, oob }: { view: IncidentsView; oob: boolean }): VNode => {
  const { open, isMore, over, now } = view;
  return (
    <div id="incident-list" hx-swap-oob={oob ? 'morph' : undefined}>
      {open.length + over.length === 0 ? (
        <NoIncidents />
      ) : (
        <>
          <h2 class="incidents-head">Open</h2>
          {open.length === 0 && <p class="quiet">Nothing is open.</p>}
          <Rows incidents={open} now={now} />
          {isMore && (
            <p class="quiet">
              More are open; <code>npx nerdy alerts</code> lists them all.
            </p>
          )}
          {over.length > 0 && <h2 class="incidents-head">Over</h2>}
          <Rows incidents={over} now={now} />
        </>
      )}
    </div>
  );
};

const NoIncidents = (): VNode => (
  <div class="empty">
    <h1>No monitoring has told of anything</h1>
    <p>Let your monitoring bring its alerts here: on the server, make it an address of its own.</p>
    <pre class="command">
      <code>npx nerdy hooks add alertmanager</code>
    </pre>
    <p>
      Grafana, CloudWatch, Datadog and others work the same; <code>npx nerdy hooks add --help</code> names
      them.
    </p>
  </div>
);

const Rows = ({ incidents, now }: { incidents: readonly IncidentCard[]; now: Instant }): VNode | null =>
  incidents.length === 0 ? null : (
    <ul class="incident-rows">
      {incidents.map((incident) => (
        <Row key={incident.number} incident={incident} now={now} />
      ))}
    </ul>
  );

const Row = ({ incident, now }: { incident: IncidentCard; now: Instant }): VNode => {
  const { number, severity, machines, firing, resolved } = incident;
  return (
    <li id={`incident-row-${number}`} data-revision={incident.revision}>
      <a class={`incident-row tone-${incident.tone}`} href={`#incident-${number}`}>
        <Icon name={iconOf(incident)} />
        <span class="incident-title">{incident.title}</span>
        <span class="incident-state">{incident.state}</span>
        <span class="meta">
          <span>!{number}</span>
          {severity !== null && <span>{severity}</span>}
          {machines.length > 0 && (
            <span>
              <b>{machines.join(', ')}</b>
            </span>
          )}
          {incident.choices.length > 0 && <span>which machine?</span>}
          {incident.state !== IncidentState.resolved && <span>{firing} firing</span>}
          {resolved > 0 && <span>{resolved} over</span>}
          <When incident={incident} now={now} />
          <span>{incident.source}</span>
        </span>
      </a>
    </li>
  );
};

const When = ({ incident, now }: { incident: IncidentCard; now: Instant }): VNode =>
  incident.endedAt === null ? (
    <span>
      for <Span at={incident.startedAt} now={now} way="since" />
    </span>
  ) : (
    <span>
      ended <At at={incident.endedAt} now={now} />
    </span>
  );
