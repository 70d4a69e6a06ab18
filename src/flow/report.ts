import { outputHeadBytesMax, outputTailBytesMax } from '../core/limits.ts';
import { type Run, RunState, withAgentStates } from '../core/run.ts';
import type { FinishFacts, RunEvent } from '../core/run-transition.ts';
import type { Sentence } from '../core/sentences.ts';
import type { OutputStream, Store } from '../ports/store.ts';
import { moveRun } from './moves.ts';

/** `stale` means that the run was not where the report would matter: repeated delivery, or an end that came twice. */
export type Reported = 'moved' | 'stale' | 'unknown';

/** `gap` means that bytes before these are missing: the stream must start again from the committed offset. */
export type OutputReported = { kind: 'committed'; offset: number } | { kind: 'gap' } | { kind: 'unknown' };

export interface Finish extends FinishFacts {
  stdoutBytes: number;
  stderrBytes: number;
}

/**
 * What agents report, each committed before it is acknowledged (law 7). A run of another agent is `unknown`,
 * whoever asks.
 *
 * Calls of one stream are made in its order without waiting in between, and keep that order; so a frame's items
 * share one commit.
 */
export class Reports {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  accepted(agentId: string, runId: string): Promise<Reported> {
    return this.#move(agentId, runId, () => [{ kind: 'accept' }]);
  }

  started(agentId: string, runId: string): Promise<Reported> {
    return this.#move(agentId, runId, () => [{ kind: 'accept' }, { kind: 'start' }]);
  }

  refused(agentId: string, runId: string, why: Sentence): Promise<Reported> {
    return this.#move(agentId, runId, () => [{ kind: 'refuse', sentence: why }]);
  }

  /** @returns `unknown` also while output before the end is missing; the caller makes the agent start again. */
  finished(agentId: string, runId: string, finish: Finish): Promise<Reported> {
    const { stdoutBytes, stderrBytes, ...facts } = finish;
    return this.#move(agentId, runId, (run) => {
      const isMissing = run.stdoutBytes < keptOf(stdoutBytes) || run.stderrBytes < keptOf(stderrBytes);
      if (isMissing && takesOutput(run.state)) return null;
      return [{ kind: 'finish', ...facts }];
    });
  }

  /**
   * Commits what is new of these bytes. What goes over the kept bounds, or comes after the run's end, is a misbehaving
   * agent's: it is acknowledged, so that the agent gets on, and dropped.
   */
  output(
    agentId: string,
    runId: string,
    stream: OutputStream,
    offset: number,
    bytes: Buffer,
  ): Promise<OutputReported> {
    return this.#store.change<OutputReported>({ run: runId }, (view) => {
      const { run } = view;
      if (run?.agentId !== agentId) return { result: { kind: 'unknown' } };
      const key = stream === 'stdout' ? 'stdoutBytes' : 'stderrBytes';
      const committed = run[key];
      const isDropped = committed >= keptBytesMax || !takesOutput(run.state);
      if (offset > committed && !isDropped) return { result: { kind: 'gap' } };
      const fresh = isDropped ? nothing : bytes.subarray(committed - offset, keptBytesMax - offset);
      const next = committed + fresh.length;
      if (fresh.length === 0)
        return { result: { kind: 'committed', offset: Math.max(committed, offset + bytes.length) } };
      return {
        result: { kind: 'committed', offset: next },
        writes: {
          runs: [{ ...run, [key]: next }],
          output: [{ runId, stream, offset: committed, bytes: fresh }],
        },
      };
    });
  }

  #move(agentId: string, runId: string, eventsFor: (run: Run) => RunEvent[] | null): Promise<Reported> {
    return this.#store.change<Reported>({ run: runId }, (view) => {
      const { run, task } = view;
      if (!run || !task || run.agentId !== agentId) return { result: 'unknown' };
      const events = eventsFor(run);
      if (events === null) return { result: 'unknown' };
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

/** Of one stream: head and tail. */
const keptBytesMax = outputHeadBytesMax + outputTailBytesMax;
const keptOf = (bytes: number): number => Math.min(bytes, keptBytesMax);
const nothing = Buffer.alloc(0);

/** A run that the agent may have; of those that ended only a lost one, whose end is not the last word. */
const takesOutput = (state: RunState): boolean => withAgentStates.includes(state) || state === RunState.lost;
