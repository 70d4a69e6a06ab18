import { actionsAgree } from './actions.ts';
import { subjects } from './generic-words.ts';
import { isProgram } from './names.ts';
import type { Template } from './template.ts';
import { tokenShares } from './template.ts';
import type { Said } from './tokens.ts';
import { alignValues, type FoundValue, isKnownWord, valuesWordForWord } from './values.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A word that the runbook says elsewhere, not in this example: it belongs here, and was not asked like this. */
const elsewhereCredit = 0.8;
/** A verb weighs as much as a noun that few runbooks know. */
const actionWeight = 2.5;
/** How much of the score hangs on the example being covered; the rest on the request being covered. */
const exampleShare = 0.4;
/** The same where an unknown word is taken for a value: "kernel errors" names no application. */
const guessedExampleShare = 0.95;
/** The same for an order: "restart web" names no container, so "restart the container {container}" isn't meant. */
const orderExampleShare = 0.95;
/** Unknown words of a request lower the score more than in proportion. */
const requestPower = 1.6;
/** An example of little weight ("status of {service}") must be said as it is. */
const weightAtLeast = 2.2;
/** A parameter that has no default and was not said. The runbook may still be meant: then it asks. */
const missingFactor = 0.85;

/** The same informative words in any order; only the example word for word is 1. */
const exactScore = 0.99;
/** A keyword of several runbooks: each of them is offered, and none is taken. */
const sharedScore = 0.55;
/** "Who is using the machine" and "how is the machine" share only what any request may hold. */
const exactWeightMin = 0.5;
/** An order whose value is a word of other runbooks: "restart pm2" may mean an application in it. */
const ambiguousOrderScore = 0.79;
/** Only kinds of things in common ("package"), of which the example says more: about something else. */
const kindsOnlyFactor = 0.5;
const kindsOnlyCoverMin = 0.75;
/** The request is about one part of the machine and the example about another: CPU and memory. */
const otherSubjectFactor = 0.5;
/** The example is about a part of the machine that the request doesn't speak of. */
const noSubjectFactor = 0.7;
/** Everything else, however near. */
const nearScoreMax = 0.97;

export interface Scored {
  score: number;
  values: FoundValue[];
}

const nothing: Scored = { score: 0, values: [] };

/** Verbs must be the same, and an order must not be found by a question, a negation or "all". */
const fitsOrders = (request: Said, template: Template): boolean => {
  if (!actionsAgree(request.actions, template.actions)) return false;
  if (template.actions.length === 0) return true;
  return (
    request.negated === template.negated &&
    request.asking === template.asking &&
    (!request.all || template.all)
  );
};

/** What the request doesn't say and the script needs; a title has no slots and lacks them all. */
const missingOf = (template: Template, values: readonly FoundValue[]): string[] =>
  Object.entries(template.runbook.parameters)
    .filter(([name, { default: known }]) => known === undefined && !values.some((v) => v.parameter === name))
    .map(([name]) => name);

/** How much is left of a score where request and example aren't about the same part of the machine. */
const subjectFactor = (template: Template, asked: ReadonlyMap<string, number>): number => {
  const misses = (here: ReadonlyMap<string, number>, there: ReadonlyMap<string, number>): boolean =>
    [...subjects].some((s) => here.has(s) && !there.has(s));
  if (!misses(template.tokens, asked)) return 1;
  return misses(asked, template.tokens) ? otherSubjectFactor : noSubjectFactor;
};

const isSharedKeyword = (template: Template, vocabulary: Vocabulary): boolean =>
  template.kind === 'keyword' && vocabulary.isShared(template);

/** "nginx -t" without what makes it more than a name. */
const saysOneProgram = ({ actions, slots, tokens }: Template): boolean =>
  actions.length === 0 && slots.length === 0 && [...tokens.keys()].every(isProgram);

/** The score, lowered for an order whose value is a word of runbooks and so may not be a value. */
const unambiguous = (
  request: Said,
  template: Template,
  values: readonly FoundValue[],
  vocabulary: Vocabulary,
  score: number,
): number =>
  template.isOrder && values.some((v) => isKnownWord(request.words[v.at], vocabulary))
    ? Math.min(score, ambiguousOrderScore)
    : score;

/** Weights: what the request asks, what the example says, what is in both, and what the runbook says elsewhere. */
const coverOf = (
  request: Said,
  template: Template,
  shares: ReadonlyMap<string, number>,
  values: readonly FoundValue[],
  vocabulary: Vocabulary,
): { met: number; elsewhere: number; asked: number; said: number } => {
  let asked = template.actions.length * actionWeight;
  let said = asked;
  let met = asked;
  let elsewhere = 0;
  for (const [token, share] of shares) {
    const inExample = template.tokens.has(token);
    // "Restart the server" is no order to restart a service: where something is changed, no word is light.
    const lifted = template.actions.length > 0 && !inExample && /^[a-z]/.test(token) ? 1 : share;
    const weight = vocabulary.weight(token) * lifted;
    asked += weight;
    if (inExample) met += vocabulary.weight(token) * Math.min(share, template.tokens.get(token) ?? 0);
    else if (
      lifted === share &&
      !subjects.has(token) &&
      vocabulary.runbookKnows(template.runbook.name, token)
    )
      elsewhere += weight * elsewhereCredit;
  }
  for (const [token, share] of template.tokens) said += vocabulary.weight(token) * share;
  // "All processes named java" is no order, and names which.
  const named = template.actions.length === 0 && values.length === template.slots.length;
  if (request.all && template.slots.length > 0 && !template.all && !named) asked += vocabulary.weight('');
  // What the runbook says elsewhere supports an example, and doesn't stand in for it.
  return { met, elsewhere: Math.min(elsewhere, met), asked, said };
};

/**
 * How well an example fits a request, 0 to 1: the informative weight of the request that the example covers,
 * with the informative weight of the example that the request covers. Values of parameters count for neither.
 */
export const scoreTemplate = (request: Said, template: Template, vocabulary: Vocabulary): Scored => {
  if (!fitsOrders(request, template)) return nothing;
  const spoken = valuesWordForWord(template, request.words);
  if (spoken !== null) {
    const ambiguous =
      template.actions.length > 0 && spoken.some((v) => isKnownWord(request.words[v.at], vocabulary));
    if (isSharedKeyword(template, vocabulary)) return { score: sharedScore, values: [] };
    return { score: ambiguous ? ambiguousOrderScore : 1, values: spoken };
  }
  // What only asks may hold a verb ("what can be pruned"): an order doesn't find it.
  if (template.actions.length > 0 && !template.isOrder && !request.asking) return nothing;
  const values = alignValues(template, request.words, vocabulary);
  const rest = request.words.filter((_, at) => !values.some((v) => v.at === at));
  const shares = tokenShares(rest);
  const telling =
    template.actions.length > 0 ||
    rest.some((w) => !w.kindOnly && w.tokens.some((t) => template.tokens.has(t.text)));
  // "Information about a package" asks for one that isn't named, and not about packages.
  if (request.unspecified && !telling && template.slots.length === 0) return nothing;
  const { met, elsewhere, asked, said } = coverOf(request, template, shares, values, vocabulary);
  const covered = asked === 0 ? 0 : Math.min(1, (met + elsewhere) / asked);
  const coversExample = said === 0 ? 0 : Math.min(1, met / said);
  // A word that other runbooks know was taken as a value: only an example said word for word may do that.
  const stolen = values.some((v) => v.sure < 2);
  const missing = missingOf(template, values);
  const exact =
    !stolen &&
    met >= exactWeightMin &&
    asked - met < 1e-9 &&
    said - met < 1e-9 &&
    values.length === template.slots.length;
  if (exact) {
    const best =
      (vocabulary.isShared(template) && saysOneProgram(template)) || isSharedKeyword(template, vocabulary)
        ? sharedScore
        : exactScore;
    const score = best * missingFactor ** missing.length;
    return { score: unambiguous(request, template, values, vocabulary, score), values };
  }
  // An order whose verb only its own example knows ("kick nginx") is found by that example's words alone.
  if (template.isOrder && template.actions.length === 0) return nothing;
  const evidence = Math.min(1, (met + elsewhere) / weightAtLeast);
  const guessed = values.some((v) => v.guessed);
  const hinges = template.isOrder ? orderExampleShare : guessed ? guessedExampleShare : exampleShare;
  const score =
    covered ** requestPower *
    (1 - hinges + hinges * coversExample) *
    evidence *
    (stolen ? 0.5 : 1) *
    subjectFactor(template, shares) *
    (!telling && coversExample < kindsOnlyCoverMin ? kindsOnlyFactor : 1) *
    missingFactor ** missing.length;
  const max = isSharedKeyword(template, vocabulary) ? sharedScore : nearScoreMax;
  return met === 0 ? nothing : { score: Math.min(score, max), values };
};
