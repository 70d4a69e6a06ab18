import { AlertStatus } from '../core/alert.ts';
import type { AlertSettings } from '../core/alert-settings.ts';
import type { Incident } from '../core/incident.ts';
import { IncidentState } from '../core/incident-card.ts';
import { iso } from '../core/iso.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { closeIncident } from './close-incident.ts';
import { alertsLookedAt, incidentKeepSweepMs, incidentPageMax, ranOutGraceMs } from './limits.ts';
import { Worker } from './worker.ts';

/**
 * Closes what its source never ends: what it has not told of for days, and what it said would hold until an instant
 * that is past, as Prometheus does (https://prometheus.io/docs/alerting/latest/clients/).
 */
export const incidentKeeper = (parts: {
  store: Store;
  settings: Pick<AlertSettings, 'closeAfterMs'>;
  clock: Clock;
  log: Log;
}): Worker =>
  new Worker({
    ...parts,
    name: 'incident-keeper',
    sweepMs: incidentKeepSweepMs,
    pass: async (signal) => {
      const { store, clock } = parts;
      for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null && !signal.aborted; ) {
        const page: Incident[] = await store.listIncidents({
          states: openStates,
          before,
          limit: incidentPageMax,
        });
        for (const incident of page) {
          if (isOfSource(incident)) await look(parts, incident, clock.now());
        }
        before = page.length < incidentPageMax ? null : (page.at(-1)?.number ?? null);
      }
    },
  });

/** A silence ends by itself first. */
const openStates: readonly IncidentState[] = [
  IncidentState.firing,
  IncidentState.acknowledged,
  IncidentState.flapping,
];

/** A storm ends with the incidents that it counts. */
const isOfSource = ({ kind }: Incident): boolean => kind === 'alerts';

const look = async (
  { store, settings: { closeAfterMs } }: Parameters<typeof incidentKeeper>[0],
  incident: Incident,
  now: Instant,
): Promise<void> => {
  const isForgotten = (one: Incident, at: Instant): boolean =>
    closeAfterMs !== null && at - one.updatedAt >= closeAfterMs;
  if (isForgotten(incident, now)) {
    await closeIncident(store, incident.number, (one, at) =>
      isForgotten(one, at) ? forgotten(one, at) : null,
    );
    return;
  }
  if (now - incident.updatedAt < ranOutGraceMs) return;
  const end = await heldUntil(store, incident.number);
  if (end === null || now - end < ranOutGraceMs) return;
  const { revision } = incident;
  const why = sentence('incident_ran_out', { at: minuteOf(end) });
  await closeIncident(store, incident.number, (one) => (one.revision === revision ? why : null));
};

/** When the last of its alerts was to hold no longer; null where one of them says nothing of that. */
const heldUntil = async (store: Pick<Store, 'listAlerts'>, number: number): Promise<Instant | null> => {
  const alerts = await store.listAlerts(number, alertsLookedAt);
  const firing = alerts.filter((row) => row.isFiring && row.alert.status !== AlertStatus.resolved);
  const ends = firing.map((row) => row.alert.endsAt);
  if (firing.length === 0 || firing.length === alertsLookedAt) return null;
  return ends.reduce<Instant | null>(
    (last, end) => (last === null || end === null ? null : Math.max(last, end)),
    Number.MIN_SAFE_INTEGER,
  );
};

const forgotten = ({ updatedAt }: Incident, now: Instant): Sentence =>
  sentence('incident_forgotten', {
    since: minuteOf(updatedAt),
    days: Math.floor((now - updatedAt) / dayMs),
  });

const dayMs = 24 * 3_600_000;

const minuteOf = (at: Instant): string => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
