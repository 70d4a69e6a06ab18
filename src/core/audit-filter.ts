import type { AuditEntry } from './audit.ts';
import type { Instant } from './task.ts';

/** Which entries of the log somebody asks for. What is left out lets everything through. */
export interface AuditFilter {
  /** A name or an id, as the entry has it. */
  actor?: string;
  task?: number;
  /** An agent's name or id: entries about it and about its runs. */
  agent?: string;
  /** `task.approve`, or `task` for all that begin so. */
  kind?: string;
  /** Entries of that instant and later. */
  since?: Instant;
  /** Entries of that instant and before. */
  until?: Instant;
}

/** The same letters as SQLite's `lower()` makes small: those of ASCII. */
export const smallLetters = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

const isCalled = (wanted: string, ...names: unknown[]): boolean =>
  names.some((name) => typeof name === 'string' && smallLetters(name) === smallLetters(wanted));

/** True when the filter lets the entry through. */
export const isWanted = (entry: AuditEntry, filter: AuditFilter): boolean => {
  const { actor, task, agent, kind, since, until } = filter;
  if (task !== undefined && entry.task !== task) return false;
  if (since !== undefined && entry.at < since) return false;
  if (until !== undefined && entry.at > until) return false;
  if (kind !== undefined && entry.kind !== kind && !entry.kind.startsWith(`${kind}.`)) return false;
  if (actor !== undefined && !isCalled(actor, entry.actor.name, entry.actor.id)) return false;
  return agent === undefined || isCalled(agent, entry.detail.agent, entry.detail.agentId);
};
