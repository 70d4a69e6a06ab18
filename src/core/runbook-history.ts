import { spanWords } from './figure-words.ts';
import type { Instant } from './task.ts';

/** What came of a runbook's runs, one row a version, the latest first. */
export type RunbookUses = readonly {
  version: number | null;
  succeeded: number;
  ended: number;
  lastAt: Instant;
}[];

/** "18 of 20 ran well, last 2 h ago", of the version in use; null while that has not run. */
export const runbookHistory = (
  { version, uses }: { version: number | null; uses: RunbookUses },
  now: Instant,
): string | null => {
  const use = uses.find((one) => one.version === version);
  if (!use) return null;
  return `${use.succeeded} of ${use.ended} ran well, last ${spanWords(now - use.lastAt)} ago`;
};
