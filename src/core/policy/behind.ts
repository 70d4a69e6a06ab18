import type { Actor } from '../task.ts';
import { identityOf } from './roster.ts';

/**
 * A schedule's name with whoever set it up: `schedule:disk-db1/slack:U1`. What it asks is theirs, so that nobody has a
 * schedule ask for them what they may not approve alone.
 */
export const scheduleId = (name: string, by: Pick<Actor, 'surface' | 'id'>): string =>
  `${name}/${identityOf(by)}`;

/** The identity behind one that asks: of a schedule whoever set it up, of all others themselves. */
export const behind = (identity: string): string => /^schedule:[^/]*\/(.+)$/.exec(identity)?.[1] ?? identity;
