import type { VNode } from 'preact';
import type { Agent } from '../core/agent.ts';
import { certificateEnd } from '../core/certificate-end.ts';
import { IdentityState } from '../core/enrolment.ts';
import { bytesWords } from '../core/figure-words.ts';
import { sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import { visible } from '../core/visible.ts';
import { Icon } from './render-icons.tsx';
import { Act } from './render-parts.tsx';
import { Spark } from './render-spark.tsx';
import { At, Span } from './render-times.tsx';

const isHeld = ({ identity }: Agent): boolean => identity?.state === IdentityState.suspended;

/** What waits for a person stands first. */
const byName = (a: Agent, b: Agent): number =>
  Number(isHeld(b)) - Number(isHeld(a)) ||
  Number(b.online) - Number(a.online) ||
  a.name.localeCompare(b.name, 'en', { numeric: true });

/** The machines: their state and load. A click names one in the composer. */
export const AgentList = (props: { agents: readonly Agent[]; now: Instant; oob: boolean }): VNode => (
  <div id="agent-list" hx-swap-oob={props.oob ? 'morph' : undefined}>
    {props.agents.length === 0 ? (
      <p class="agents-none">
        No machine has joined yet. Add one, or start an agent here with <code>npx nerdy agent</code>.
      </p>
    ) : (
      <ul class="agent-list">
        {[...props.agents].sort(byName).map((agent) => (
          <AgentItem key={agent.id} agent={agent} now={props.now} />
        ))}
      </ul>
    )}
  </div>
);

/** The count of machines, on the button that opens their column on a phone. */
export const AgentCount = ({ agents, oob }: { agents: readonly Agent[]; oob: boolean }): VNode => {
  const online = agents.filter((a) => a.online).length;
  const all = online === agents.length;
  return (
    <span id="agent-count" class="agent-count" hx-swap-oob={oob ? 'morph' : undefined}>
      <span class={all && online > 0 ? 'dot on' : 'dot off'} aria-hidden="true" />
      {all ? `${online} online` : `${online} of ${agents.length} online`}
    </span>
  );
};

const AgentItem = ({ agent, now }: { agent: Agent; now: Instant }): VNode => {
  const { facts, load, identity } = agent;
  const isHeld = identity?.state === IdentityState.suspended;
  const end = isHeld ? null : certificateEnd(identity, now);
  return (
    <li id={`agent-${agent.id}`}>
      <button
        type="button"
        class={agent.online ? 'agent' : 'agent offline'}
        data-on={agent.name}
        title={
          visible(
            `${facts.osVersion}, ${facts.arch}, ${facts.cpus} CPUs, ${bytesWords(facts.memoryBytes)}, agent ${facts.agentVersion}`,
          ).text
        }
      >
        <span class="agent-line">
          <span class={`dot ${isHeld ? 'held' : agent.online ? 'on' : 'off'}`} aria-hidden="true" />
          <b>{agent.name}</b>
          <span class="quiet">{facts.platform}</span>
          {!agent.online && (
            <span class="quiet last-seen">
              {isHeld ? 'suspended' : 'offline'}, seen <Span at={agent.lastSeenAt} now={now} way="since" />{' '}
              ago
            </span>
          )}
        </span>
        {Object.keys(agent.labels).length > 0 && (
          <span class="labels">
            {Object.entries(agent.labels).map(([key, value]) => (
              <span class="label" key={key}>
                {key}={value}
              </span>
            ))}
          </span>
        )}
        {agent.online && load && (
          <span class="loads">
            <Load
              name="CPU"
              fraction={load.cpuFraction}
              detail={`load ${load.load1.toFixed(2)}`}
              hour={load.history?.cpu}
            />
            <Load
              name="Mem"
              {...share(load.memoryUsedBytes, load.memoryTotalBytes)}
              hour={load.history?.memory}
            />
            <Load name="Disk" {...share(load.diskUsedBytes, load.diskTotalBytes)} hour={load.history?.disk} />
          </span>
        )}
      </button>
      {isHeld && (
        <div class="agent-held">
          <p>{visible(identity.why?.text ?? '').text}</p>
          <Act to={`/console/machines/${agent.name}/resume`} label={`Resume ${agent.name}`}>
            Resume
          </Act>
        </div>
      )}
      {end && <p class="agent-note">{end.text}</p>}
      {identity && <AgentMore agent={agent} until={identity.certificateUntil} now={now} />}
    </li>
  );
};

/** What is seldom wanted of an enrolled machine, and what can't be undone. */
const AgentMore = ({ agent, until, now }: { agent: Agent; until: Instant; now: Instant }): VNode => {
  const id = `remove-${agent.id}`;
  return (
    <details class="agent-more" id={`more-${agent.id}`}>
      <summary aria-label={`More about ${agent.name}`} title="More">
        <Icon name="more" />
      </summary>
      <div class="agent-inside">
        <p class="quiet">
          Its certificate is good until <At at={until} now={now} />; the agent renews it by itself.
        </p>
        <form
          class="confirm"
          id={id}
          hx-post={`/console/machines/${agent.name}/remove`}
          hx-swap="none"
          hx-disabled-elt="find fieldset"
          data-typed={agent.name}
          data-wrong={`is not ${agent.name}`}
          autocomplete="off"
        >
          <label for={`${id}-text`}>{sentence('confirm_remove', { name: agent.name }).text}</label>
          <fieldset class="confirm-row">
            <input
              id={`${id}-text`}
              class="confirm-text"
              name="confirm"
              type="text"
              required
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              aria-describedby={`${id}-said`}
            />
            <button type="submit" class="button danger" disabled>
              Remove
            </button>
          </fieldset>
          <p class="confirm-said" id={`${id}-said`} aria-live="polite" />
        </form>
      </div>
    </details>
  );
};

const share = (used: number, total: number): { fraction: number; detail: string } => ({
  fraction: total > 0 ? used / total : 0,
  detail: `${bytesWords(used)} of ${bytesWords(total)}`,
});

/** From here on a load is something to look at, and beyond the second one to act on. */
const loadHigh = 0.8;
const loadFull = 0.92;

const Load = (props: {
  name: string;
  fraction: number;
  detail: string;
  /** Percents of the last minutes. */
  hour: readonly (number | null)[] | undefined;
}): VNode => {
  const fraction = Math.min(1, Math.max(0, Number.isFinite(props.fraction) ? props.fraction : 0));
  const level = fraction >= loadFull ? 'full' : fraction >= loadHigh ? 'high' : 'fine';
  return (
    <span class={`load load-${level}`} title={props.detail}>
      <span class="load-name">{props.name}</span>
      <span class="load-value">{Math.round(fraction * 100)} %</span>
      {props.hour && <Spark name={props.name} values={props.hour} />}
      <svg class="bar" width="100%" height="4" aria-hidden="true">
        <rect width={`${(fraction * 100).toFixed(1)}%`} height="4" rx="2" />
      </svg>
    </span>
  );
};

/** The column itself: beside the chat on a desk, a drawer on a phone. */
export const AgentColumn = ({ agents, now }: { agents: readonly Agent[]; now: Instant }): VNode => (
  <aside id="agents" class="agents" popover="auto" aria-label="Machines">
    <div class="agents-head">
      <h2>Machines</h2>
      <AgentCount agents={agents} oob={false} />
      <button type="button" class="button add" popovertarget="join">
        Add
      </button>
      <button
        type="button"
        class="button icon-only drawer-close"
        popovertarget="agents"
        popovertargetaction="hide"
        aria-label="Close"
      >
        <Icon name="close" />
      </button>
    </div>
    <div id="agents-said" class="said" role="alert" />
    <AgentList agents={agents} now={now} oob={false} />
  </aside>
);
