import type { KeepSource, KeepWish } from '../core/keep.ts';
import type { KeptVersion } from '../core/kept-runbook.ts';
import type { RunbookSummary } from '../core/runbook-summary.ts';
import type { Sentence } from '../core/sentences.ts';

/** What a wish comes to: the text of a runbook's file and its SHA-256 in hex, or what is wrong with it. */
export type MadeRunbook = { ok: true; yaml: string; digest: string } | { ok: false; sentence: Sentence };

/**
 * The runbooks that are drafted from: the files, and beside them what people kept. Synchronous, as all of it is in memory.
 * Never throws for what a person or a row can hold.
 */
export interface RunbookShelf {
  /** What a person would say of a runbook of this source, to be confirmed or changed by them. */
  propose(source: KeepSource): KeepWish;
  /** The same source and wish give the same text: with every check that a file goes through. */
  make(source: KeepSource, wish: KeepWish): MadeRunbook;
  /**
   * Puts these in place of all that was kept before; requests find them from the next one on. One whose name a file has
   * is left out, and so is one that is no valid runbook.
   *
   * @returns what is wrong with those that are not valid, each a sentence.
   */
  put(kept: readonly KeptVersion[]): string[];
  /** Those that requests find, by name: first the files. */
  summaries(): readonly RunbookSummary[];
  hasFile(name: string): boolean;
  /** As the drafter's: what tells a machine's name from a word of a request. */
  knowsWord(word: string): boolean;
}
