import type { IncidentCard, IncidentState } from '../core/incident-card.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Act } from './desk.ts';

/** What an act on an incident comes to. A refusal is a sentence for whoever acted; nothing has changed then. */
export type IncidentOutcome =
  | { kind: 'done'; incident: IncidentCard }
  | { kind: 'refused'; sentence: Sentence };

/** The counter for incidents, beside `Desk`: the same verbs for every surface, each committed when it resolves. */
export interface AlertDesk {
  acknowledge(incident: number, act: Act): Promise<IncidentOutcome>;
  /** @param act.forMs how long nothing is told of it; bounded by limits. */
  silence(incident: number, act: Act & { forMs: number }): Promise<IncidentOutcome>;
  unsilence(incident: number, act: Act): Promise<IncidentOutcome>;
  /** @param act.on the machine where the incident names none; null otherwise. */
  diagnose(incident: number, act: Act & { on: string | null }): Promise<IncidentOutcome>;

  incident(incident: number): Promise<IncidentCard | null>;
  /** Newest first. */
  incidents(filter: {
    states?: readonly IncidentState[];
    /** Those of one machine, by our name. */
    machine?: string;
    before?: number;
    limit: number;
  }): Promise<IncidentCard[]>;
}
