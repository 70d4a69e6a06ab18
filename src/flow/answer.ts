import { serverActor } from '../core/audit.ts';
import { attemptsMax, outputHeadBytesMax, outputTailBytesMax } from '../core/limits.ts';
import type { Run } from '../core/run.ts';
import { sentence } from '../core/sentences.ts';
import { type Task, TaskState } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { EndedRun, ResultInterpreter } from '../ports/interpreter.ts';
import type { Log } from '../ports/log.ts';
import type { Claim, OutputStream, Store } from '../ports/store.ts';
import { ClaimedWorker, holds } from './claimed-worker.ts';
import { answerBytesMax, answerSlots } from './limits.ts';
import { moveTask } from './moves.ts';
import { wholeHead, wholeTail } from './whole-characters.ts';

/** Owns `answering`: reads what the runs printed and says what it means. */
export const answerWorker = (parts: {
  store: Store;
  interpreter: ResultInterpreter;
  /** Shows an answer's words while they are written; nothing is stored of them. */
  onWords: (task: number, words: string) => void;
  clock: Clock;
  log: Log;
  owner: string;
}): ClaimedWorker =>
  new ClaimedWorker({
    ...parts,
    name: 'answer',
    state: TaskState.answering,
    slots: answerSlots,
    work: (task, claim, signal) => answerOne(parts, task, claim, signal),
  });

const answerOne = async (
  parts: { store: Store; interpreter: ResultInterpreter; onWords: (task: number, words: string) => void },
  task: Task,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> => {
  const { store, interpreter, onWords } = parts;
  if (claim.attempt > attemptsMax) return giveUp(store, task, claim);
  // A run that was corrected meanwhile makes the answer old: it is written anew, which is no failed attempt.
  for (let isOld = true; isOld; ) {
    const record = await store.getTask(task.number);
    if (!record?.proposal) return;
    const { proposal, runs } = record;
    const ended = await endedRuns(store, runs);
    const isText = ended.every(({ stdout, stderr }) => !`${stdout}${stderr}`.includes('\uFFFD'));
    const notice = isText ? null : sentence('not_utf8', {});
    const request = { request: task.request, language: task.language, proposal, runs: ended };
    const answer = await interpreter.interpret(request, (words) => onWords(task.number, words), signal);
    isOld = await store.change({ task: task.number }, (view) => {
      if (!view.task || !holds(view, claim)) return { result: false };
      if (view.task.revision !== record.task.revision) return { result: true };
      const moved = moveTask(view.task, { kind: 'answer', answer, notice }, serverActor, view.now);
      return moved ? { result: false, writes: moved } : { result: false };
    });
  }
};

/** The runs with their output; where there are many, each gives its share of what one answer may hold. */
const endedRuns = async (store: Store, runs: readonly Run[]): Promise<EndedRun[]> => {
  const bytesMax = Math.min(
    outputHeadBytesMax + outputTailBytesMax,
    Math.floor(answerBytesMax / Math.max(1, runs.length) / 2),
  );
  const ended: EndedRun[] = [];
  for (const run of runs) {
    const stdout = await textOf(store, run, 'stdout', bytesMax);
    const stderr = await textOf(store, run, 'stderr', bytesMax);
    ended.push({ run, stdout, stderr });
  }
  return ended;
};

/** The runs have ended and their output is kept, so the task is done even where nobody could read it. */
const giveUp = (store: Store, task: Task, claim: Claim): Promise<void> =>
  store.change({ task: task.number }, (view) => {
    if (!view.task || !holds(view, claim)) return { result: undefined };
    const words = sentence('answer_gave_up', { attempts: attemptsMax }).text;
    const answer = { words, hosts: [], followUps: [], language: task.language, reader: 'plain' as const };
    const moved = moveTask(view.task, { kind: 'answer', answer, notice: null }, serverActor, view.now);
    return moved ? { result: undefined, writes: moved } : { result: undefined };
  });

/** A stream's kept bytes as text: invalid UTF-8 becomes U+FFFD, a cut middle a line that says so. */
const textOf = async (store: Store, run: Run, stream: OutputStream, bytesMax: number): Promise<string> => {
  const kept = stream === 'stdout' ? run.stdoutBytes : run.stderrBytes;
  if (kept === 0) return '';
  const cutAt = stream === 'stdout' ? run.stdoutCutAt : run.stderrCutAt;
  if (cutAt === null && kept <= bytesMax) return (await store.readOutput(run.id, stream, 0, kept)).toString();
  // Where the share is smaller than what is kept, the middle goes: beginning and end say most.
  const half = kept <= bytesMax ? kept : Math.floor(bytesMax / 2);
  const headBytes = Math.min(half, cutAt ?? half);
  const tailBytes = Math.min(half, kept - (cutAt ?? 0));
  const head = await store.readOutput(run.id, stream, 0, headBytes);
  const tail = await store.readOutput(run.id, stream, kept - tailBytes, tailBytes);
  return `${wholeHead(head)}\n[…]\n${wholeTail(tail)}`;
};
