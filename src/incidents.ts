import type { AlertSettings } from './core/alert-settings.ts';
import type { IncidentPlace } from './core/incident.ts';
import type { IncidentCard } from './core/incident-card.ts';
import { type Sentence, sentence } from './core/sentences.ts';
import { AlertCounter } from './flow/alert-counter.ts';
import type { AlertDesk } from './flow/alert-desk.ts';
import type { CarefulRedactor } from './flow/careful-redactor.ts';
import type { Desk } from './flow/desk.ts';
import { diagnoseWorker } from './flow/diagnose.ts';
import { incidentCardFor } from './flow/incident-card-for.ts';
import { incidentClock } from './flow/incident-clock.ts';
import { incidentKeeper } from './flow/incident-keeper.ts';
import { MachineIndex } from './flow/machine-index.ts';
import { AlertReceiver } from './flow/receive-alert.ts';
import type { Terms } from './flow/terms.ts';
import { Watches } from './flow/watches.ts';
import type { AlertIntake } from './ports/alert-intake.ts';
import type { Clock } from './ports/clock.ts';
import type { Drafter } from './ports/drafter.ts';
import type { Log } from './ports/log.ts';
import type { Service } from './ports/service.ts';
import type { Store } from './ports/store.ts';

/** What alerts become, wired: where they come in, where people act on them, and what is shown. */
export interface Incidents {
  intake: AlertIntake;
  desk: AlertDesk;
  card: (number: number) => Promise<IncidentCard | null>;
  watches: Watches;
  workers: Service[];
}

export const makeIncidents = (
  settings: AlertSettings,
  parts: {
    store: Store;
    clock: Clock;
    redactor: CarefulRedactor;
    terms: Terms;
    /** Of the kept runbooks alone. */
    runbookDrafter: Drafter;
    tasks: Pick<Desk, 'ask'>;
    log: Log;
    postingSurfaces: { has(surface: string): boolean };
  },
): Incidents => {
  const { store, clock, terms, tasks, log } = parts;
  const machines = new MachineIndex({ store, clock, rules: settings.machines });
  const roster = () => terms.policy.roster;
  const intake = new AlertReceiver({ ...parts, settings, machines });
  const watches = new Watches({ ...parts, drafter: parts.runbookDrafter, desk: tasks, intake, roster });
  return {
    intake,
    watches,
    desk: new AlertCounter({ store, machines, roster }),
    card: (number) => incidentCardFor({ store, machines }, number),
    workers: [
      incidentClock({ store, clock, log }),
      incidentKeeper({ store, settings, clock, log }),
      diagnoseWorker({ store, desk: tasks, clock, log }),
      watches.worker,
    ],
  };
};

/**
 * Channels of the settings, hooks and the queue where nothing is ever posted: a slip in a name would keep every alert from
 * people.
 */
export const unpostedChannels = (
  { channel, routes }: Pick<AlertSettings, 'channel' | 'routes'>,
  homes: readonly (IncidentPlace | null)[],
  postingSurfaces: { has(surface: string): boolean },
): Sentence[] => {
  const all = [channel, ...routes.map((route) => route.channel), ...homes];
  const places = all.filter((place) => place !== null);
  const unposted = places.filter(({ surface }) => !postingSurfaces.has(surface));
  const channels = [...new Set(unposted.map((place) => `${place.surface}:${place.channel}`))];
  return channels.length > 0 ? [sentence('alert_channels_unposted', { channels })] : [];
};
