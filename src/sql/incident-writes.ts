import type { Instant } from '../core/task.ts';
import type { IncidentView, IncidentWrites } from '../ports/incident-store.ts';
import { alertQueries, alertRow, deliveryQueries } from './alert-rows.ts';
import { incidentQueries, incidentRow, stormPlace, stormQueries } from './incident-rows.ts';
import { postQueries } from './post-rows.ts';
import { type Statement, write } from './statement.ts';
import { watchQueries, watchRow } from './watch-rows.ts';

/** A change's incidents as statements, and whether a state moved, which needs its entry in the log. */
export const incidentStatements = (
  view: IncidentView,
  writes: IncidentWrites,
  now: Instant,
): { statements: Statement[]; hasMoved: boolean } => {
  const statements: Statement[] = [];
  let hasMoved = false;
  const held = new Map(view.incidents.map((i) => [i.number, i]));
  for (const incident of writes.incidents ?? []) {
    const { number, revision } = incident;
    const conflict = `incident ${number}`;
    const before = held.get(number);
    hasMoved ||= before?.state !== incident.state;
    const row = incidentRow(incident);
    if (!before) {
      statements.push(write(incidentQueries.insert, row, 1, conflict));
      continue;
    }
    const held_revision = before.revision;
    statements.push(write(incidentQueries.update, { ...row, held_revision }, 1, conflict));
    // What has no place has no post.
    if (revision !== held_revision && incident.place)
      statements.push(write(postQueries.incidentMoved, { number, revision }));
  }
  statements.push(...alertStatements(view, writes, now));
  for (const { place, storm, ...counted } of writes.storms ?? []) {
    const body = JSON.stringify({ place, storm, ...counted });
    statements.push(write(stormQueries.put, { place: stormPlace(place), storm, body }, 1, 'a storm'));
  }
  if (writes.watch) statements.push(write(watchQueries.put, watchRow(writes.watch), 1, 'a watch'));
  return { statements, hasMoved };
};

/** Each delivery, then its alerts: what is told of one alert twice is an insert and an update. */
const alertStatements = (view: IncidentView, writes: IncidentWrites, now: Instant): Statement[] => {
  const statements: Statement[] = [];
  const name = (of: { incident: number; key: string }): string => `${of.incident} ${of.key}`;
  const timesOf = new Map(view.alerts.map((a) => [name(a), a.times]));
  for (const { via, source, body, alerts } of writes.received ?? []) {
    statements.push(write(deliveryQueries.insert, { via, source, body, at: now }, 1, 'a delivery'));
    for (const alert of alerts) {
      const held_times = timesOf.get(name(alert));
      const conflict = `alert ${alert.key} of incident ${alert.incident}`;
      const row = alertRow(alert);
      statements.push(
        held_times === undefined
          ? write(alertQueries.insert, row, 1, conflict)
          : write(alertQueries.update, { ...row, held_times }, 1, conflict),
      );
      timesOf.set(name(alert), alert.times);
    }
  }
  return statements;
};
