import { type IncidentCard, IncidentState } from '../core/incident-card.ts';
import type { Instant } from '../core/task.ts';
import type { AlertDesk } from '../flow/alert-desk.ts';
import { incidentsOpenMax, incidentsOverMax } from './limits.ts';
import type { IncidentsView } from './view.ts';

/** Reads what the list of incidents shows. */
export const incidentsView = async (
  alerts: Pick<AlertDesk, 'incidents'>,
  now: Instant,
): Promise<IncidentsView> => {
  const open = await alerts.incidents({ states: openStates, limit: incidentsOpenMax + 1 });
  const over = await alerts.incidents({ states: [IncidentState.resolved], limit: incidentsOverMax });
  return {
    open: open.slice(0, incidentsOpenMax).sort(byUrgency),
    isMore: open.length > incidentsOpenMax,
    over,
    now,
  };
};

/** In the order of who needs somebody. */
const openStates: readonly IncidentState[] = [
  IncidentState.firing,
  IncidentState.flapping,
  IncidentState.acknowledged,
  IncidentState.silenced,
];

const byUrgency = (a: IncidentCard, b: IncidentCard): number =>
  rankOf(a) - rankOf(b) || Number(b.tone === 'bad') - Number(a.tone === 'bad') || b.number - a.number;

const rankOf = ({ state }: IncidentCard): number => openStates.indexOf(state);
