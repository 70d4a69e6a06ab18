import { type Run, RunState } from './run.ts';
import { type Sentence, sentence } from './sentences.ts';

/**
 * How far a run had come when somebody said stop, for whoever must now find out what it has changed. Null for a run
 * that was not cancelled.
 */
export const cancelledSentence = (run: Run): Sentence | null => {
  if (run.state !== RunState.cancelled) return null;
  if (run.startedAt === null) return sentence('cancelled_unstarted', {});
  const seconds = Math.max(0, Math.round(((run.endedAt ?? run.startedAt) - run.startedAt) / 1_000));
  return sentence('cancelled_midway', { seconds, bytes: run.stdoutBytes + run.stderrBytes });
};

/** One line: who said stop, and what had happened by then. */
export const cancelledHeadline = (by: string, runs: readonly Run[]): string => {
  const stopped = runs.filter((r) => r.state === RunState.cancelled);
  const midway = stopped.filter((r) => r.startedAt !== null).length;
  const never = stopped.length - midway + runs.filter((r) => r.state === RunState.skipped).length;
  const ended = runs.length - midway - never;
  const only = runs.length === 1 ? runs[0] : undefined;
  if (only) {
    if (never === 1) return `Cancelled by ${by} before it started`;
    return midway === 1 ? `Cancelled by ${by} while it ran` : `Cancelled by ${by}; it had ended by then`;
  }
  const parts = [
    ...(ended > 0 ? [`${ended} had ended`] : []),
    ...(midway > 0 ? [`${midway} stopped midway`] : []),
    ...(never > 0 ? [`${never} never started`] : []),
  ];
  return parts.length === 0 ? `Cancelled by ${by}` : `Cancelled by ${by}: ${parts.join(', ')}`;
};
