import { applyRule, type CallFrame, secretsIn } from './apply-rule.ts';
import { ruleFor } from './catalogue.ts';
import { hiddenCommands } from './code.ts';
import { doubtful } from './doubtful.ts';
import type { Verdict } from './effect.ts';
import type { Knowledge } from './knowledge.ts';
import { riskWordsMax, riskWrappersMax } from './limits.ts';
import type { Stdin } from './rule.ts';
import { named, say } from './verdicts.ts';
import type { Arg } from './word.ts';

/** What a command can see of the script around it. */
export interface Surroundings {
  readonly known: Knowledge;
  readonly stdin: Stdin;
  /** Wrappers around it so far. */
  readonly depth: number;
  /** Calls that may still be judged for the command as written. */
  readonly calls: { left: number };
  readonly runsText: (text: string, stdin: Stdin) => readonly Verdict[];
  /** Is shown each command as it is met, those that others run too; not the calls of the script's own functions. */
  readonly meets?: ((args: readonly Arg[]) => void) | undefined;
}

/** What one command with its words does, wrappers followed. */
export const commandVerdicts = (args: readonly Arg[], around: Surroundings): readonly Verdict[] => {
  const [first, ...rest] = args;
  if (!first) return [];
  if (first.value === null || !around.known.functions.has(first.value)) around.meets?.(args);
  if (around.depth > riskWrappersMax || args.length > riskWordsMax || around.calls.left-- <= 0)
    return [say('undecidable', 'is wrapped or long beyond reading')];
  if (first.value === null || first.isGlob)
    return [say('undecidable', `runs ${first.text}, which is only known when it runs`)];
  const name = first.value;
  if (name === '') return [named.nothing];
  const label = name.slice(name.lastIndexOf('/') + 1);
  if (around.known.aliases.has(name) && name !== '-p')
    return [say('undecidable', `runs "${name}", to which the script gives another meaning`)];
  const found = ruleFor(name);
  if (!found)
    return around.known.functions.has(name)
      ? [named.nothing, ...secretsIn(rest), ...keptTexts(rest)]
      : unknownCommand(label, rest, around);
  const verdicts = applyRule(found.rule, rest, frameOf(label, around));
  const told = verdicts.map((v) => (v.why.startsWith(label) ? v : { ...v, why: `${label}: ${v.why}` }));
  return found.isTrusted ? told : [...told, say('unknown', `${name} may be another program of that name`)];
};

/** What a function is given may be computed there, and computing runs what stands in an index. */
const keptTexts = (args: readonly Arg[]): readonly Verdict[] =>
  args.some((arg) => /\[.*(\$\(|`)/s.test(arg.value ?? ''))
    ? [say('unknown', 'hands on a text with a command in it')]
    : [];

const frameOf = (name: string, around: Surroundings): CallFrame => {
  const inside = { ...around, depth: around.depth + 1 };
  return {
    name,
    stdin: around.stdin,
    runs: (inner, stdin = around.stdin) => commandVerdicts(inner, { ...inside, stdin }),
    runsText: (text, stdin = around.stdin) => around.runsText(text, stdin),
    doubts: (words, first = wordsBeforeMax) =>
      doubtful(words, Math.min(first, wordsBeforeMax), (args) => commandVerdicts(args, inside)),
  };
};

/**
 * An unknown command changes things; one whose words are themselves a dangerous command may well run that, as
 * wrappers do that nobody has written down.
 */
const unknownCommand = (label: string, rest: readonly Arg[], around: Surroundings): readonly Verdict[] => [
  say('unknown', `${label}: is not in the catalogue`),
  ...hiddenCommands({ ...frameOf(label, around), args: rest, options: [], operands: rest }, /^\s+/),
];
/** A wrapper's own options come before what it runs. */
const wordsBeforeMax = 8;
