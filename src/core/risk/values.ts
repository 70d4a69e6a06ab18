import type { ParameterExpansionPart, Word, WordPart } from 'unbash';
import { riskValuesMax, riskVariantsMax } from './limits.ts';

/**
 * The texts that a script itself gives to its variables, gathered before it is judged: `f=/etc/shadow; cat "$f"` is
 * tried with the file's name as well. Trying adds risk and never takes any away, since a value may also come from
 * elsewhere. Positional parameters stand under their numbers and `@`, elements of an array under `name[@]` too.
 */
export type Values = Map<string, Set<string>>;

/** Remembers one text that a variable may hold. */
export const learnValue = (values: Values, name: string, value: string): void => {
  const known = values.get(name);
  if (!known) values.set(name, new Set([value]));
  else if (known.size < riskValuesMax) known.add(value);
};

/** The name under which an expansion's values are kept; null for one that changes what it expands. */
const nameOf = (part: WordPart): string | null =>
  part.type === 'SimpleExpansion'
    ? part.text.slice(1).replace(/^\*$/, '@')
    : part.type === 'ParameterExpansion' && part.prefix === undefined
      ? keyOf(part)
      : null;

const keyOf = (part: ParameterExpansionPart): string | null => {
  if (part.operation !== undefined && part.operation.type !== 'Default') return null;
  const index = part.index?.value;
  return (index === '@' || index === '*' ? `${part.parameter}[@]` : part.parameter).replace(/^\*$/, '@');
};

/** What an expansion may become, as far as the script says; a default that it names counts. */
export const valuesOf = (values: Values, part: WordPart): readonly string[] => {
  const name = nameOf(part);
  if (name === null) return [];
  const known = [...(values.get(name) ?? [])];
  if (part.type !== 'ParameterExpansion' || part.operation?.type !== 'Default') return known;
  const { operand, operator } = part.operation;
  const isPlain = operand.parts?.every((inner) => inner.type === 'Literal' || inner.type === 'SingleQuoted');
  if (operator.endsWith('?') || isPlain === false) return known;
  return [...known, operand.value];
};

/** Ways to fill in the expansions of some words, each a reader's `fill`; empty where nothing is known of them. */
export const fillsOf = (
  words: readonly Word[],
  values: Values,
): readonly ((part: WordPart) => string | null)[] => {
  const choices = new Map<string, readonly string[]>();
  const collect = (part: WordPart): void => {
    if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') part.parts.forEach(collect);
    else if (choices.size < expansionsMax) {
      const known = valuesOf(values, part);
      if (known.length > 0) choices.set(part.text, known);
    }
  };
  for (const word of words) word.parts?.forEach(collect);
  if (choices.size === 0) return [];
  const ways = [...choices.values()].reduce((product, { length }) => product * length, 1);
  return Array.from({ length: Math.min(ways, riskVariantsMax) }, (_, way) => {
    let rest = way;
    const chosen = new Map<string, string>();
    for (const [text, known] of choices) {
      chosen.set(text, known[rest % known.length] ?? '');
      rest = Math.floor(rest / known.length);
    }
    return (part: WordPart) => chosen.get(part.text) ?? null;
  });
};
/** Different expansions of one command that are filled in; a command with more has lost its reader. */
const expansionsMax = 8;
