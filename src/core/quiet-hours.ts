import type { Severity } from './alert.ts';
import type { Instant } from './task.ts';

/** When nobody is told of what can wait. Minutes since midnight; `to` before `from` is the next day's. */
export interface QuietHours {
  from: number;
  to: number;
  timezone: string;
  /** These are told all the same. */
  except: readonly Severity[];
}

const dayMinutes = 24 * 60;

/** The end of the quiet hours that `now` is in; null outside of them. */
export const quietUntil = (quiet: QuietHours, now: Instant): Instant | null => {
  const local = minuteOfDay(quiet.timezone, now);
  const isWithin =
    quiet.from < quiet.to ? local >= quiet.from && local < quiet.to : local >= quiet.from || local < quiet.to;
  if (!isWithin) return null;
  const minute = now - (now % 60_000);
  const end = minute + ((quiet.to - local + dayMinutes) % dayMinutes) * 60_000;
  // Where the clocks are changed that night, the end is an hour off and is put right.
  const off =
    ((quiet.to - minuteOfDay(quiet.timezone, end) + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  return end + off * 60_000;
};

const formats = new Map<string, Intl.DateTimeFormat>();

const minuteOfDay = (timeZone: string, at: Instant): number => {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const [hours, minutes] = format.format(at).split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
};

export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};
