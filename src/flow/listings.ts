import type { Agent, AgentLoad } from '../core/agent.ts';
import type { Card } from '../core/card.ts';
import { IdentityState } from '../core/enrolment.ts';
import { spanWords } from '../core/figure-words.ts';
import { helpListing } from '../core/help-listing.ts';
import { type IncidentCard, IncidentState } from '../core/incident-card.ts';
import { type Listing, type ListingRow, ListKind } from '../core/listing.ts';
import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf, type Roster } from '../core/policy/roster.ts';
import { runbookHistory } from '../core/runbook-history.ts';
import { scheduleWords } from '../core/schedule-words.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { type Actor, type Instant, isTaskEnded, TaskState } from '../core/task.ts';
import type { Watch } from '../core/watch.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlertDesk } from './alert-desk.ts';
import type { Desk } from './desk.ts';
import { listRowsMax } from './limits.ts';
import type { RunbookDesk, RunbookLine } from './runbook-desk.ts';
import type { Watches } from './watches.ts';

export type ListOutcome = { kind: 'listing'; listing: Listing } | { kind: 'refused'; sentence: Sentence };

export interface ListingParts {
  desk: Desk;
  /** Null while no alerts are taken. */
  alerts: AlertDesk | null;
  /** Null while no alerts are taken. */
  watches: Watches | null;
  runbooks: RunbookDesk;
  roster: Roster;
  clock: Clock;
}

/** Makes the list that somebody asked for, of what that person may see. */
export const listFor = async (parts: ListingParts, list: ListKind, by: Actor): Promise<ListOutcome> => {
  const identity = identityOf(by);
  const role = parts.roster.roleOf(identity);
  if (!isAtLeast(role, Role.viewer)) {
    const values = { identity, role, needed: Role.viewer, verb: 'look at' };
    return { kind: 'refused', sentence: sentence('role_missing', values) };
  }
  const mayAsk = isAtLeast(role, Role.operator);
  if (list !== ListKind.help) return { kind: 'listing', listing: await listings[list](parts, mayAsk) };
  const name = parts.roster.personOf(identity)?.name ?? null;
  return { kind: 'listing', listing: helpListing(identity, name, role) };
};

const listings: Record<
  Exclude<ListKind, 'help'>,
  (parts: ListingParts, mayAsk: boolean) => Promise<Listing>
> = {
  agents: async ({ desk, clock }) => {
    const now = clock.now();
    const agents = [...(await desk.agents())].sort(byName);
    return {
      kind: ListKind.agents,
      title: 'Machines',
      ...rowsOf(agents, (agent) => agentRow(agent, now), 'more. Say the name of one to ask about it.'),
      empty: sentence('no_agents', {}).text,
    };
  },
  tasks: async ({ desk, clock }) => {
    const now = clock.now();
    const limit = listRowsMax + 1;
    const open = await desk.cards({ states: openStates, limit });
    const latest = open.length > listRowsMax ? [] : await desk.cards({ limit });
    const ended = latest.filter(({ state }) => isTaskEnded(state));
    const cards = [...open, ...ended];
    return {
      kind: ListKind.tasks,
      title: 'Tasks',
      rows: cards.slice(0, listRowsMax).map((card) => taskRow(card, now)),
      empty: 'Nothing has been asked yet. Say what you want to know, for example "check memory".',
      foot: cards.length > listRowsMax ? 'There are more. "task 1042" shows the one of that number.' : null,
    };
  },
  runbooks: async ({ runbooks, clock }, mayAsk) => ({
    kind: ListKind.runbooks,
    title: 'Runbooks',
    ...rowsOf(
      (await runbooks.list()).filter(isUsed),
      (runbook) => runbookRow(runbook, mayAsk, clock.now()),
      'more. Say what you want in your own words: the nearest is found.',
    ),
    empty: 'There are no runbooks on this server.',
  }),
  alerts: async ({ alerts, clock }) => {
    const now = clock.now();
    const open = (await alerts?.incidents({ states: openIncidents, limit: listRowsMax + 1 })) ?? [];
    return {
      kind: ListKind.alerts,
      title: 'Alerts',
      rows: open.slice(0, listRowsMax).map((incident) => incidentRow(incident, now)),
      empty: alerts === null ? sentence('alerts_off', {}).text : 'No alert is open.',
      foot: open.length > listRowsMax ? 'There are more, older ones.' : null,
    };
  },
  watches: async ({ watches }) => ({
    kind: ListKind.watches,
    title: 'Watches',
    ...rowsOf((await watches?.list()) ?? [], watchRow, 'more. `npx nerdy watch list` shows them all.'),
    empty:
      watches === null
        ? sentence('alerts_off', {}).text
        : 'Nothing is watched. Say for example: watch disk on db1 every 5 minutes when disk > 90 %',
  }),
};

const openStates: readonly TaskState[] = Object.values(TaskState).filter((state) => !isTaskEnded(state));
const openIncidents: readonly IncidentState[] = Object.values(IncidentState).filter(
  (state) => state !== IncidentState.resolved,
);

/** The first of them as rows, and beneath how many are left out. */
const rowsOf = <T>(
  all: readonly T[],
  rowOf: (one: T) => ListingRow,
  more: string,
): Pick<Listing, 'rows' | 'foot'> => ({
  rows: all.slice(0, listRowsMax).map(rowOf),
  foot: all.length > listRowsMax ? `${all.length - listRowsMax} ${more}` : null,
});

const byName = (a: Agent, b: Agent): number => a.name.localeCompare(b.name, 'en', { numeric: true });

const nothing = { detail: null, task: null, request: null };

const agentRow = ({ name, labels, facts, online, identity, load, lastSeenAt }: Agent, now: Instant) => {
  const isSuspended = identity?.state === IdentityState.suspended;
  const labelWords = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    ...nothing,
    tone: isSuspended ? ('bad' as const) : online ? ('good' as const) : ('quiet' as const),
    name,
    words: [`${facts.platform} ${facts.arch}`, ...labelWords].join(' · '),
    detail: isSuspended
      ? 'Suspended: an admin must resume it.'
      : online
        ? load && loadWords(load)
        : `Offline for ${spanWords(now - lastSeenAt)}.`,
  };
};

const loadWords = (load: AgentLoad): string =>
  [
    `CPU ${percent(load.cpuFraction, 1)}`,
    `memory ${percent(load.memoryUsedBytes, load.memoryTotalBytes)}`,
    `disk ${percent(load.diskUsedBytes, load.diskTotalBytes)}`,
  ].join(' · ');

const percent = (part: number, whole: number): string =>
  whole > 0 ? `${Math.round((part / whole) * 100)} %` : '–';

const taskRow = (card: Card, now: Instant): ListingRow => ({
  ...nothing,
  tone: card.tone,
  name: `#${card.task}`,
  words: card.request,
  detail: `${card.headline} · ${card.asker.name} · ${spanWords(now - card.askedAt)} ago`,
  task: card.task,
});

/** A retired one has nothing to be asked for. */
const isUsed = ({ retiredAt }: RunbookLine): boolean => retiredAt === null;

const runbookRow = (line: RunbookLine, mayAsk: boolean, now: Instant): ListingRow => {
  const { name, version, summary, examples, isBehindFile } = line;
  const example = examples[0] ?? null;
  const history = runbookHistory(line, now);
  return {
    ...nothing,
    tone: 'quiet',
    name: version === null ? name : `${name} v${version}`,
    words: isBehindFile ? `Kept, and not found: the file runbooks/${name}.yml goes first.` : summary,
    detail: [example && `"${example}"`, history].filter((words) => words !== null).join(' · ') || null,
    // What has a place for a name can't be asked as it stands.
    request: mayAsk && example && !/\{\w+\}/.test(example) ? example : null,
  };
};

const watchRow = (watch: Watch): ListingRow => ({
  ...nothing,
  tone: watch.task === null ? 'quiet' : 'working',
  name: watch.name,
  words: [
    watch.on === null ? watch.request : `${watch.request} on ${watch.on}`,
    `${scheduleWords(watch.cron)} (${watch.timezone})`,
    watch.condition,
  ].join(' · '),
  detail: watch.says ?? 'Not looked yet.',
  task: watch.task,
});

const incidentRow = (incident: IncidentCard, now: Instant): ListingRow => ({
  ...nothing,
  tone: incident.tone,
  name: `!${incident.number}`,
  words: incident.title,
  detail: [incident.headline, incident.machines.join(', '), `${spanWords(now - incident.startedAt)} ago`]
    .filter((words) => words !== '')
    .join(' · '),
});
