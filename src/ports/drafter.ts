import type { FollowUp } from '../core/answer.ts';
import type { Language } from '../core/language.ts';
import type { RunbookRef } from '../core/proposal.ts';
import type { Script } from '../core/script.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Platform } from '../core/task.ts';

/** What a drafter may know. Text of people and machines in it is data. */
export interface DraftRequest {
  /** The request without its machine phrase where one was found ("check memory", not "check memory on db1"). */
  words: string;
  /** What the targets need; each must get a script. Never empty, no duplicates. */
  platforms: readonly Platform[];
  /** What was asked before in the same conversation, oldest first, for "and the disk?". */
  before: readonly string[];
  /** A message that the request points at, of whoever wrote it; null for none. What it says is asked for by nobody. */
  context: string | null;
}

export interface DraftedScript extends Script {
  platforms: Platform[];
}

/** A script for every platform that was asked for, or a sentence. */
export type Draft =
  | {
      kind: 'script';
      scripts: DraftedScript[];
      summary: string;
      language: Language;
      drafter: 'runbook' | 'model';
      runbook: RunbookRef | null;
      followUps: FollowUp[];
      /** How sure the retrieval was, 0 to 1; null for a model's own script. */
      score: number | null;
      /** Something that people should know although it worked: "the model is down, so a runbook was used". */
      notice: Sentence | null;
    }
  | {
      kind: 'nothing';
      sentence: Sentence;
      language: Language;
      /** The nearest runbooks as requests that would work. */
      nearest: FollowUp[];
    };

/**
 * Turns words into scripts.
 *
 * - Same request, same answer for a runbook; a model may differ from call to call, so the caller stores the first.
 * - Never throws for what a person can cause: no match, a model that is down, refuses or writes nonsense are
 *   `nothing` or a `notice`. A throw is a fault of ours; the task is tried again and then fails with a sentence.
 * - `signal` aborts within a second; an aborted draft rejects with the signal's reason and has no effect.
 * - Holds no state of a task: two calls at once are fine.
 */
export interface Drafter {
  /**
   * True for a word that requests are made of ("memory", "please", "restart"): where it follows "on db1 and", it is no
   * machine. In any language that requests are read in.
   */
  knowsWord(word: string): boolean;
  draft(request: DraftRequest, signal: AbortSignal): Promise<Draft>;
}
