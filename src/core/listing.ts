import type { CardTone } from './card.ts';

/** A list that answers "tasks", "agents", "runbooks", "alerts", "watches" or "help", the same on every surface. */
export interface Listing {
  kind: ListKind;
  title: string;
  /** Sentences above the rows. */
  lead?: string;
  rows: ListingRow[];
  /** What stands in place of the rows where there are none, as a sentence. */
  empty: string;
  /** "12 more", or what to write next; null for nothing. */
  foot: string | null;
}

export const ListKind = {
  agents: 'agents',
  tasks: 'tasks',
  runbooks: 'runbooks',
  alerts: 'alerts',
  watches: 'watches',
  help: 'help',
} as const;
export type ListKind = (typeof ListKind)[keyof typeof ListKind];

export interface ListingRow {
  tone: CardTone;
  /** `#1042`, `db1`, a runbook's name. */
  name: string;
  words: string;
  /** Smaller, beneath; null for none. */
  detail: string | null;
  /** The task that a button on this row shows; null for none. */
  task: number | null;
  /** What a button on this row asks; null for none. */
  request: string | null;
  /** What stands on that button; "Ask" where nothing is said. */
  requestLabel?: string;
}
