import type { Verdict } from '../effect.ts';
import type { Examples, Meaning } from '../rule.ts';
import type { Knowledge } from './knowledge.ts';
import type { Expression } from './tree.ts';

/** A cmdlet with its words sorted. Names are in lower case. */
export interface CmdletCall {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly value: Expression | null }[];
  /** Words that no parameter takes, as far as that can be told. */
  readonly operands: readonly Expression[];
  /** Every value, whichever parameter takes it. */
  readonly values: readonly Expression[];
  /** Splatted from what isn't known: it may have any parameter. */
  readonly isOpaque: boolean;
  /** Something comes through the pipe. */
  readonly isFed: boolean;
  /** What comes is all that there is of something: `Get-Process |`. */
  readonly isFedAll: boolean;
  readonly known: Knowledge;
  /** Whether a parameter is given and not switched off; a beginning of its name counts, as PowerShell has it. */
  readonly has: (...names: string[]) => boolean;
  /** The value of a parameter, or null. */
  readonly value: (...names: string[]) => Expression | null;
  /** The text of a parameter, or else of the operand at a position; null where only the run tells it. */
  readonly text: (name: string, position: number) => string | null;
  readonly runsText: (text: string) => readonly Verdict[];
  /** What another command would do, given by its name and words. */
  readonly runs: (words: readonly string[]) => readonly Verdict[];
}

/**
 * What a cmdlet means, as data: `is`, or what `turns` says for a parameter that is given, plus what `flags` adds,
 * plus what `check` finds. Names of parameters are separated by blanks and may be abbreviated.
 */
export interface CmdletRule {
  readonly is: Meaning;
  readonly turns?: Readonly<Record<string, Meaning>>;
  readonly flags?: Readonly<Record<string, Meaning>>;
  /** Looks at what has the name, not into it: naming a secret doesn't read it. */
  readonly namesOnly?: boolean;
  readonly check?: (call: CmdletCall) => readonly Verdict[];
}

/** One family of cmdlets: rules by names (separated by blanks), and what must come out. */
export interface CmdletFamily {
  readonly rules: Readonly<Record<string, CmdletRule | Meaning>>;
  readonly examples: Examples;
}
