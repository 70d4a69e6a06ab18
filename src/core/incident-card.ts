import type { Answer } from './answer.ts';
import type { CardTone } from './card.ts';
import type { Sentence } from './sentences.ts';
import type { Instant } from './task.ts';

export const IncidentState = {
  firing: 'firing',
  /** Somebody has said that they look at it. */
  acknowledged: 'acknowledged',
  /** Nothing is told of it until an instant, but that it ends. */
  silenced: 'silenced',
  /** Fires and resolves again and again: told once, counted. */
  flapping: 'flapping',
  resolved: 'resolved',
} as const;
export type IncidentState = (typeof IncidentState)[keyof typeof IncidentState];

export type IncidentAction =
  | { kind: 'acknowledge' }
  /** `forMs`: how long, as offered. */
  | { kind: 'silence'; forMs: number }
  | { kind: 'unsilence' }
  /** Looks into it now; `on` is the machine, one of `choices`; null where the incident names its own. */
  | { kind: 'diagnose'; on: string | null };

/** One alert of the incident, as its message lists it. */
export interface IncidentAlert {
  /** What is wrong with what: the source's own title. */
  name: string;
  isFiring: boolean;
  since: Instant;
  /** Of the alert, those that tell it from its fellows. */
  labels: Record<string, string>;
}

/** What an incident's message shows, once, for all surfaces. Texts are those of a monitoring system: data. */
export interface IncidentCard {
  /** People call it `!17`. */
  number: number;
  revision: number;
  state: IncidentState;
  tone: CardTone;
  /** One line, for a phone at night. */
  headline: string;
  title: string;
  /** `alertmanager`, `cloudwatch` …, and the severity as the source says it. */
  source: string;
  severity: string | null;
  /** The source's own words, cut; null for none. */
  summary: string | null;
  /** The machines that it is about, by our names. */
  machines: string[];
  startedAt: Instant;
  endedAt: Instant | null;
  firing: number;
  resolved: number;
  /** How often it was told altogether. */
  times: number;
  /** The firing ones first, a few; `more` are not listed. */
  alerts: IncidentAlert[];
  more: number;
  acknowledgedBy: string | null;
  silencedUntil: Instant | null;
  /** What was found, once there is something: the task that looked, and its answer. */
  diagnosis: { task: number; answer: Answer | null; words: string } | null;
  /** Machines to choose from where the alert doesn't tell; empty otherwise. */
  choices: string[];
  /** The source's own page of it, http or https; null for none. */
  link: string | null;
  notices: Sentence[];
  actions: IncidentAction[];
}
