import type { Instant } from '../core/task.ts';

/** The time of day, with the date unless it is today's. The page's script says it again in the reader's own zone. */
export const clockWords = (at: Instant, now: Instant): string => {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
};

const two = (value: number): string => String(value).padStart(2, '0');
