import { IncidentState } from '../core/incident-card.ts';
import { eventMemoryMs } from '../core/limits.ts';
import type { Instant } from '../core/task.ts';
import { alertQueries, deliveryQueries } from './alert-rows.ts';
import { hookQueries } from './hook-rows.ts';
import { incidentOf, incidentQueries } from './incident-rows.ts';
import { pruneIncidentsMax, pruneRowsMax } from './limits.ts';
import { logQueries } from './log-rows.ts';
import { postQueries } from './post-rows.ts';
import type { SqliteSession } from './sqlite-session.ts';
import { read, write } from './statement.ts';

/**
 * Deletes what is over for so long that nobody asks for it any more, a bounded number of rows of each, the oldest first.
 * Tasks, the audit log and what it proves stay.
 *
 * @param keptMs of incidents with their alerts, of messages that were posted or put aside.
 * @returns whether there may be more.
 */
export const prune = (session: SqliteSession, now: Instant, keptMs: number): boolean => {
  const seen = { before: now - eventMemoryMs, limit: pruneRowsMax };
  const over = { before: now - keptMs, limit: pruneRowsMax };
  const deleted = [
    session.run(write(logQueries.pruneEvents, seen)),
    session.run(write(deliveryQueries.prune, seen)),
    session.run(write(hookQueries.pruneParked, over)),
    session.run(write(postQueries.pruneOfTasks, over)),
  ];
  const hasMoreIncidents = pruneIncidents(session, over.before);
  return hasMoreIncidents || deleted.some((count) => count >= pruneRowsMax);
};

/** An incident goes with all that is its own; one with more alerts than go in one go loses them first. */
const pruneIncidents = (session: SqliteSession, before: Instant): boolean => {
  const newest = session.first(read(incidentQueries.lastNumber, {}))?.number ?? 0;
  const page = { state: IncidentState.resolved, limit: pruneIncidentsMax };
  const oldest = session.rows(read(incidentQueries.oldestInState, page));
  let room = pruneRowsMax;
  let gone = 0;
  for (const { number, updatedAt } of oldest.map(incidentOf)) {
    // The next number follows from the newest, and none is given twice.
    if (number === newest || updatedAt >= before) continue;
    room -= session.run(write(alertQueries.prune, { incident: number, limit: room }));
    if (room <= 0) return true;
    session.run(write(postQueries.pruneOfIncident, { number }));
    session.run(write(incidentQueries.remove, { number }));
    gone += 1;
  }
  return gone === pruneIncidentsMax;
};
