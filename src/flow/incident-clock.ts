import type { AuditNote } from '../core/audit.ts';
import { type Incident, type IncidentEvent, transitionIncident } from '../core/incident.ts';
import { IncidentState } from '../core/incident-card.ts';
import type { Actor } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Decided, Store } from '../ports/store.ts';
import { incidentSweepMs, incidentsDueMax } from './limits.ts';
import { Worker } from './worker.ts';

const clockActor: Actor = { kind: 'server', surface: 'server', id: 'clock', name: 'the clock' };

/** Moves what time alone moves: a silence that is over, a flapping that has stopped, a storm that has passed. */
export const incidentClock = (parts: { store: Store; clock: Clock; log: Log }): Worker => {
  const { store, clock } = parts;
  const worker: Worker = new Worker({
    ...parts,
    name: 'incident-clock',
    sweepMs: incidentSweepMs,
    pass: async () => {
      const due = await store.dueIncidents(clock.now(), incidentsDueMax);
      await Promise.all(due.map((number) => lookAt(store, number)));
      if (due.length === incidentsDueMax) worker.wake();
    },
  });
  return worker;
};

const lookAt = (store: Store, number: number): Promise<void> =>
  store.change({ incident: number }, (view): Decided<void> => {
    const incident = view.incidents.find((i) => i.number === number);
    // It moved meanwhile, or has another time by now.
    if (!incident || incident.dueAt === null || incident.dueAt > view.now) return { result: undefined };
    const event: IncidentEvent =
      incident.state === IncidentState.silenced ? { kind: 'wake' } : { kind: 'calm' };
    const moved = transitionIncident(incident, event, view.now);
    const next = moved.moved ? moved.incident : { ...incident, dueAt: null };
    return { result: undefined, writes: writesOf(incident, next, event) };
  });

/** Where only the time of the next look changes, nothing is to be shown anew. */
const writesOf = (before: Incident, after: Incident, event: IncidentEvent) => {
  if (before.state === after.state) {
    return { incidents: [{ ...before, dueAt: after.dueAt }] };
  }
  const detail = { incident: after.number, title: after.title, from: before.state, to: after.state };
  const kind: AuditNote['kind'] = event.kind === 'wake' ? 'incident.wake' : 'incident.calm';
  const note: AuditNote = { kind, actor: clockActor, task: null, run: null, digest: null, detail };
  return { incidents: [after], audit: [note] };
};
