import type { Answer } from '../core/answer.ts';
import type { Language } from '../core/language.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Run } from '../core/run.ts';

/** A run that has ended, with its output as text: invalid UTF-8 is replaced, a cut middle is marked. */
export interface EndedRun {
  run: Run;
  stdout: string;
  stderr: string;
}

export interface ReadRequest {
  /** The person's own words. */
  request: string;
  language: Language;
  proposal: Proposal;
  runs: readonly EndedRun[];
}

/**
 * Says what the runs' results mean.
 *
 * - Has no tools and causes nothing (law 5): it returns words.
 * - Never throws for what outputs or a model can cause; it falls back to a plain answer that shows the output.
 * - `onWords` may be called with the whole text so far, any number of times, before the promise resolves; the
 *   resolved answer is the only one that counts.
 * - `signal` aborts within a second, rejecting with its reason.
 */
export interface ResultInterpreter {
  interpret(request: ReadRequest, onWords: (words: string) => void, signal: AbortSignal): Promise<Answer>;
}
