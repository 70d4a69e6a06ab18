import type { Incident, StoredAlert } from '../core/incident.ts';
import type { Instant } from '../core/task.ts';
import type { Watch } from '../core/watch.ts';
import type { IncidentFilter, ReceivedDelivery } from '../ports/incident-store.ts';
import { alertOf, alertQueries, deliveryQueries } from './alert-rows.ts';
import { incidentOf, incidentQueries } from './incident-rows.ts';
import type { SqliteSession } from './sqlite-session.ts';
import { type Read, read } from './statement.ts';
import type { Row } from './tables.ts';
import { watchOf, watchQueries } from './watch-rows.ts';

/** What the store answers of incidents outside changes. */
export class IncidentStoreReads {
  readonly #session: SqliteSession;

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  get(number: number): Incident | null {
    const row = this.#session.first(read(incidentQueries.byNumber, { number }));
    return row ? incidentOf(row) : null;
  }

  /** Asks for each state by itself, as the lists of tasks do. */
  list({ states, before = Number.MAX_SAFE_INTEGER, machine, storm, limit }: IncidentFilter): Incident[] {
    const page = { before, limit };
    const parts: Read<Row<'incident'>>[] = [];
    if (machine !== undefined) {
      parts.push(read(incidentQueries.latestOfMachine, { ...page, machine: JSON.stringify(machine) }));
    } else if (storm !== undefined) parts.push(read(incidentQueries.latestOfStorm, { ...page, storm }));
    else if (states === undefined) parts.push(read(incidentQueries.latest, page));
    else {
      for (const state of new Set(states))
        parts.push(read(incidentQueries.latestInState, { ...page, state }));
    }
    const rows = parts.flatMap((part) => this.#session.rows(part));
    const wanted = rows.filter((row) => states === undefined || states.includes(row.state));
    wanted.sort((a, b) => b.number - a.number);
    return wanted.slice(0, limit).map(incidentOf);
  }

  alerts(incident: number, limit: number): StoredAlert[] {
    const of = (firing: number): StoredAlert[] =>
      this.#session.rows(read(alertQueries.ofIncident, { incident, firing, limit })).map(alertOf);
    return [...of(1), ...of(0)].slice(0, limit);
  }

  due(now: Instant, limit: number): number[] {
    return this.#session.rows(read(incidentQueries.due, { now, limit })).map((row) => row.number);
  }

  diagnosing(states: readonly string[], limit: number): Incident[] {
    const rows = states.flatMap((state) =>
      this.#session.rows(read(incidentQueries.diagnosing, { state, limit })),
    );
    return rows.map(incidentOf).sort((a, b) => a.number - b.number);
  }

  watches(): Watch[] {
    return this.#session.rows(read(watchQueries.present, {})).map(watchOf);
  }

  ofTask(task: number): number | null {
    return this.#session.first(read(incidentQueries.ofTask, { task }))?.number ?? null;
  }

  received(incident: number, limit: number): (ReceivedDelivery & { at: Instant })[] {
    return this.#session
      .rows(read(deliveryQueries.ofIncident, { incident, limit }))
      .map(({ at, via, source, body }) => ({ at, via, source, body }));
  }
}
