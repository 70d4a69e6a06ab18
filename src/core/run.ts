import type { Sentence } from './sentences.ts';
import type { Instant, Platform } from './task.ts';

export const RunState = {
  /** Its wave is not released. */
  held: 'held',
  /** Approved; its id waits in the agent's queue until `runBy`. */
  queued: 'queued',
  /** The order was committed as sent, then written to the stream. Sent again if the next hello doesn't name it. */
  sent: 'sent',
  /** The agent has the order on its disk; from here the agent's spool decides what happens. */
  accepted: 'accepted',
  running: 'running',
  succeeded: 'succeeded',
  /** It ran and its exit code was not 0. */
  failed: 'failed',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
  /** By the agent's own policy, or because the signature didn't hold, or didn't fit what the database said. */
  refused: 'refused',
  /** Accepted, but it could not be started: no shell, disk full. It did not run. */
  unstarted: 'unstarted',
  /** Never accepted by `runBy`. It did not run. */
  undelivered: 'undelivered',
  /** Its wave was never released. It did not run. */
  skipped: 'skipped',
  /** Nobody can say what became of it. Only this end may be corrected, by later evidence. */
  lost: 'lost',
} as const;
export type RunState = (typeof RunState)[keyof typeof RunState];

/**
 * How far a stream's output has been redacted (law 5), stored in the commit of the bytes that this gave: whoever goes
 * on from here after a crash gets the same bytes.
 */
export interface OutputRedaction {
  /** Raw bytes whose redacted form is committed, counted from the start: where the agent goes on sending. */
  rawBytes: number;
  /** The redactor's note on what it is in the middle of; '' for nothing. */
  state: string;
  /** The kept bytes that stand for the stream's head; null while its end has not been passed. */
  headBytes: number | null;
  /** The redactor failed: from here on nothing of the stream is kept. */
  isWithheld: boolean;
}

/** Of a stream that has not begun. */
export const noRedaction: OutputRedaction = { rawBytes: 0, state: '', headBytes: null, isWithheld: false };

/** One script on one agent, once. */
export interface Run {
  /** SHA-256 of approval document and agent id, in hex: a replay is the same run. */
  id: string;
  task: number;
  agentId: string;
  agentName: string;
  platform: Platform;
  approvalId: string;
  scriptDigest: string;
  state: RunState;
  /** 0 for the canary or an only wave. */
  wave: number;
  runBy: Instant;
  timeoutMs: number;
  /** Null until it ended by exiting. 128 + signal when a signal ended it, as shells say it. */
  exitCode: number | null;
  /** Bytes of each stream that are kept, redacted: what is stored and shown. */
  stdoutBytes: number;
  stderrBytes: number;
  stdoutRedaction: OutputRedaction;
  stderrRedaction: OutputRedaction;
  /** Where the middle of a stream was left out, in kept bytes: head before, tail after; null when it is whole. */
  stdoutCutAt: number | null;
  stderrCutAt: number | null;
  /** Set when a person said stop after the order had left. */
  cancelAskedAt: Instant | null;
  sentAt: Instant | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  /** Why it ended so, when the state alone doesn't say it. */
  sentence: Sentence | null;
}

/** The ends. A run in one of these is shown as it is and counts as closed. */
export const endedRunStates: readonly RunState[] = [
  RunState.succeeded,
  RunState.failed,
  RunState.timed_out,
  RunState.cancelled,
  RunState.refused,
  RunState.unstarted,
  RunState.undelivered,
  RunState.skipped,
  RunState.lost,
];

/** True when the run has ended, be it `lost`. */
export const isRunEnded = (state: RunState): boolean => endedRunStates.includes(state);

/** States in which the agent may hold the order. */
export const withAgentStates: readonly RunState[] = [RunState.sent, RunState.accepted, RunState.running];
