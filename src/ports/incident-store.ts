import type { Incident, IncidentPlace, StoredAlert } from '../core/incident.ts';
import type { IncidentState } from '../core/incident-card.ts';
import type { StormWatch } from '../core/storm.ts';
import type { Instant } from '../core/task.ts';
import type { Watch } from '../core/watch.ts';

/** What a change wants to see of incidents. Part of `Scope`. */
export interface IncidentScope {
  /** Loads it, and the storm that counts it. */
  incident?: number;
  /**
   * Alerts by the keys of group and alert: loads the latest incident of each group, the storm that counts it, and its
   * rows of these alerts.
   */
  alerts?: readonly { group: string; key: string }[];
  /** Loads what was counted in these channels, and the storms that are on there. */
  storms?: readonly IncidentPlace[];
  /** By its name. */
  watch?: string;
}

/** Part of `View`. */
export interface IncidentView {
  /** The number that a new incident gets. */
  nextIncident: number;
  /** Each once, in no order. */
  incidents: readonly Incident[];
  alerts: readonly StoredAlert[];
  storms: readonly StormWatch[];
  /** Also one that was removed. */
  watch: Watch | null;
}

/**
 * Part of `Writes`. An incident or alert that the view held is updated, another is inserted; `storms` are put in
 * place of what was there.
 */
export interface IncidentWrites {
  incidents?: readonly Incident[];
  storms?: readonly StormWatch[];
  /** Put in place of what was there. */
  watch?: Watch;
  /** Incidents whose message waits no longer for the end of the quiet hours. */
  toldNow?: readonly number[];
  /** In the order in which they came: a later one may tell again of an alert that an earlier one has told of. */
  received?: readonly StoredDelivery[];
}

export interface ReceivedDelivery {
  via: string;
  source: string;
  /** Without its secrets, and cut where it is longer than is kept. */
  body: string;
}

/** A delivery as it was received, and what it told: no alert is stored without it. */
export interface StoredDelivery extends ReceivedDelivery {
  alerts: readonly StoredAlert[];
}

export interface IncidentFilter {
  states?: readonly IncidentState[];
  /** Only incidents with a smaller number: the page after the one that ended there. */
  before?: number;
  /** Those of this machine alone, by our name. */
  machine?: string;
  /** Those that this storm counts alone. */
  storm?: number;
  limit: number;
}

/** Part of `Store`: reads outside changes. */
export interface IncidentReads {
  getIncident(number: number): Promise<Incident | null>;
  /** Newest first. */
  listIncidents(filter: IncidentFilter): Promise<Incident[]>;
  /** The firing ones first, then the latest. */
  listAlerts(incident: number, limit: number): Promise<StoredAlert[]>;
  /** Those that the clock has to look at, longest due first. */
  dueIncidents(now: Instant, limit: number): Promise<number[]>;
  /** Those whose diagnosis is in one of these states, oldest first. */
  diagnosing(states: readonly ('wanted' | 'asked')[], limit: number): Promise<Incident[]>;
  /** Those that were not removed, by name. */
  listWatches(): Promise<Watch[]>;
  /** The incident that a task looks into; null for none. */
  incidentOfTask(task: number): Promise<number | null>;
  /** The deliveries that told last of each of its alerts, newest first; they are kept for a while. */
  listReceived(incident: number, limit: number): Promise<(ReceivedDelivery & { at: Instant })[]>;
}
