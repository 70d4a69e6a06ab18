import { iso } from '../core/iso.ts';
import { type Run, RunState, withAgentStates } from '../core/run.ts';
import type { FinishFacts, RunEvent } from '../core/run-transition.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Decided, OutputStream, Store, View } from '../ports/store.ts';
import type { CarefulRedactor } from './careful-redactor.ts';
import { HeldOutput, type RunOutput } from './held-output.ts';
import { moveRun } from './moves.ts';
import { keptPlaceOf, rawBytesMax, type Step } from './output-redactor.ts';

/** `stale` means that the run was not where the report would matter: repeated delivery, or an end that came twice. */
export type Reported = 'moved' | 'stale' | 'unknown';

/**
 * `committed` acknowledges raw bytes; `held` ones wait for more, since they may be the beginning of a secret.
 * `gap` means that bytes before these are missing: the stream must start again from the committed offset.
 */
export type OutputReported =
  | { kind: 'committed'; offset: number }
  | { kind: 'held' }
  | { kind: 'gap' }
  | { kind: 'unknown' };

export interface Finish extends FinishFacts {
  /** Raw bytes of each stream; so are the places of its cuts. */
  stdoutBytes: number;
  stderrBytes: number;
  /** Why nobody can say how it ended; the sentence is made here, of what is known of the run. */
  lost?: { name: string; why: string };
}

/**
 * What agents report, each committed before it is acknowledged (law 7), and redacted before it is committed (law 5).
 * A run of another agent is `unknown`, whoever asks.
 *
 * Calls of one stream are made in its order without waiting in between, and keep that order; so a frame's items
 * share one commit, unless redacting them takes longer than a turn may.
 */
export class Reports {
  readonly #store: Store;
  readonly #redactor: CarefulRedactor;
  readonly #held: HeldOutput;

  constructor(store: Store, redactor: CarefulRedactor) {
    this.#store = store;
    this.#redactor = redactor;
    this.#held = new HeldOutput(store, redactor);
  }

  accepted(agentId: string, runId: string): Promise<Reported> {
    return this.#move(agentId, runId, [{ kind: 'accept' }]);
  }

  started(agentId: string, runId: string): Promise<Reported> {
    return this.#move(agentId, runId, [{ kind: 'accept' }, { kind: 'start' }]);
  }

  refused(agentId: string, runId: string, why: Sentence): Promise<Reported> {
    return this.#move(agentId, runId, [{ kind: 'refuse', sentence: this.#redactor.sentence(why) }]);
  }

  /** The stream that these came by is gone: what is held of them comes again by the next one. */
  forget(runIds: Iterable<string>): void {
    for (const id of runIds) this.#held.forget(id);
  }

  /** @returns `unknown` also while output before the end is missing; the caller makes the agent start again. */
  async finished(agentId: string, runId: string, finish: Finish): Promise<Reported> {
    const reported = await this.#held.inOrder(runId, (output) => {
      const isOurs = output?.agentId === agentId;
      const steps = isOurs ? [this.#end(output, 'stdout'), this.#end(output, 'stderr')] : [];
      const decide = (view: View) => this.#decideEnd(view, agentId, finish, steps);
      return { committing: this.#store.change<Reported>({ run: runId }, decide) };
    });
    this.#held.forget(runId);
    return reported;
  }

  /**
   * Commits what is new of these bytes and sure to be free of secrets. What goes over the kept bounds, or comes after
   * the run's end, is a misbehaving agent's: it is acknowledged, so that the agent gets on, and dropped.
   */
  async output(
    agentId: string,
    runId: string,
    stream: OutputStream,
    offset: number,
    bytes: Buffer,
  ): Promise<OutputReported> {
    const end = offset + bytes.length;
    const reported = await this.#held.inOrder(runId, (output) => {
      const step = output?.agentId === agentId ? this.#step(output, stream, offset, bytes) : null;
      const decide = (view: View) => decideOutput(view, agentId, stream, end, step);
      return { committing: this.#store.change<OutputReported>({ run: runId }, decide) };
    });
    if (reported.kind === 'gap' || reported.kind === 'unknown') this.#held.forget(runId);
    return reported;
  }

  /** Null for bytes that leave a gap. */
  #step(output: RunOutput, stream: OutputStream, offset: number, bytes: Buffer): Step | null {
    const { expected } = output[stream];
    if (offset > expected) return null;
    const fresh = bytes.subarray(expected - offset, Math.max(0, rawBytesMax - offset));
    return this.#held.step(output, stream, fresh, false);
  }

  #end(output: RunOutput, stream: OutputStream): Step {
    return this.#held.step(output, stream, Buffer.alloc(0), true);
  }

  #decideEnd(
    { run, task, now }: View,
    agentId: string,
    finish: Finish,
    steps: readonly Step[],
  ): Decided<Reported> {
    if (!run || !task || run.agentId !== agentId) return { result: 'unknown' };
    if (!takesOutput(run.state)) return { result: 'stale' };
    const ended = steps.reduce((r, step) => (isAt(r, step) ? withStep(r, step) : r), run);
    const isMissing =
      ended.stdoutRedaction.rawBytes < Math.min(finish.stdoutBytes, rawBytesMax) ||
      ended.stderrRedaction.rawBytes < Math.min(finish.stderrBytes, rawBytesMax);
    if (isMissing || !steps.every((step) => isAt(run, step))) return { result: 'unknown' };
    const { stdoutBytes: _, stderrBytes: __, lost: ___, ...facts } = finish;
    const event: RunEvent = { kind: 'finish', ...facts, ...this.#asKept(finish, ended) };
    const moved = moveRun(task, ended, event, now);
    if (!moved) return { result: 'stale' };
    const output = steps.flatMap((step) => chunkOf(run.id, step));
    return { result: 'moved', writes: { task: moved.task, runs: [moved.run], audit: moved.audit, output } };
  }

  /** What an end says of its output, told of what is kept and shown: the redacted bytes. */
  #asKept(finish: Finish, run: Run): Pick<FinishFacts, 'stdoutCutAt' | 'stderrCutAt' | 'sentence'> {
    const { stdoutCutAt, stderrCutAt } = finish;
    const said = finish.lost ? lostSentence(finish.lost, run) : finish.sentence;
    const isWithheld = run.stdoutRedaction.isWithheld || run.stderrRedaction.isWithheld;
    const isCut = said?.code === 'output_cut';
    const cut = sentence('output_cut', { keptBytes: run.stdoutBytes + run.stderrBytes });
    const why = said && this.#redactor.sentence(said);
    return {
      stdoutCutAt: stdoutCutAt && keptPlaceOf(stdoutCutAt, run.stdoutBytes, run.stdoutRedaction),
      stderrCutAt: stderrCutAt && keptPlaceOf(stderrCutAt, run.stderrBytes, run.stderrRedaction),
      sentence: isWithheld && (said === null || isCut) ? sentence('output_withheld', {}) : isCut ? cut : why,
    };
  }

  #move(agentId: string, runId: string, events: readonly RunEvent[]): Promise<Reported> {
    return this.#store.change<Reported>({ run: runId }, (view) => {
      const { run, task } = view;
      if (!run || !task || run.agentId !== agentId) return { result: 'unknown' };
      let now = { run, task, audit: [] as NonNullable<ReturnType<typeof moveRun>>['audit'] };
      for (const event of events) {
        const moved = moveRun(now.task, now.run, event, view.now);
        if (moved) now = { ...moved, audit: [...now.audit, ...moved.audit] };
      }
      if (now.run === run) return { result: 'stale' };
      return { result: 'moved', writes: { task: now.task, runs: [now.run], audit: now.audit } };
    });
  }
}

/** @param end the raw offset after the last byte that came. */
const decideOutput = (
  { run }: View,
  agentId: string,
  stream: OutputStream,
  end: number,
  step: Step | null,
): Decided<OutputReported> => {
  if (run?.agentId !== agentId) return { result: { kind: 'unknown' } };
  const { rawBytes } = redactionIn(run, stream);
  if (!takesOutput(run.state) || rawBytes >= rawBytesMax) {
    return { result: { kind: 'committed', offset: Math.max(rawBytes, end) } };
  }
  if (step === null || !isAt(run, step)) return { result: { kind: 'gap' } };
  if (step.redaction.rawBytes === rawBytes) {
    return { result: end > rawBytes ? { kind: 'held' } : { kind: 'committed', offset: rawBytes } };
  }
  // What is over the bound is dropped with this, and so acknowledged with it.
  const offset =
    step.redaction.rawBytes >= rawBytesMax ? Math.max(rawBytesMax, end) : step.redaction.rawBytes;
  return {
    result: { kind: 'committed', offset },
    writes: { runs: [withStep(run, step)], output: chunkOf(run.id, step) },
  };
};

/** What is known of a run that is lost: when it had started, and how much of it was seen. */
const lostSentence = ({ name, why }: { name: string; why: string }, run: Run): Sentence => {
  const startedAt = run.startedAt === null ? null : iso(run.startedAt);
  return sentence('lost_wrapper', { name, why, startedAt, bytes: run.stdoutBytes + run.stderrBytes });
};

const redactionIn = (run: Run, stream: OutputStream): Run['stdoutRedaction'] =>
  stream === 'stdout' ? run.stdoutRedaction : run.stderrRedaction;

const isAt = (run: Run, { stream, from }: Step): boolean => redactionIn(run, stream).rawBytes === from;

const withStep = (run: Run, { stream, keptFrom, bytes, redaction }: Step): Run => {
  const keptBytes = keptFrom + bytes.length;
  return stream === 'stdout'
    ? { ...run, stdoutBytes: keptBytes, stdoutRedaction: redaction }
    : { ...run, stderrBytes: keptBytes, stderrRedaction: redaction };
};

const chunkOf = (runId: string, { stream, keptFrom, bytes }: Step) =>
  bytes.length === 0 ? [] : [{ runId, stream, offset: keptFrom, bytes }];

/** A run that the agent may have; of those that ended only a lost one, whose end is not the last word. */
const takesOutput = (state: RunState): boolean => withAgentStates.includes(state) || state === RunState.lost;
