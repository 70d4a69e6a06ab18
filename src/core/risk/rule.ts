import type { Risk, Verdict } from './effect.ts';
import type { VerdictName } from './verdicts.ts';
import type { Arg } from './word.ts';

/** What feeds a command's standard input, where that decides what it runs. */
export type Stdin =
  | { readonly kind: 'none' }
  /** Data that is there already: a file, a program's output. */
  | { readonly kind: 'data' }
  /** Text that stands in the script. */
  | { readonly kind: 'text'; readonly text: string };

/** One option as it was met: its name as the rule spells it, and its value. */
export interface Option {
  readonly name: string;
  readonly value: Arg | null;
}

/** A command with its words sorted by its rule. */
export interface Call {
  readonly name: string;
  readonly args: readonly Arg[];
  readonly options: readonly Option[];
  /** What is left when options and their values are taken out. */
  readonly operands: readonly Arg[];
  readonly stdin: Stdin;
  /** Classifies a command that this one runs. */
  readonly runs: (args: readonly Arg[], stdin?: Stdin) => readonly Verdict[];
  /** The dangerous things that these words would do if one of the first were the command. */
  readonly doubts: (words: readonly Arg[], first?: number) => readonly Verdict[];
  /** Classifies a text that this one hands to a shell, which reads what this one would have read. */
  readonly runsText: (text: string, stdin?: Stdin) => readonly Verdict[];
}

export type Meaning = VerdictName | Verdict;

/**
 * What a command means, as data. A call means `is`, or what the first of its `turns` says, plus what each of its
 * `flags` adds, plus what `check` finds. Names of options are separated by blanks: `'-o --output'`.
 */
export interface Rule {
  /** Without it the command needs a subcommand or a `check` that says something, and is unknown otherwise. */
  readonly is?: Meaning;
  /** Options that take a value, so that the value isn't taken for anything else. */
  readonly values?: string;
  /** Options that take a value only when it is attached: `-i{}`, `--replace={}`. */
  readonly maybeValues?: string;
  /** Options without meaning of their own; told so that a short form of theirs isn't taken for a risky one's. */
  readonly plain?: string;
  /** Options that add to the meaning. */
  readonly flags?: Readonly<Record<string, Meaning>>;
  /** Options that replace the meaning; by a harmless one only where every other option is known to the rule. */
  readonly turns?: Readonly<Record<string, Meaning>>;
  /** Subcommands by name; `'a b'` names two, `'list*'` all that begin so, `'*'` the rest, `''` none at all. */
  readonly sub?: Readonly<Record<string, Meaning | Rule>>;
  /** Long options begin with one dash (`find`, `openssl`); nothing is bundled. */
  readonly singleDash?: boolean;
  /** The first operand ends the options, as in every wrapper. */
  readonly stopsAtOperand?: boolean;
  /** Takes names, not contents: naming a secret doesn't read it. */
  readonly namesOnly?: boolean;
  /** No option of it does harm, so that a value which turns out to be one doesn't either. */
  readonly anyOption?: boolean;
  /** `--help` may not be for it: it runs what its arguments name. */
  readonly noHelp?: boolean;
  /** Operands more than `most` mean this. */
  readonly operands?: { readonly most: number; readonly beyond: Meaning };
  /** What no table can say. */
  readonly check?: (call: Call) => readonly Verdict[];
}

/** Examples that the one test of the catalogue runs, by expected risk. */
export type Examples = { readonly [R in Risk]?: readonly string[] };

/** One family of commands: rules by names (separated by blanks), and what must come out. */
export interface Family {
  readonly rules: Readonly<Record<string, Rule | Meaning>>;
  readonly examples: Examples;
}
