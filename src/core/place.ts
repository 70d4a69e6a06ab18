import type { Place } from './task.ts';

/**
 * The task that began this thread, where it is one of ours: asked at a channel's top, a task's own number names its
 * thread, which is the one under its card. Null where the platform named it: Slack's has a dot, Discord's is far longer.
 */
export const threadTaskOf = ({ thread }: Pick<Place, 'thread'>): number | null =>
  thread !== null && /^[1-9]\d{0,8}$/.test(thread) ? Number(thread) : null;

/** The incident under whose message this thread is, named as people call it: `!17`. Null for every other. */
export const threadIncidentOf = ({ thread }: Pick<Place, 'thread'>): number | null =>
  thread !== null && /^![1-9]\d{0,8}$/.test(thread) ? Number(thread.slice(1)) : null;

export const isSamePlace = (a: Place, b: Place): boolean =>
  a.surface === b.surface && a.channel === b.channel && a.thread === b.thread;
