import type { WireFinished } from '../../../proto/agent-stream.ts';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import type { SyntaxVerdict } from '../core/syntax.ts';
import type { PolicyState } from './policy-keeper.ts';
import type { OutputName } from './spool.ts';

/** How far the gateway has been told of a run on this stream. */
export const Told = { nothing: 0, accepted: 1, started: 2, finished: 3 } as const;
export type Told = (typeof Told)[keyof typeof Told];

/** One output of a run, in kept bytes. */
export interface OutputRecord {
  /** May be sent. */
  availableBytes: number;
  sentBytes: number;
  ackedBytes: number;
  /** Where the tail file takes over; null while the script runs and when nothing was left out. */
  cutAt: number | null;
}

/**
 * What the agent knows of a run that its spool holds. All of it can be read again from the spool, but for what the
 * gateway has got, which each welcome says anew.
 *
 * Phases: accepted, the order is durable and nobody has claimed it; started, a wrapper has; finished, `finished`
 * says how it ended and nothing about it changes any more.
 */
export interface RunRecord {
  readonly runId: string;
  readonly wireId: Buffer;
  readonly dir: string;
  /** Null when the order's file is damaged; such a run is finished from the start. */
  readonly document: ApprovalDocument | null;
  /** Process numbers and page cache mean nothing after a restart of the machine. */
  readonly sameBoot: boolean;
  phase: 'accepted' | 'started' | 'finished';
  finished: WireFinished | null;
  readonly outputs: { readonly [N in OutputName]: OutputRecord };
  told: Told;
  /** False when the last welcome named it neither as wanted nor as forgettable. */
  wanted: boolean;
  /** The gateway has no more use for it: its files go as soon as it has ended. */
  forget: boolean;
  cancelAsked: boolean;
  cancelTold: boolean;
  /** The local policy that last let it pass; null when none was asked in this process. */
  judgedBy: PolicyState | null;
  /** A check of the syntax that was begun while the order was being stored. */
  checking: Promise<SyntaxVerdict> | null;
  /** Null while it was not checked in this process. */
  syntax: SyntaxVerdict | null;
  /** What a finished run's files take; null while that was not looked up. */
  spoolBytes: number | null;
  /** By its script; null while nobody has asked. */
  mayChange: boolean | null;
  /** Given to the starter in this process. */
  queued: boolean;
  /** Monotonic; null while no wrapper was told to go. */
  launchedAtMs: number | null;
}

const noOutput = (): OutputRecord => ({ availableBytes: 0, sentBytes: 0, ackedBytes: 0, cutAt: null });

/** A run as it is when its order has just been stored or found. */
export const newRunRecord = (
  runId: string,
  dir: string,
  document: ApprovalDocument | null,
  sameBoot: boolean,
): RunRecord => ({
  runId,
  wireId: Buffer.from(runId, 'hex'),
  dir,
  document,
  sameBoot,
  phase: 'accepted',
  finished: null,
  outputs: { stdout: noOutput(), stderr: noOutput() },
  told: Told.nothing,
  wanted: false,
  forget: false,
  cancelAsked: false,
  cancelTold: false,
  judgedBy: null,
  checking: null,
  syntax: null,
  spoolBytes: null,
  mayChange: null,
  queued: false,
  launchedAtMs: null,
});

/** Every run of the spool by its id, in the order in which they came. */
export type RunBook = Map<string, RunRecord>;
