import { parameterPattern } from './placeholders.ts';
import type { Retriever } from './retrieve.ts';
import type { Runbook } from './runbook.ts';
import { type Scored, scoreTemplate } from './score.ts';
import { connectors } from './telling-words.ts';
import { takeApart, type Word } from './tokens.ts';
import { isLeftoverValue } from './values.ts';

/** What the request says of a runbook's parameters. */
export interface FoundParameters {
  /** By name; each matches its parameter's whole pattern. */
  values: Record<string, string>;
  /** Parameters without a default that the request doesn't say, in the file's order. */
  missing: string[];
  /** A count that was more than its parameter takes; what is taken is `max`. */
  capped: { asked: number; max: number } | null;
}

/** How many was asked for, in whatever words, for the parameters that take it. */
const countsOf = (
  runbook: Runbook,
  words: readonly Word[],
): { values: Record<string, string>; capped: FoundParameters['capped'] } => {
  const asked = words.find((w) => w.count !== null && w.count > 0)?.count ?? null;
  const values: Record<string, string> = {};
  let capped: FoundParameters['capped'] = null;
  if (asked === null) return { values, capped };
  for (const [name, { count }] of Object.entries(runbook.parameters)) {
    if (count === null) continue;
    values[name] = String(Math.min(asked, count.max));
    if (asked > count.max) capped = { asked, max: count.max };
  }
  return { values, capped };
};

/** The words of a request that nothing has used, offered to the parameters that are still open. */
const fillFromLeftovers = (
  runbook: Runbook,
  words: readonly Word[],
  used: Set<number>,
  values: Record<string, string>,
  { vocabulary }: Pick<Retriever, 'vocabulary'>,
): void => {
  for (const [name, parameter] of Object.entries(runbook.parameters)) {
    if (Object.hasOwn(values, name) || parameter.count !== null) continue;
    const pattern = parameterPattern(parameter.pattern);
    for (const [at, word] of words.entries()) {
      const value = word.values.find((v) => pattern.test(v));
      if (value === undefined || used.has(at)) continue;
      // "Restart pm2" names no application: the runbook's own words are not its values.
      const own =
        word.tokens.length > 0 && word.tokens.every((t) => vocabulary.runbookKnows(runbook.name, t.text));
      if (own && !word.quoted) continue;
      if (!isLeftoverValue(word, value, pattern, vocabulary, parameter.default !== undefined)) continue;
      values[name] = value;
      used.add(at);
      break;
    }
  }
};

/**
 * Finds parameters without a model: where the nearest example has its slots, else a leftover word that fits the
 * pattern and that no runbook knows, else the default. The order of these is the order of how sure they are.
 */
export const findParameters = (
  runbook: Runbook,
  request: string,
  retriever: Pick<Retriever, 'templates' | 'vocabulary'>,
): FoundParameters => {
  const said = retriever.vocabulary.corrected(takeApart(request));
  let best: Scored = { score: 0, values: [] };
  for (const template of retriever.templates) {
    if (template.runbook.name !== runbook.name) continue;
    const scored = scoreTemplate(said, template, retriever.vocabulary);
    const better = scored.score - best.score || scored.values.length - best.values.length;
    if (better > 0) best = scored;
  }
  const { values, capped } = countsOf(runbook, said.words);
  const used = new Set<number>();
  for (const found of best.values) {
    if (Object.hasOwn(values, found.parameter)) continue;
    if (!found.sure && best.score < 1) continue;
    values[found.parameter] = found.value;
    used.add(found.at);
  }
  fillFromLeftovers(runbook, said.words, used, values, retriever);
  const missing: string[] = [];
  for (const [name, parameter] of Object.entries(runbook.parameters)) {
    if (Object.hasOwn(values, name)) continue;
    if (parameter.default === undefined) missing.push(name);
    else values[name] = parameter.default;
  }
  return { values, missing, capped };
};

/**
 * Parameters of a request that says nothing but values, or nothing at all, after another request ("and redis?").
 * Null when it says more than that, for then it is a request of its own.
 */
export const findContinuedParameters = (
  runbook: Runbook,
  request: string,
  earlier: FoundParameters,
  retriever: Pick<Retriever, 'vocabulary'>,
): FoundParameters | null => {
  const said = retriever.vocabulary.corrected(takeApart(request));
  if (said.actions.length > 0 || said.negated) return null;
  const used = new Set<number>(said.words.flatMap((word, at) => (word.count === null ? [] : [at])));
  const { values, capped } = countsOf(runbook, said.words);
  fillFromLeftovers(runbook, said.words, used, values, retriever);
  const rest = said.words
    .filter((_, at) => !used.has(at))
    .flatMap((word) => word.key.split(' ').filter((k) => k !== ''));
  // "Cool" after a question is no value; "and cool?" is one.
  const continues = rest.length > 0 || said.words.length === 0 || /[?？]\s*$/.test(request);
  if (!continues || !rest.every((key) => connectors.has(key))) return null;
  return {
    values: { ...earlier.values, ...values },
    missing: earlier.missing.filter((name) => !Object.hasOwn(values, name)),
    capped,
  };
};
