import type { Alert, AlertSource, MachineHint, Severity } from './alert.ts';
import { IncidentState } from './incident-card.ts';
import { flapQuietMs, flapTurnsMin, flapWindowMs, stormQuietMs } from './limits.ts';
import type { Sentence } from './sentences.ts';
import type { Actor, Instant } from './task.ts';

/** What is looked into by itself, or because somebody asked for it. */
export interface Diagnosis {
  /** `wanted`: nothing has been asked yet. `asked`: `task` is on its way. `over`: it has ended, or could not be asked. */
  state: 'wanted' | 'asked' | 'over';
  /** Counts up with each: after a fix the check runs again. */
  round: number;
  /** What is asked, from the alert's words; data. */
  request: string;
  /** The machine, by our name; null where none is known. */
  on: string | null;
  by: Actor;
  /** The task that looks; null while there is none. */
  task: number | null;
  /** The fix after which the check ran again; null for the first look. */
  after: number | null;
  /** Why nothing could be asked; null when all is plain. */
  sentence: Sentence | null;
}

/** Where an incident is told. */
export interface IncidentPlace {
  surface: string;
  channel: string;
}

/** Alerts that a source keeps together, from their beginning to their end. People call it by its number, `!17`. */
export interface Incident {
  number: number;
  /** Counts every change; what a post compares to know that it is behind. */
  revision: number;
  state: IncidentState;
  /** `storm`: no alerts of its own, it counts the incidents of a channel that would else be too many messages. */
  kind: 'alerts' | 'storm';
  /** The same for each incident of one group of one hook. */
  key: string;
  /** The hook's id. */
  via: string;
  source: AlertSource;
  title: string;
  summary: string | null;
  severity: string | null;
  level: Severity | null;
  link: string | null;
  value: string | null;
  /** Those that all of its alerts have in common so far. */
  labels: Record<string, string>;
  /** What may be its machines, the likeliest first. */
  hints: MachineHint[];
  /** Our names of its machines. */
  machines: string[];
  /** Null where it is only listed. */
  place: IncidentPlace | null;
  /** The storm that counts it in place of a message of its own; null for none. */
  storm: number | null;
  startedAt: Instant;
  endedAt: Instant | null;
  /** Its alerts now, by what they do; of a storm, its incidents. */
  firing: number;
  resolved: number;
  /** How often it was told altogether. */
  times: number;
  /** When it fired again after its end, of late, oldest first. */
  turns: Instant[];
  acknowledgedBy: Actor | null;
  silencedUntil: Instant | null;
  /** When the clock has to look at it; null for never. */
  dueAt: Instant | null;
  diagnosis: Diagnosis | null;
  /** Why it was closed though its source has not ended it; not there otherwise. */
  closed?: Sentence;
  updatedAt: Instant;
}

/** One alert of an incident, as it was told last. */
export interface StoredAlert {
  incident: number;
  /** The source's own key, as a digest. */
  key: string;
  isFiring: boolean;
  since: Instant;
  endedAt: Instant | null;
  times: number;
  /** Without its secrets. */
  alert: Alert;
}

/** What may happen to an incident. A change of its state is committed with its audit entry. */
export type IncidentEvent =
  /** Its alerts were told again, more of them or fewer: counted only. */
  | { kind: 'change' }
  /** It fires again after its end. */
  | { kind: 'fire' }
  /** The last of its alerts has ended. */
  | { kind: 'resolve' }
  | { kind: 'acknowledge'; by: Actor }
  | { kind: 'silence'; by: Actor; until: Instant }
  | { kind: 'unsilence'; by: Actor }
  /** The silence is over. */
  | { kind: 'wake' }
  /** It has been quiet for long enough to say how it stands. */
  | { kind: 'calm' }
  /** Its source will not end it, or has forgotten it. */
  | { kind: 'close'; why: Sentence };
export type IncidentEventKind = IncidentEvent['kind'];

const S = IncidentState;

/** Where each event may lead from each state; docs/state-machine.md draws it, as it does the tasks' table. */
export const incidentTable: {
  readonly [S in IncidentState]: { readonly [K in IncidentEventKind]?: readonly IncidentState[] };
} = {
  firing: {
    change: [S.firing],
    resolve: [S.resolved],
    acknowledge: [S.acknowledged],
    silence: [S.silenced],
    calm: [S.firing, S.resolved],
    close: [S.resolved],
  },
  acknowledged: {
    change: [S.acknowledged],
    resolve: [S.resolved],
    silence: [S.silenced],
    calm: [S.acknowledged, S.resolved],
    close: [S.resolved],
  },
  silenced: {
    change: [S.silenced],
    fire: [S.silenced],
    resolve: [S.resolved],
    silence: [S.silenced],
    unsilence: [S.firing, S.acknowledged, S.resolved],
    wake: [S.firing, S.acknowledged, S.resolved],
    close: [S.resolved],
  },
  flapping: {
    change: [S.flapping],
    fire: [S.flapping],
    resolve: [S.flapping],
    acknowledge: [S.flapping],
    silence: [S.silenced],
    calm: [S.firing, S.acknowledged, S.resolved],
    close: [S.resolved],
  },
  resolved: {
    change: [S.resolved],
    fire: [S.firing, S.silenced, S.flapping],
    unsilence: [S.resolved],
  },
};

/** Either the incident after the event, or the news that this event means nothing in this state: a lost race. */
export type IncidentTransition = { moved: true; incident: Incident } | { moved: false; from: IncidentState };

/**
 * Moves an incident. Pure: the same incident and event give the same incident. Its counts are right already.
 *
 * @param now the store's clock at the commit.
 */
export const transitionIncident = (
  incident: Incident,
  event: IncidentEvent,
  now: Instant,
): IncidentTransition => {
  const allowed = incidentTable[incident.state][event.kind];
  if (!allowed) return { moved: false, from: incident.state };
  const changed = { ...incident, ...changeOf(incident, event, now) };
  const dueAt = dueOf(changed, event, now);
  const next = { ...changed, dueAt, revision: incident.revision + 1, updatedAt: now };
  if (!allowed.includes(next.state)) {
    throw new Error(`incident table: ${incident.state} + ${event.kind} may not give ${next.state}`);
  }
  return { moved: true, incident: next };
};

const changeOf = (incident: Incident, event: IncidentEvent, now: Instant): Partial<Incident> => {
  const { state } = incident;
  switch (event.kind) {
    case 'change':
      return {};
    case 'fire':
      return fired(incident, now);
    case 'resolve':
      return { endedAt: now, ...(state === S.flapping ? {} : { state: S.resolved }) };
    case 'acknowledge':
      return { acknowledgedBy: event.by, ...(state === S.flapping ? {} : { state: S.acknowledged }) };
    case 'silence':
      return { state: S.silenced, silencedUntil: event.until };
    case 'unsilence':
      return state === S.resolved
        ? { silencedUntil: null }
        : { silencedUntil: null, state: plainState(incident) };
    case 'wake':
      return { silencedUntil: null, state: plainState(incident) };
    case 'close':
      return closedBy(incident, event.why, now);
    case 'calm': {
      const state = plainState(incident);
      return state === S.resolved && incident.endedAt === null ? { state, endedAt: now } : { state };
    }
  }
};

/** Its alerts are counted as ended, which nobody has said of them: so the message says why, and they never go on. */
const closedBy = (
  { firing, resolved, endedAt }: Incident,
  why: Sentence,
  now: Instant,
): Partial<Incident> => ({
  ...{ state: S.resolved, firing: 0, resolved: resolved + firing, endedAt: endedAt ?? now },
  ...{ silencedUntil: null, closed: why },
});

/** Whoever looked at it before its end need not know that it is back, so the acknowledgement ends with it. */
const fired = (incident: Incident, now: Instant): Partial<Incident> => {
  const turns = recentTurns([...incident.turns, now], now);
  const { silencedUntil } = incident;
  if (incident.state === S.flapping || incident.state === S.silenced) return { turns, endedAt: null };
  const isSilent = silencedUntil !== null && silencedUntil > now;
  const state = isSilent ? S.silenced : stateByTurns(turns);
  return { turns, endedAt: null, acknowledgedBy: null, state };
};

/** Told again after its end so often that each time says nothing new. */
export const stateByTurns = (turns: readonly Instant[]): IncidentState =>
  turns.length >= flapTurnsMin ? S.flapping : S.firing;

/** Those that still count for flapping. */
export const recentTurns = (turns: readonly Instant[], now: Instant): Instant[] =>
  turns.filter((at) => at > now - flapWindowMs).slice(-flapTurnsMin);

const plainState = ({ firing, acknowledgedBy }: Incident): IncidentState => {
  if (firing === 0) return S.resolved;
  return acknowledgedBy ? S.acknowledged : S.firing;
};

const dueOf = (incident: Incident, event: IncidentEvent, now: Instant): Instant | null => {
  const { state, kind, dueAt } = incident;
  if (state === S.silenced) return incident.silencedUntil;
  if (state === S.flapping) {
    const isTurn = event.kind === 'fire' || event.kind === 'resolve';
    return isTurn || dueAt === null ? now + flapQuietMs : dueAt;
  }
  if (kind !== 'storm' || state === S.resolved) return null;
  return event.kind === 'acknowledge' ? dueAt : now + stormQuietMs;
};
