import type { Store } from '../ports/store.ts';
import type { CarefulRedactor } from './careful-redactor.ts';
import { heldBytesMax, redactTurnMs } from './limits.ts';
import { OutputRedactor, type Step } from './output-redactor.ts';

/** Both streams of one run. */
export interface RunOutput {
  agentId: string;
  stdout: OutputRedactor;
  stderr: OutputRedactor;
}

interface Entry {
  /** Null until it was read from the store, or when the store has no such run. */
  output: RunOutput | null;
  /** The end of the last step that was begun; the next waits for it. */
  last: Promise<void>;
}

/**
 * The output that is between the wire and the store: each run's steps in the order of the calls, several runs at once.
 *
 * It may forget a run at any time: the agent is then told that bytes are missing, and sends from the committed offset.
 */
export class HeldOutput {
  readonly #store: Store;
  readonly #redactor: CarefulRedactor;
  readonly #entries = new Map<string, Entry>();
  #busyMs = 0;

  constructor(store: Store, redactor: CarefulRedactor) {
    this.#store = store;
    this.#redactor = redactor;
  }

  /**
   * Calls `step` after those that were called before for this run, without waiting for their commits.
   *
   * @param step gives its commit, which it has begun. A commit that fails makes the run forgotten.
   */
  async inOrder<T>(
    runId: string,
    step: (output: RunOutput | null) => { committing: Promise<T> },
  ): Promise<T> {
    const entry = this.#entries.get(runId) ?? { output: null, last: Promise.resolve() };
    this.#entries.set(runId, entry);
    const begun = entry.last.then(async () => {
      await this.#breathe();
      entry.output ??= await this.#load(runId);
      return step(entry.output);
    });
    entry.last = begun.then(ignore, ignore);
    try {
      const result = await (await begun).committing;
      if (entry.output === null) this.#drop(runId, entry);
      return result;
    } catch (err) {
      this.#drop(runId, entry);
      throw err;
    }
  }

  /** One step of a stream. Where an agent's streams hold too much together, this one gives what it has. */
  step({ agentId, ...output }: RunOutput, stream: 'stdout' | 'stderr', fresh: Buffer, isEnd: boolean): Step {
    const begun = performance.now();
    const step = output[stream].step(fresh, isEnd || this.#heldOf(agentId) > heldBytesMax);
    this.#busyMs += performance.now() - begun;
    return step;
  }

  /** Forgets a run: it has ended, its agent is gone, or what was done here did not come to be. */
  forget(runId: string): void {
    const entry = this.#entries.get(runId);
    if (entry) this.#drop(runId, entry);
  }

  #drop(runId: string, entry: Entry): void {
    if (this.#entries.get(runId) !== entry) return;
    this.#entries.delete(runId);
  }

  #heldOf(agentId: string): number {
    let bytes = 0;
    for (const { output } of this.#entries.values())
      if (output?.agentId === agentId) bytes += output.stdout.heldBytes + output.stderr.heldBytes;
    return bytes;
  }

  async #load(runId: string): Promise<RunOutput | null> {
    const run = await this.#store.getRun(runId);
    if (!run) return null;
    const of = (stream: 'stdout' | 'stderr') => new OutputRedactor(this.#redactor, run, stream);
    return { agentId: run.agentId, stdout: of('stdout'), stderr: of('stderr') };
  }

  /** Lets others have a turn when this one has gone into redaction alone. */
  async #breathe(): Promise<void> {
    if (this.#busyMs < redactTurnMs) return;
    this.#busyMs = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const ignore = (): void => {};
