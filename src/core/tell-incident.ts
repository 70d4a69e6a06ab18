import { type Alert, AlertStatus, Severity } from './alert.ts';
import {
  type Incident,
  type IncidentEventKind,
  type IncidentPlace,
  recentTurns,
  type StoredAlert,
  stateByTurns,
  transitionIncident,
} from './incident.ts';
import { IncidentState } from './incident-card.ts';
import {
  flapQuietMs,
  incidentLabelsMax,
  incidentMachinesMax,
  incidentReopenMs,
  lateTellMs,
} from './limits.ts';
import type { Actor, Instant } from './task.ts';

/** An alert on its way in, without its secrets. */
export interface ToldAlert {
  /** The digest of the source's own key. */
  key: string;
  alert: Alert;
  /** Our names of its machines. */
  machines: readonly string[];
}

/** What is told of one group of one hook. */
export interface Telling {
  /** In the order of the delivery. */
  told: readonly ToldAlert[];
  key: string;
  via: string;
  place: IncidentPlace | null;
  /** The latest incident of this key, and its alerts among those that are told; null and none for the first. */
  known: Incident | null;
  rows: readonly StoredAlert[];
  /** What a new incident is called. */
  nextIncident: number;
  now: Instant;
}

/** What the telling comes to; null where nothing is known that it could be about: an end of what never began. */
export interface Told {
  incident: Incident;
  isNew: boolean;
  alerts: StoredAlert[];
  /** Each step of the state, for the audit log. */
  steps: {
    event: Exclude<IncidentEventKind, 'change'> | 'open';
    from: IncidentState | null;
    to: IncidentState;
  }[];
}

/**
 * Adds what was told to its incident, or opens one. Pure.
 *
 * A delivery that names one alert twice tells two things after each other; else all of it is one step, so that an
 * alert which ends while another begins ends no incident.
 */
export const tellIncident = (telling: Telling): Told | null => {
  let state: Working = { telling, told: null, rows: new Map(telling.rows.map((r) => [r.key, r])) };
  for (const pass of passesOf(telling.told)) state = tellPass(state, pass);
  return state.told;
};

const passesOf = (told: readonly ToldAlert[]): ToldAlert[][] => {
  const passes: ToldAlert[][] = [];
  let keys = new Set<string>();
  for (const one of told) {
    if (keys.has(one.key)) keys = new Set();
    if (keys.size === 0) passes.push([]);
    keys.add(one.key);
    passes.at(-1)?.push(one);
  }
  return passes;
};

interface Working {
  telling: Telling;
  told: Told | null;
  /** By the alert's key, of the incident as it is now. */
  rows: Map<string, StoredAlert>;
}

const tellPass = (working: Working, pass: readonly ToldAlert[]): Working => {
  const { telling, rows } = working;
  const { now } = telling;
  const current = working.told?.incident ?? telling.known;
  const isOpen = current !== null && canGoOn(current, now);
  const fires = pass.filter(
    ({ key, alert }) => !isEnd(alert) && !isLate(alert, isOpen ? rows.get(key) : undefined, now),
  );
  if (!isOpen && fires.length === 0) return working;
  const base = isOpen ? current : openedBy(telling, fires, current);
  const kept = isOpen ? rows : new Map<string, StoredAlert>();
  const news = isOpen ? pass : fires;
  const next = new Map(kept);
  for (const one of news) {
    const row = rowAfter(one, kept.get(one.key), base.number, now);
    if (row) next.set(one.key, row);
  }
  const changed = [...next.values()].filter((row) => kept.get(row.key) !== row);
  if (changed.length === 0) return working;
  const counted = withCounts(base, kept, changed, news);
  const { incident, steps } = isOpen ? moved(base, counted, news, now) : opened(counted);
  return {
    telling,
    rows: next,
    told: {
      incident,
      isNew: working.told?.isNew === true || !isOpen,
      alerts: mergeRows(working.told?.alerts ?? [], changed),
      steps: [...(working.told?.steps ?? []), ...steps],
    },
  };
};

const isEnd = (alert: Alert): boolean => alert.status === AlertStatus.resolved;

/** Told again as firing just after its end, with the beginning that it had: the news overtook each other on the way. */
const isLate = (alert: Alert, row: StoredAlert | undefined, now: Instant): boolean =>
  row !== undefined &&
  !row.isFiring &&
  alert.startsAt !== null &&
  alert.startsAt === row.alert.startsAt &&
  row.endedAt !== null &&
  now - row.endedAt < lateTellMs;

/** True while what is told belongs to this incident and makes no new one. */
const canGoOn = (incident: Incident, now: Instant): boolean =>
  incident.state !== IncidentState.resolved ||
  (incident.silencedUntil !== null && incident.silencedUntil > now) ||
  (!incident.closed && incident.endedAt !== null && now - incident.endedAt < incidentReopenMs);

/** The alert's row after it was told; null where that says nothing of it. */
const rowAfter = (
  { key, alert }: ToldAlert,
  row: StoredAlert | undefined,
  incident: number,
  now: Instant,
): StoredAlert | null => {
  if (isEnd(alert)) {
    // The end of an occurrence before this one says nothing of this one.
    const isOld =
      row?.alert.startsAt != null && alert.startsAt !== null && alert.startsAt < row.alert.startsAt;
    if (!row?.isFiring || isOld) return null;
    return { ...row, isFiring: false, endedAt: alert.endsAt ?? now, times: row.times + 1, alert };
  }
  if (isLate(alert, row, now)) return null;
  const since = row?.isFiring ? row.since : (alert.startsAt ?? now);
  return { incident, key, isFiring: true, since, endedAt: null, times: (row?.times ?? 0) + 1, alert };
};

/** Later rows of one alert stand for earlier ones. */
const mergeRows = (before: readonly StoredAlert[], after: readonly StoredAlert[]): StoredAlert[] => {
  const at = (row: StoredAlert): string => `${row.incident} ${row.key}`;
  return [...new Map([...before, ...after].map((row) => [at(row), row])).values()];
};

const severities: readonly Severity[] = Object.values(Severity);

const openedBy = (telling: Telling, fires: readonly ToldAlert[], before: Incident | null): Incident => {
  const { now, key, via, place, nextIncident } = telling;
  const first = fires[0] as ToldAlert;
  const { alert } = first;
  const starts = fires.map((f) => f.alert.startsAt ?? now);
  // What ended a while ago and is back is told anew, but remembered: the next times it flaps.
  const turns = before ? recentTurns([...before.turns, now], now) : [];
  const state = stateByTurns(turns);
  return {
    number: nextIncident,
    revision: 0,
    state,
    kind: 'alerts',
    ...{ key, via, place, turns },
    source: alert.source,
    title: alert.title,
    summary: alert.summary,
    severity: alert.severity,
    level: alert.level,
    link: alert.link,
    value: alert.value,
    labels: Object.fromEntries(Object.entries(alert.labels).slice(0, incidentLabelsMax)),
    hints: alert.machines,
    machines: [],
    storm: null,
    startedAt: Math.min(now, ...starts),
    endedAt: null,
    ...{ firing: 0, resolved: 0, times: 0 },
    acknowledgedBy: null,
    silencedUntil: null,
    dueAt: state === IncidentState.flapping ? now + flapQuietMs : null,
    diagnosis: null,
    updatedAt: now,
  };
};

const withCounts = (
  base: Incident,
  kept: ReadonlyMap<string, StoredAlert>,
  changed: readonly StoredAlert[],
  news: readonly ToldAlert[],
): Incident => {
  let { firing, resolved, labels, level, severity } = base;
  for (const row of changed) {
    const before = kept.get(row.key);
    if (before?.isFiring) firing -= 1;
    else if (before) resolved -= 1;
    if (row.isFiring) firing += 1;
    else resolved += 1;
    if (!before) labels = common(labels, row.alert.labels);
    const rank = (of: Severity | null): number => (of === null ? severities.length : severities.indexOf(of));
    if (row.isFiring && rank(row.alert.level) < rank(level)) ({ level, severity } = row.alert);
  }
  const machines = [...new Set([...base.machines, ...news.flatMap((n) => n.machines)])];
  const last = news.findLast((n) => !isEnd(n.alert))?.alert;
  return {
    ...base,
    ...{ firing, resolved, labels, level, severity },
    ...(last && base.firing + base.resolved <= 1 ? { summary: last.summary, value: last.value } : {}),
    machines: machines.slice(0, incidentMachinesMax),
    times: base.times + changed.length,
  };
};

const common = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(a).filter(([name, value]) => b[name] === value));

type Moved = Pick<Told, 'incident' | 'steps'>;

const opened = (incident: Incident): Moved => ({
  incident: { ...incident, revision: 1 },
  steps: [{ event: 'open', from: null, to: incident.state }],
});

const moved = (before: Incident, counted: Incident, news: readonly ToldAlert[], now: Instant): Moved => {
  const kind =
    before.firing === 0 && counted.firing > 0
      ? 'fire'
      : before.firing > 0 && counted.firing === 0
        ? 'resolve'
        : 'change';
  const first = step(counted, { kind }, now);
  const looks = news.find((n) => n.alert.status === AlertStatus.acknowledged)?.alert;
  if (!looks || first.incident.state !== IncidentState.firing) return first;
  const second = step(first.incident, { kind: 'acknowledge', by: sourceActor(looks) }, now);
  return { incident: second.incident, steps: [...first.steps, ...second.steps] };
};

const step = (incident: Incident, event: Parameters<typeof transitionIncident>[1], now: Instant): Moved => {
  const transition = transitionIncident(incident, event, now);
  if (!transition.moved) throw new Error(`incident ${incident.number}: ${event.kind} in ${incident.state}`);
  const { incident: next } = transition;
  if (event.kind === 'change') return { incident: next, steps: [] };
  return { incident: next, steps: [{ event: event.kind, from: incident.state, to: next.state }] };
};

/** The actor of what monitoring itself says. */
export const sourceActor = ({ source }: Pick<Alert, 'source'>): Actor => ({
  kind: 'alert',
  surface: 'alert',
  id: source,
  name: `the alert of ${source}`,
});
