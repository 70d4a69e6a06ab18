import type { CardRun } from '../core/card.ts';
import { RunState } from '../core/run.ts';
import type { Instant } from '../core/task.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes for reading: `9.9 GiB`, `512 B`. */
export const bytesWords = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** A span of time for reading, in the largest unit that says enough: `45 s`, `12 min`, `7 h 58 min`, `3 days`. */
export const spanWords = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return seconds % 60 && minutes < 5 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
};

/** How long something took: to a tenth of a second while that says something. */
export const tookWords = (ms: number): string =>
  ms < 10_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : spanWords(ms);

/** The time of day, with the date unless it is today's. The page's script says it again in the reader's own zone. */
export const clockWords = (at: Instant, now: Instant): string => {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
};

const two = (value: number): string => String(value).padStart(2, '0');

const stateWords: Record<RunState, string> = {
  held: 'waits for its turn',
  queued: 'waiting for the machine',
  sent: 'order sent',
  accepted: 'about to start',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  timed_out: 'timed out',
  cancelled: 'cancelled',
  refused: 'refused by the machine',
  unstarted: 'could not start',
  undelivered: 'not delivered',
  skipped: 'not run',
  lost: 'lost',
};

/** Where a run stands, in a word or two. */
export const runWords = (run: CardRun): string =>
  run.state === RunState.failed && run.exitCode !== null
    ? `failed, exit code ${run.exitCode}`
    : stateWords[run.state];

/** What a fold of runs holds: "37 more, all well", or how many stand where. */
export const foldWords = (runs: readonly CardRun[]): string => {
  const counts = new Map<string, number>();
  for (const run of runs) {
    const words = run.state === RunState.succeeded ? 'done' : stateWords[run.state];
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  if (counts.size === 1 && counts.has('done')) return `${runs.length} more, all well`;
  return `${runs.length} more: ${[...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([words, count]) => `${count} ${words}`)
    .join(', ')}`;
};
