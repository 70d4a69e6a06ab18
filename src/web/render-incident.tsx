import type { VNode } from 'preact';
import { spanWords } from '../core/figure-words.ts';
import type { IncidentAction, IncidentAlert, IncidentCard } from '../core/incident-card.ts';
import type { Instant } from '../core/task.ts';
import { visible } from '../core/visible.ts';
import { choicesShownMax, evidenceShownMax } from './limits.ts';
import { Icon, type IconName } from './render-icons.tsx';
import { Act } from './render-parts.tsx';
import { At, Span } from './render-times.tsx';

/** One incident: how it stands, what was found, its alerts, and what can be done. */
export const IncidentSection = ({ incident, now }: { incident: IncidentCard; now: Instant }): VNode => (
  <section
    class={`incident card tone-${incident.tone}`}
    aria-labelledby={`incident-title-${incident.number}`}
  >
    <p class="headline">
      <Icon name={iconOf(incident)} />
      <strong id={`incident-title-${incident.number}`}>
        !{incident.number} {incident.title}
      </strong>
    </p>
    <p class="meta">
      <span class="incident-state">{incident.state}</span>
      {incident.severity !== null && <span>{incident.severity}</span>}
      {incident.machines.length > 0 && (
        <span>
          <b>{incident.machines.join(', ')}</b>
        </span>
      )}
      <span>
        since <At at={incident.startedAt} now={now} />
      </span>
      {incident.endedAt !== null && (
        <span>
          ended <At at={incident.endedAt} now={now} />
        </span>
      )}
      {incident.times > 1 && <span>told {incident.times} times</span>}
      {incident.acknowledgedBy !== null && <span>acknowledged by {incident.acknowledgedBy}</span>}
      {incident.silencedUntil !== null && (
        <span>
          silent for another <Span at={incident.silencedUntil} now={now} way="left" />
        </span>
      )}
      <Source incident={incident} />
    </p>
    {incident.summary !== null && !incident.title.endsWith(incident.summary) && (
      <p class="summary incident-words">{incident.summary}</p>
    )}
    <Diagnosis incident={incident} />
    <Alerts incident={incident} now={now} />
    {incident.notices.map((notice) => (
      <p class="notice" key={notice.code}>
        {notice.text}
      </p>
    ))}
    <Actions incident={incident} />
    <div class="said" id={`said-incident-${incident.number}`} role="alert" />
  </section>
);

/** An incident that somebody looks at has an eye: nothing of ours turns. */
export const iconOf = ({ state, tone }: IncidentCard): IconName =>
  state === 'acknowledged' ? 'read-only' : tone;

/** The source's own page; anything but a web address is no link, whoever wrote it. */
const Source = ({ incident: { link, source } }: { incident: IncidentCard }): VNode =>
  link !== null && isWebAddress(link) ? (
    <a href={link} target="_blank" rel="noopener noreferrer">
      in {source}
    </a>
  ) : (
    <span>from {source}</span>
  );

const isWebAddress = (link: string): boolean =>
  URL.canParse(link) && ['http:', 'https:'].includes(new URL(link).protocol);

const Diagnosis = ({ incident: { diagnosis } }: { incident: IncidentCard }): VNode | null => {
  if (!diagnosis) return null;
  const hosts = diagnosis.answer?.hosts ?? [];
  const facts = hosts.flatMap((host) => host.facts.map((fact) => ({ ...fact, host: host.agentName })));
  const evidence = hosts.flatMap((host) => host.evidence).slice(0, evidenceShownMax);
  return (
    <div class="answer incident-found" lang={diagnosis.answer?.language}>
      <h3>
        What was found <a href={`#task-${diagnosis.task}`}>#{diagnosis.task}</a>
      </h3>
      <p class="words">{visible(diagnosis.words).text}</p>
      {facts.length > 0 && (
        <table class="facts">
          <tbody>
            {facts.map((fact, at) => (
              <tr key={at}>
                <th scope="row">
                  {hosts.length > 1 && `${fact.host}: `}
                  {visible(fact.label).text}
                </th>
                <td>{visible(fact.value).text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {evidence.length > 0 && (
        <ul class="evidence" aria-label="Lines of the output">
          {evidence.map((line, at) => (
            <li key={at}>
              <code>{visible(line).text}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

/** The only one, of which all that it says stands above. */
const isToldAbove = ({ alerts, more, title, firing, state }: IncidentCard): boolean => {
  const [only] = alerts;
  const isPlain = only?.name === title && Object.keys(only.labels).length === 0;
  return isPlain && alerts.length === 1 && more === 0 && (firing === 1) === (state !== 'resolved');
};

const Alerts = ({ incident, now }: { incident: IncidentCard; now: Instant }): VNode | null =>
  incident.alerts.length === 0 || isToldAbove(incident) ? null : (
    <div class="incident-alerts">
      <h3>
        {incident.firing} firing, {incident.resolved} over
      </h3>
      <ul>
        {incident.alerts.map((alert, at) => (
          <AlertLine key={at} alert={alert} now={now} />
        ))}
      </ul>
      {incident.more > 0 && <p class="meta">and {incident.more} more</p>}
    </div>
  );

const AlertLine = ({ alert, now }: { alert: IncidentAlert; now: Instant }): VNode => (
  <li class={alert.isFiring ? 'tone-bad' : 'tone-good'}>
    <Icon name={alert.isFiring ? 'bad' : 'good'} />
    <span class="incident-words">
      {alert.name}
      <span class="visually-hidden">{alert.isFiring ? ', firing' : ', over'}</span>
    </span>
    <span class="quiet">
      since <At at={alert.since} now={now} />
    </span>
    {Object.entries(alert.labels).map(([name, value]) => (
      <code key={name}>
        {name}={value}
      </code>
    ))}
  </li>
);

const Actions = ({ incident }: { incident: IncidentCard }): VNode | null => {
  const { number, actions, choices } = incident;
  if (actions.length + choices.length === 0) return null;
  return (
    <div class="actions">
      {choices.length > 0 && <Choice number={number} choices={choices} />}
      <div class="action-row">
        {actions
          .filter((action) => action.kind !== 'diagnose' || choices.length === 0)
          .map((action, at) => (
            <Action key={at} number={number} action={action} />
          ))}
      </div>
    </div>
  );
};

const Action = ({ number, action }: { number: number; action: IncidentAction }): VNode => {
  const to = `/console/incidents/${number}/${action.kind}`;
  switch (action.kind) {
    case 'acknowledge':
      return (
        <Act to={to} kind="primary" act="acknowledge">
          I look at it
        </Act>
      );
    case 'silence':
      return (
        <Act to={to} fields={{ for: String(action.forMs) }} act="silence">
          Silence for {spanWords(action.forMs)}
        </Act>
      );
    case 'unsilence':
      return (
        <Act to={to} act="unsilence">
          End the silence
        </Act>
      );
    case 'diagnose':
      return (
        <Act to={to} fields={action.on === null ? {} : { on: action.on }} act="diagnose">
          {action.on === null ? 'Look into it' : `Look into it on ${action.on}`}
        </Act>
      );
  }
};

/** The alert doesn't tell its machine: whoever knows says it, and that is looked into. */
const Choice = ({ number, choices }: { number: number; choices: readonly string[] }): VNode => {
  const to = `/console/incidents/${number}/diagnose`;
  return (
    <div class="incident-choice">
      <p class="question">The alert names no machine known here. Which one is it about?</p>
      {choices.length <= choicesShownMax ? (
        <div class="action-row">
          {choices.map((on) => (
            <Act key={on} to={to} kind="chip" fields={{ on }} act="choose">
              {on}
            </Act>
          ))}
        </div>
      ) : (
        <form class="action-row" hx-post={to} hx-swap="none" hx-disabled-elt="find button">
          <select name="on" aria-label="Machine" class="button">
            {choices.map((on) => (
              <option key={on} value={on}>
                {on}
              </option>
            ))}
          </select>
          <button type="submit" class="button" data-act="choose">
            Look into it there
          </button>
        </form>
      )}
    </div>
  );
};
