import type { Incident, StoredAlert } from '../core/incident.ts';
import type { StormWatch } from '../core/storm.ts';
import type { IncidentScope, IncidentView } from '../ports/incident-store.ts';
import { alertOf, alertQueries } from './alert-rows.ts';
import { incidentOf, incidentQueries, stormPlace, stormQueries } from './incident-rows.ts';
import type { SqliteSession } from './sqlite-session.ts';
import { read } from './statement.ts';
import type { Row } from './tables.ts';
import { watchOf, watchQueries } from './watch-rows.ts';

/** What a change sees of incidents: nothing is read for one whose scope names none. */
export const incidentView = (
  session: Pick<SqliteSession, 'rows'>,
  scope: IncidentScope,
  nextIncident: number,
): IncidentView => {
  const found = new Map<number, Incident>();
  const keep = (rows: readonly Row<'incident'>[]): void => {
    for (const row of rows) if (!found.has(row.number)) found.set(row.number, incidentOf(row));
  };
  const keepWithStorm = (rows: readonly Row<'incident'>[]): void => {
    keep(rows);
    // Nearly none is counted by a storm, and a read costs as much as the rest of the way in.
    const storm = rows[0]?.storm ?? null;
    if (storm !== null && !found.has(storm)) {
      keep(session.rows(read(incidentQueries.byNumber, { number: storm })));
    }
  };
  if (scope.incident !== undefined) {
    keepWithStorm(session.rows(read(incidentQueries.byNumber, { number: scope.incident })));
  }
  const latestOf = new Map<string, number | null>();
  for (const { group } of scope.alerts ?? []) {
    if (latestOf.has(group)) continue;
    const latest = session.rows(read(incidentQueries.latestOfGroup, { group }));
    keepWithStorm(latest);
    latestOf.set(group, latest[0]?.number ?? null);
  }
  const storms: StormWatch[] = [];
  for (const place of new Set(scope.storms?.map(stormPlace))) {
    for (const { body } of session.rows(read(stormQueries.inPlace, { place }))) {
      storms.push(JSON.parse(body) as StormWatch);
    }
    keep(session.rows(read(incidentQueries.stormInPlace, { place })));
  }
  const alerts = new Map<string, StoredAlert>();
  for (const { group, key } of scope.alerts ?? []) {
    const incident = latestOf.get(group) ?? null;
    if (incident === null || alerts.has(`${group} ${key}`)) continue;
    for (const row of session.rows(read(alertQueries.byKey, { incident, key }))) {
      alerts.set(`${group} ${key}`, alertOf(row));
    }
  }
  const watchRows =
    scope.watch === undefined ? [] : session.rows(read(watchQueries.byName, { name: scope.watch }));
  const [watch] = watchRows.map(watchOf);
  return {
    nextIncident,
    incidents: [...found.values()],
    alerts: [...alerts.values()],
    storms,
    watch: watch ?? null,
  };
};
