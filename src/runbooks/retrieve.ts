import MiniSearch from 'minisearch';
import { Language } from '../core/language.ts';
import { meaningsOf } from './actions.ts';
import { languageOf } from './language.ts';
import { retrievalDocumentsMax } from './limits.ts';
import type { Runbook } from './runbook.ts';
import { scoreTemplate } from './score.ts';
import { stemsOf, type Template, templatesOf, tokenShares } from './template.ts';
import { type Said, takeApart } from './tokens.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A runbook that may be meant. */
export interface Candidate {
  runbook: Runbook;
  /** Of the example that fits best, which is the language of the answer. */
  language: Language;
  /** 0 to 1; from `retrievalScoreMin` up it is taken. */
  score: number;
}

/** The index over one set of runbooks; made once, holds no state of a request. */
export interface Retriever {
  /**
   * Best first, each runbook once; those that share nothing with the request are left out. `spoken` is the
   * language of the conversation so far, for a request that tells none itself.
   */
  retrieve(request: string, spoken?: Language | null): Candidate[];
  readonly templates: readonly Template[];
  readonly vocabulary: Vocabulary;
}

/** What the index finds a template by. A verb is a term of its own kind, so that 재시작 finds "restart". */
const terms = (said: Pick<Said, 'actions'>, tokens: Iterable<string>): string[] => [
  ...tokens,
  ...said.actions.flatMap(meaningsOf).map((action) => `!${action}`),
];

/** One template that fits a request. */
interface Fit {
  template: Template;
  score: number;
}

/** Templates that fit nearly as well as the best may tell the language better: the verb is in only one of them. */
const nearlyBest = 0.8;

/** What speaks for a language, in words shared with an example: it was told, or it is all that there is to go by. */
const toldWeight = 3;
const untoldWeight = 1;

/**
 * The language that the request's words are from, among the examples that fit; then the one that it looks like.
 * An example of another language speaks for it only by a word of its own: all of them fit "disk" equally.
 */
const languageAmong = (
  fits: readonly Fit[],
  guess: { language: Language; told: boolean },
  stems: ReadonlySet<string>,
): Language => {
  // Hangul is no guess, whatever else the words share with English examples.
  if (guess.language === Language.ko) return guess.language;
  const best = Math.max(...fits.map((f) => f.score));
  const head = guess.told ? toldWeight : untoldWeight;
  let language: Language = guess.language;
  let most = head;
  for (const { template, score } of fits) {
    const isGuess = template.language === guess.language;
    // Where nothing was told, a word that only one language's examples hold tells it, however much more they say.
    const isNear = !guess.told || score >= best * nearlyBest;
    if (template.language === null || !(isGuess || isNear)) continue;
    const shared = [...template.stems].filter((s) => stems.has(s)).length;
    if (shared === 0 && !isGuess) continue;
    const sure = shared * 2 + (isGuess ? head : 0) + score;
    if (sure > most) {
      most = sure;
      language = template.language;
    }
  }
  return language;
};

/**
 * Between equal scores a file wins over what somebody kept, and a runbook made for this very thing over one with a
 * parameter; small, it decides nothing else.
 */
const order = ({ template, score }: Fit): number =>
  score + (template.slots.length === 0 ? 1e-6 : 0) + (template.runbook.version === undefined ? 2e-6 : 0);

/** The best of a runbook, and in how many ways the runbook says as much: what it is about it says often. */
const bestOf = (fits: readonly Fit[]): { fits: readonly Fit[]; best: Fit; ways: number } => {
  const best = fits.reduce((a, b) => (order(b) > order(a) ? b : a));
  return { fits, best, ways: fits.filter((f) => order(f) === order(best)).length };
};

const name = ({ template }: Fit): string => template.runbook.name;

/**
 * Indexes all examples, titles and keywords. MiniSearch names the templates that share a term with the request;
 * each of those is then scored by what it and the request cover of each other, because a search engine's own
 * score says which document is best and not whether it is good.
 */
export const createRetriever = (runbooks: readonly Runbook[]): Retriever => {
  const templates = runbooks.flatMap(templatesOf);
  const vocabulary = vocabularyOf(templates);
  const index = new MiniSearch<{ id: number; terms: string }>({
    fields: ['terms'],
    tokenize: (text) => text.split('\n').filter((term) => term !== ''),
    processTerm: (term) => term,
  });
  index.addAll(templates.map((t, id) => ({ id, terms: terms(t, t.tokens.keys()).join('\n') })));
  // "du {path}" holds no term in any language's eyes, so the index can't name it.
  const wordless = templates.flatMap((t, id) => (terms(t, t.tokens.keys()).length === 0 ? [id] : []));

  const retrieve = (request: string, spoken: Language | null = null): Candidate[] => {
    const said = vocabulary.corrected(takeApart(request));
    const known = languageOf(request) ?? spoken;
    const guess = { language: known ?? Language.en, told: known !== null };
    const stems = stemsOf(said.words);
    const tokens = tokenShares(said.words).keys();
    const found = index.search(terms(said, tokens).join('\n')).slice(0, retrievalDocumentsMax);
    const byRunbook = new Map<string, Fit[]>();
    for (const id of [...found.map((f) => Number(f.id)), ...wordless]) {
      const template = templates[id];
      if (template === undefined) continue;
      const { score } = scoreTemplate(said, template, vocabulary);
      if (score <= 0) continue;
      const fits = byRunbook.get(template.runbook.name);
      if (fits === undefined) byRunbook.set(template.runbook.name, [{ template, score }]);
      else fits.push({ template, score });
    }
    return [...byRunbook.values()]
      .map(bestOf)
      .sort(
        (a, b) => order(b.best) - order(a.best) || b.ways - a.ways || (name(a.best) < name(b.best) ? -1 : 1),
      )
      .map(({ fits, best }) => ({
        runbook: best.template.runbook,
        language: languageAmong(fits, guess, stems),
        score: best.score,
      }));
  };
  return { retrieve, templates, vocabulary };
};
