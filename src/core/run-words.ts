import type { CardRun } from './card.ts';
import { spanWords } from './figure-words.ts';
import { RunState } from './run.ts';

/** How long something took, to two digits or three. */
export const tookWords = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(1, Math.round(ms))} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : spanWords(ms);
};

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
  refused: 'refused',
  unstarted: 'could not start',
  undelivered: 'not delivered',
  skipped: 'not run',
  lost: 'lost',
};

/** Where a run stands, in a word or two. */
export const runWords = (run: Pick<CardRun, 'state' | 'exitCode'>): string =>
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
