import type { KeepWish } from '../core/keep.ts';
import type { KeptVersion } from '../core/kept-runbook.ts';
import type { RunbookSummary } from '../core/runbook-summary.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Actor, Instant } from '../core/task.ts';

/** A runbook as it stands in lists. */
export interface RunbookLine extends RunbookSummary {
  /** What came of its runs so far, by version, the latest first; a version that never ran is not there. */
  uses: { version: number | null; succeeded: number; ended: number; lastAt: Instant }[];
  /** When it was taken out of use; null while requests find it. */
  retiredAt: Instant | null;
  /** True for a kept one that nobody finds, since a file of its name goes first. */
  isBehindFile: boolean;
}

/** What people are proposed to keep, to confirm or to change. */
export type FormOutcome = { kind: 'form'; form: KeepWish } | { kind: 'refused'; sentence: Sentence };

/** A kept runbook with one of its versions. */
export interface ShownRunbook {
  name: string;
  /** The one that requests find; null while it is retired. */
  inUse: number | null;
  shown: KeptVersion;
  versions: Pick<KeptVersion, 'version' | 'digest' | 'task' | 'by' | 'at'>[];
}

export type RunbookOutcome =
  | { kind: 'done'; runbook: ShownRunbook }
  | { kind: 'refused'; sentence: Sentence };

/** The counter for kept runbooks, beside `Desk`: the same verbs for every surface, each committed when it resolves. */
export interface RunbookDesk {
  /** Those that requests find: what can be asked for at once. */
  summaries(): readonly RunbookSummary[];
  /** All, also the retired: by name, files first. */
  list(): Promise<RunbookLine[]>;
  /** @param version null for the one in use, or of a retired one the latest that was. */
  show(name: string, version: number | null): Promise<RunbookOutcome>;
  /** Puts one of its versions into use, also of a retired one. */
  restore(by: Actor, name: string, version: number): Promise<RunbookOutcome>;
  /** Requests find it no longer. Nothing of it is deleted. */
  retire(by: Actor, name: string): Promise<RunbookOutcome>;
}
