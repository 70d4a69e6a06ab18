import type { Place } from '../core/task.ts';

export const placeText = (place: Place): string =>
  JSON.stringify([place.surface, place.channel, place.thread]);

export const placeOf = (text: string): Place => {
  const [surface, channel, thread] = JSON.parse(text) as [string, string, string | null];
  return { surface, channel, thread };
};
