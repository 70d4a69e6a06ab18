import { actionsAgree } from './actions.ts';
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
const guessedExampleShare = 0.7;
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
/** The same words as a keyword in another form: an example that says as much goes first. */
const keywordScore = 0.9;
/** An order whose value is a word of other runbooks: "restart pm2" may mean an application in it. */
const ambiguousOrderScore = 0.79;
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
    return { score: ambiguous ? ambiguousOrderScore : 1, values: spoken };
  }
  const values = alignValues(template, request.words, vocabulary);
  const rest = request.words.filter((_, at) => !values.some((v) => v.at === at));
  let asked = template.actions.length * actionWeight;
  let said = asked;
  let met = asked;
  let elsewhere = 0;
  const shares = tokenShares(rest);
  for (const [token, share] of shares) {
    const inExample = template.tokens.has(token);
    // "Restart the server" is no order to restart a service: where something is changed, no word is light.
    const lifted = template.actions.length > 0 && !inExample && /^[a-z]/.test(token) ? 1 : share;
    const weight = vocabulary.weight(token) * lifted;
    asked += weight;
    if (inExample) met += vocabulary.weight(token) * Math.min(share, template.tokens.get(token) ?? 0);
    else if (lifted === share && vocabulary.runbookKnows(template.runbook.name, token))
      elsewhere += weight * elsewhereCredit;
  }
  for (const [token, share] of template.tokens) said += vocabulary.weight(token) * share;
  if (request.all && template.slots.length > 0 && !template.all) asked += vocabulary.weight('');
  const covered = asked === 0 ? 0 : Math.min(1, (met + elsewhere) / asked);
  const coversExample = said === 0 ? 0 : Math.min(1, met / said);
  const exact = met > 0 && asked - met < 1e-9 && said - met < 1e-9 && values.length === template.slots.length;
  if (exact) {
    const score = template.kind === 'keyword' ? keywordScore : exactScore;
    return { score: unambiguous(request, template, values, vocabulary, score), values };
  }
  // An order whose verb only its own example knows ("kick nginx") is found by that example's words alone.
  if (template.isOrder && template.actions.length === 0) return nothing;
  // A word that other runbooks know was taken as a value: only an example said word for word may do that.
  const stolen = values.some((v) => v.sure < 2);
  const missing = template.slots.filter(
    (s) =>
      !values.some((v) => v.parameter === s.parameter) &&
      template.runbook.parameters[s.parameter]?.default === undefined,
  );
  const evidence = Math.min(1, (met + elsewhere) / weightAtLeast);
  const guessed = values.some((v) => v.guessed);
  const hinges = template.isOrder ? orderExampleShare : guessed ? guessedExampleShare : exampleShare;
  const score =
    covered ** requestPower *
    (1 - hinges + hinges * coversExample) *
    evidence *
    (stolen ? 0.5 : 1) *
    missingFactor ** missing.length;
  return met === 0 ? nothing : { score: Math.min(score, nearScoreMax), values };
};
