import type { Actor, Instant } from './task.ts';

/**
 * One version of a runbook that people kept from a task. It never changes: what is kept again under its name is the next
 * version.
 */
export interface KeptVersion {
  name: string;
  /** From 1 on, without gaps. */
  version: number;
  /** SHA-256 in hex of `yaml`. */
  digest: string;
  /** What a file in `runbooks/` would hold. */
  yaml: string;
  /** The task whose script it is. */
  task: number;
  by: Actor;
  at: Instant;
}

/** Which version of a kept runbook is in use. */
export interface KeptRunbook {
  name: string;
  version: number;
  /** The highest there is. */
  latest: number;
  /** When somebody took it out of use; null while it is used. */
  retiredAt: Instant | null;
}

/** What came of the runs of one runbook's script. */
export interface RunbookUse {
  name: string;
  /** Null for a file's. */
  version: number | null;
  succeeded: number;
  /** Runs in which the script ran to an end that tells something of it: nobody stopped them. */
  ended: number;
  lastAt: Instant;
}

/**
 * How rules name a kept runbook. No file can be called so, as its name is kebab-case: a rule that names a file never
 * means what somebody kept under that name.
 */
export const keptRuleName = (name: string, version: number): string => `${prefix}${name}@${version}`;

export const isKeptRuleName = (name: string): boolean => name.startsWith(prefix);

/** Whether a rule's list means the runbook: by its name; of a kept one that is its version, or all of them. */
export const isRunbookNamed = (names: readonly string[], ruleName: string): boolean =>
  names.includes(ruleName) ||
  (isKeptRuleName(ruleName) && names.includes(ruleName.slice(0, ruleName.lastIndexOf('@'))));

const prefix = 'kept:';
