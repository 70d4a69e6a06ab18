import type { Incident } from '../core/incident.ts';
import type { IncidentCard } from '../core/incident-card.ts';
import { incidentCardOf } from '../core/incident-card-of.ts';
import { incidentAlertsShown } from '../core/limits.ts';
import type { Store } from '../ports/store.ts';
import type { MachineIndex } from './machine-index.ts';

export interface IncidentCardParts {
  store: Store;
  machines: MachineIndex;
}

/** The card of an incident as it stands; null where there is none. */
export const incidentCardFor = async (
  parts: IncidentCardParts,
  number: number,
): Promise<IncidentCard | null> => {
  const incident = await parts.store.getIncident(number);
  return incident && cardOfIncident(parts, incident);
};

export const cardOfIncident = async (
  { store, machines }: IncidentCardParts,
  incident: Incident,
): Promise<IncidentCard> => {
  const { number, kind, hints, labels } = incident;
  const isStorm = kind === 'storm';
  const shown = incidentAlertsShown;
  const task = incident.diagnosis?.task == null ? null : await store.getTask(incident.diagnosis.task);
  return incidentCardOf({
    incident,
    alerts: isStorm ? [] : await store.listAlerts(number, shown),
    members: isStorm ? await store.listIncidents({ storm: number, limit: shown }) : [],
    task: task?.task ?? null,
    choices:
      incident.machines.length > 0 ? [] : (await machines.finder())({ machines: hints, labels }).choices,
  });
};
