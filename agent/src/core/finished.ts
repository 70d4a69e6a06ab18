import type { WireEnd, WireFinished } from '../../../proto/agent-stream.ts';
import type { Never } from './claim.ts';
import type { ExitFacts } from './exit-file.ts';
import type { Kept } from './kept-output.ts';

const ends: { readonly [H in ExitFacts['how']]: WireEnd } = {
  exited: 'FINISHED_END_EXITED',
  timed_out: 'FINISHED_END_TIMED_OUT',
  cancelled: 'FINISHED_END_CANCELLED',
};

const nothing: Kept = { bytes: 0, cutAt: null, endMissing: false };

const finished = (
  runId: Buffer,
  end: WireEnd,
  kept: { stdout: Kept; stderr: Kept },
  more: Partial<WireFinished>,
): WireFinished => ({
  runId,
  end,
  exitCode: 0,
  stdoutBytes: kept.stdout.bytes,
  stderrBytes: kept.stderr.bytes,
  stdoutCut: kept.stdout.cutAt !== null,
  stdoutCutAt: kept.stdout.cutAt ?? 0,
  stderrCut: kept.stderr.cutAt !== null,
  stderrCutAt: kept.stderr.cutAt ?? 0,
  endMissing: kept.stdout.endMissing || kept.stderr.endMissing,
  reason: 'REASON_UNSPECIFIED',
  detail: '',
  ...more,
});

/** The end that the wrapper's exit file tells. */
export const finishedByExit = (
  runId: Buffer,
  exit: ExitFacts,
  kept: { stdout: Kept; stderr: Kept },
): WireFinished => finished(runId, ends[exit.how], kept, { exitCode: exit.exitCode });

/** The end of a run that the agent itself made sure never starts. */
export const finishedByNever = (runId: Buffer, never: Never): WireFinished =>
  finished(runId, never.end, { stdout: nothing, stderr: nothing }, never);

/** Why a run is lost whose claim the script removed. */
export const claimGoneDetail = 'its claim was removed, though it was started';

/** Why a run of an earlier boot is lost. */
export const rebootDetail = 'the machine was restarted before the script had ended';

/** The end of a run of which nobody can say what became of it. */
export const finishedByLoss = (
  runId: Buffer,
  detail: string,
  kept: { stdout: Kept; stderr: Kept },
): WireFinished => finished(runId, 'FINISHED_END_LOST', kept, { reason: 'REASON_FAULT', detail });
