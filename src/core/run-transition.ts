import { type Run, RunState } from './run.ts';
import type { Sentence } from './sentences.ts';
import type { Instant } from './task.ts';

const S = RunState;

/** The ends that an agent can report. */
export const reportableEnds = [S.succeeded, S.failed, S.timed_out, S.cancelled, S.unstarted, S.lost] as const;
export type ReportedEnd = (typeof reportableEnds)[number];

export interface FinishFacts {
  end: ReportedEnd;
  exitCode: number | null;
  stdoutCutAt: number | null;
  stderrCutAt: number | null;
  sentence: Sentence | null;
}

export type RunEvent =
  | { kind: 'release' }
  | { kind: 'skip' }
  | { kind: 'send' }
  /** The stream that carried it is gone and the next hello didn't name it: the same order goes again. */
  | { kind: 'resend' }
  | { kind: 'accept' }
  | { kind: 'start' }
  | ({ kind: 'finish' } & FinishFacts)
  | { kind: 'refuse'; sentence: Sentence }
  /** What the database says of it is not what was signed: it is not sent, or not again. */
  | { kind: 'distrust'; sentence: Sentence }
  /** The rules don't allow it any more: it is not sent, or not again. */
  | { kind: 'forbid'; sentence: Sentence }
  /** `runBy` passed and it is sure that the agent never had it. */
  | { kind: 'undeliver'; sentence: Sentence }
  | { kind: 'lose'; sentence: Sentence }
  /** A person said stop: ends what hasn't left, marks what has. */
  | { kind: 'cancel' };

export type RunEventKind = RunEvent['kind'];

const reported = [S.succeeded, S.failed, S.timed_out, S.cancelled, S.unstarted, S.lost];

/** Where each event may lead from each state; drawn in docs/state-machine.md beside the task's. */
export const runTable: { readonly [S in RunState]: { readonly [K in RunEventKind]?: readonly RunState[] } } =
  {
    held: { release: [S.queued], skip: [S.skipped] },
    queued: {
      send: [S.sent],
      distrust: [S.refused],
      forbid: [S.refused],
      cancel: [S.cancelled],
      undeliver: [S.undelivered],
    },
    sent: {
      resend: [S.sent],
      accept: [S.accepted],
      finish: reported,
      refuse: [S.refused],
      distrust: [S.refused],
      forbid: [S.refused],
      undeliver: [S.undelivered],
      lose: [S.lost],
      cancel: [S.sent],
    },
    accepted: { start: [S.running], finish: reported, lose: [S.lost], cancel: [S.accepted] },
    running: { finish: reported, lose: [S.lost], cancel: [S.running] },
    /** The only end that later evidence corrects. */
    lost: { finish: [S.succeeded, S.failed, S.timed_out, S.cancelled, S.unstarted] },
    succeeded: {},
    failed: {},
    timed_out: {},
    cancelled: {},
    refused: {},
    unstarted: {},
    undelivered: {},
    skipped: {},
  };

export type RunTransition = { moved: true; run: Run } | { moved: false; from: RunState };

/**
 * Moves a run. Pure. An event that means nothing in this state (a repeated acceptance, an end that came twice)
 * is not a fault: delivery may repeat.
 *
 * @param now the store's clock at the commit.
 */
export const transitionRun = (run: Run, event: RunEvent, now: Instant): RunTransition => {
  const allowed = runTable[run.state][event.kind];
  if (!allowed) return { moved: false, from: run.state };
  const next = { ...run, ...changeOf(run, event, now) };
  if (!allowed.includes(next.state)) return { moved: false, from: run.state };
  return { moved: true, run: next };
};

const changeOf = (run: Run, event: RunEvent, now: Instant): Partial<Run> => {
  switch (event.kind) {
    case 'release':
      return { state: S.queued };
    case 'skip':
      return { state: S.skipped, endedAt: now };
    case 'send':
    case 'resend':
      return { state: S.sent, sentAt: now };
    case 'accept':
      return { state: S.accepted };
    case 'start':
      return { state: S.running, startedAt: now };
    case 'finish':
      return {
        state: event.end,
        exitCode: event.exitCode,
        stdoutCutAt: event.stdoutCutAt,
        stderrCutAt: event.stderrCutAt,
        sentence: event.sentence,
        endedAt: now,
      };
    case 'refuse':
    case 'distrust':
    case 'forbid':
      return { state: S.refused, sentence: event.sentence, endedAt: now };
    case 'undeliver':
      return { state: S.undelivered, sentence: event.sentence, endedAt: now };
    case 'lose':
      return { state: S.lost, sentence: event.sentence, endedAt: now };
    case 'cancel':
      return run.state === S.queued
        ? { state: S.cancelled, cancelAskedAt: now, endedAt: now }
        : { cancelAskedAt: now };
  }
};
