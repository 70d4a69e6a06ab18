import { applyRule } from './apply-rule.ts';
import { ruleFor } from './catalogue.ts';
import { Risk, type Verdict } from './effect.ts';
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
  readonly runsText: (text: string) => readonly Verdict[];
}

/** What one command with its words does, wrappers followed. */
export const commandVerdicts = (args: readonly Arg[], around: Surroundings): readonly Verdict[] => {
  const [first, ...rest] = args;
  if (!first) return [];
  if (around.depth > riskWrappersMax || args.length > riskWordsMax)
    return [say('undecidable', 'is wrapped or long beyond reading')];
  if (first.value === null || first.isGlob)
    return [say('undecidable', `runs ${first.text}, which is only known when it runs`)];
  const name = first.value;
  if (name === '') return [named.nothing];
  const label = name.slice(name.lastIndexOf('/') + 1);
  if (around.known.aliases.has(name) && name !== '-p')
    return [say('undecidable', `runs "${name}", to which the script gives another meaning`)];
  const found = ruleFor(name);
  if (!found) {
    return around.known.functions.has(name) ? [named.nothing] : unknownCommand(label, rest, around);
  }
  const verdicts = applyRule(found.rule, rest, {
    name: label,
    stdin: around.stdin,
    runs: (inner, stdin = around.stdin) =>
      commandVerdicts(inner, { ...around, stdin, depth: around.depth + 1 }),
    runsText: around.runsText,
  });
  const told = verdicts.map((v) => (v.why.startsWith(label) ? v : { ...v, why: `${label}: ${v.why}` }));
  return found.isTrusted ? told : [...told, say('unknown', `${name} may be another program of that name`)];
};

/**
 * An unknown command changes things; one whose words are themselves a dangerous command may well run that, as
 * wrappers do that nobody has written down.
 */
const unknownCommand = (label: string, rest: readonly Arg[], around: Surroundings): readonly Verdict[] => {
  const unknown = say('unknown', `${label}: is not in the catalogue`);
  const at = rest.findIndex(
    (arg) => arg.value !== null && /^[\w./-]+$/.test(arg.value) && ruleFor(arg.value),
  );
  if (at < 0 || at > wordsBeforeMax) return [unknown];
  const inner = commandVerdicts(rest.slice(at), { ...around, depth: around.depth + 1 });
  return [unknown, ...inner.filter((v) => v.risk === Risk.dangerous || v.risk === Risk.forbidden)];
};
/** A wrapper's own options come before what it runs. */
const wordsBeforeMax = 8;
