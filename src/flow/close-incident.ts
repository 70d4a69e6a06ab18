import type { AuditNote } from '../core/audit.ts';
import { serverActor } from '../core/audit.ts';
import { type Incident, transitionIncident } from '../core/incident.ts';
import type { Sentence } from '../core/sentences.ts';
import { stormAfter } from '../core/storm.ts';
import type { Instant } from '../core/task.ts';
import type { Store } from '../ports/store.ts';

/**
 * Closes an incident that its source will not end: it is over for us, and says why. What is told of its alerts later
 * is a new one.
 *
 * @param whyClose asked again in the commit; null leaves it open.
 * @returns false where it is over already, or was left open.
 */
export const closeIncident = (
  store: Pick<Store, 'change'>,
  number: number,
  whyClose: (incident: Incident, now: Instant) => Sentence | null,
): Promise<boolean> =>
  store.change<boolean>({ incident: number }, ({ incidents, now }) => {
    const before = incidents.find((i) => i.number === number);
    const why = before ? whyClose(before, now) : null;
    if (!before || why === null) return { result: false };
    const moved = transitionIncident(before, { kind: 'close', why }, now);
    if (!moved.moved) return { result: false };
    const after = moved.incident;
    const storm = incidents.find((i) => i.number === after.storm);
    const counting = storm && before.firing > 0 ? [stormAfter(storm, before, after, now)] : [];
    return { result: true, writes: { incidents: [after, ...counting], audit: [noteOf(before, after, why)] } };
  });

const noteOf = (before: Incident, after: Incident, why: Sentence): AuditNote => ({
  kind: 'incident.close',
  actor: serverActor,
  task: null,
  run: null,
  digest: null,
  detail: {
    ...{ incident: after.number, title: after.title, from: before.state, to: after.state },
    why: why.code,
  },
});
