import type { Incident, IncidentPlace } from './incident.ts';
import { IncidentState } from './incident-card.ts';
import { stormQuietMs } from './limits.ts';
import type { Instant } from './task.ts';

/** How many incidents one channel was told of lately. */
export interface StormWatch {
  place: IncidentPlace;
  /** When the window began in which `opened` are counted. */
  since: Instant;
  opened: number;
  lastAt: Instant;
  /** The storm that is on, or was on last; null for none yet. */
  storm: number | null;
}

/** Above `incidents` new ones within `windowMs`, a storm. */
export interface StormBounds {
  incidents: number;
  windowMs: number;
}

/** `alone`: it has a message of its own. `joins`: it is counted in the storm's. `begins`: the storm begins with it. */
export type StormVerdict = 'alone' | 'joins' | 'begins';

/** Counts one more new incident in this channel. Pure. */
export const countOpening = (
  watch: StormWatch,
  now: Instant,
  bounds: StormBounds,
): { watch: StormWatch; verdict: StormVerdict } => {
  const isOver = now - watch.since > bounds.windowMs;
  const counted = isOver
    ? { ...watch, since: now, opened: 1, lastAt: now }
    : { ...watch, opened: watch.opened + 1, lastAt: now };
  if (watch.storm !== null && now - watch.lastAt < stormQuietMs) return { watch: counted, verdict: 'joins' };
  const verdict = counted.opened > bounds.incidents ? 'begins' : 'alone';
  return { watch: verdict === 'alone' ? { ...counted, storm: null } : counted, verdict };
};

/** The storm that begins with `first`, which it doesn't count yet. */
export const stormFrom = (number: number, first: Incident, place: IncidentPlace, now: Instant): Incident => ({
  ...first,
  number,
  revision: 1,
  state: IncidentState.firing,
  kind: 'storm',
  key: `storm ${place.surface} ${place.channel}`,
  via: 'storm',
  title: 'Many alerts at once',
  ...{ summary: null, severity: null, level: null, link: null, value: null },
  labels: {},
  hints: [],
  machines: [],
  place,
  storm: null,
  startedAt: now,
  endedAt: null,
  ...{ firing: 0, resolved: 0, times: 0 },
  turns: [],
  acknowledgedBy: null,
  silencedUntil: null,
  dueAt: now + stormQuietMs,
  diagnosis: null,
  updatedAt: now,
});

/** A storm after one of its incidents was told: `before` is null for one that joins now. */
export const stormAfter = (
  storm: Incident,
  before: Incident | null,
  after: Incident,
  now: Instant,
): Incident => {
  const was = before ? Number(before.firing > 0) : 0;
  const wasOver = before ? 1 - was : 0;
  const is = Number(after.firing > 0);
  return {
    ...storm,
    revision: storm.revision + 1,
    firing: storm.firing + is - was,
    resolved: storm.resolved + (1 - is) - wasOver,
    times: storm.times + after.times - (before?.times ?? 0),
    dueAt: before || storm.state === IncidentState.silenced ? storm.dueAt : now + stormQuietMs,
    updatedAt: now,
  };
};
