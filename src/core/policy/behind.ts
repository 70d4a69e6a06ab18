import type { Actor } from '../task.ts';
import { identityOf } from './roster.ts';

/**
 * A machine that asks, with the person who has it ask: `schedule:disk-db1/slack:U1`, `alert:grafana/slack:U1`. What it
 * asks is theirs, so that nobody has a machine ask for them what they may not approve alone.
 *
 * @param name of a watch, or an alert's source: neither has a slash in it.
 */
export const onBehalfOf = (name: string, by: Pick<Actor, 'surface' | 'id'>): string =>
  `${name}/${identityOf(by)}`;

/** The identity behind one that asks: the person who has a machine ask, of all others themselves. */
export const behind = (identity: string): string =>
  /^(?:schedule|alert):[^/]*\/(.+)$/.exec(identity)?.[1] ?? identity;
