import { closest, distance } from 'fastest-levenshtein';
import { conceptsOf, conceptWords } from './concepts.ts';
import { stem } from './stem.ts';
import type { Template } from './template.ts';
import { tokenShares } from './template.ts';
import { type Said, type Token, takeApart } from './tokens.ts';

/**
 * How much each word of all runbooks says: what stands in few of them says much (inverse document frequency,
 * counted in runbooks, because one runbook's examples repeat its words).
 */
export interface Vocabulary {
  /** The weight of a token; one that no runbook knows weighs most. */
  weight(token: string): number;
  knows(token: string): boolean;
  /** True when the runbook says this token anywhere, its summary and other languages included. */
  runbookKnows(runbook: string, token: string): boolean;
  /** True for a keyword that other runbooks have too: "docker" alone doesn't say what of it is meant. */
  isShared(keyword: Template): boolean;
  /** The request with each mistyped token replaced by the known one that was most likely meant; numbers that
   * examples say weigh what a word weighs. */
  corrected(said: Said): Said;
}

/** Weights of a small set are computed as if it had this many, so that one common word isn't all-important. */
const runbooksAtLeast = 30;
/** Shorter words are too near to each other: "port", "sort". What was meant may be shorter by one. */
const typoCharsMin = 5;
/** Rows of the keyboards of our languages; keys that are next to each other are next to each other here. */
const keyRows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop', 'qsdfghjklm', 'qwertzuiop', 'yxcvbnm'];
const areNeighbours = (a: string, b: string): boolean =>
  keyRows.some(
    (row) => row.includes(a) && row.includes(b) && Math.abs(row.indexOf(a) - row.indexOf(b)) === 1,
  );

/** A neighbouring key hit, a letter missing or too many, or two letters swapped. */
const isTypoOf = (typed: string, meant: string): boolean => {
  // The first letter is seldom mistyped, and a changed one is mostly another word ("mount", "count").
  if (typed[0] !== meant[0]) return false;
  const edits = distance(typed, meant);
  if (edits === 1 && typed.length === meant.length) {
    const at = [...typed].findIndex((letter, i) => letter !== meant[i]);
    return areNeighbours(typed[at] ?? '', meant[at] ?? '');
  }
  return edits === 1 || (edits === 2 && [...typed].sort().join('') === [...meant].sort().join(''));
};

export const vocabularyOf = (templates: readonly Template[]): Vocabulary => {
  const byRunbook = new Map<string, Set<string>>();
  const saidIn = new Map<string, Set<string>>();
  for (const { runbook, tokens } of templates) {
    const known = byRunbook.get(runbook.name) ?? new Set<string>();
    if (known.size === 0) {
      for (const summary of Object.values(runbook.summary)) {
        for (const token of tokenShares(takeApart(summary).words).keys()) known.add(token);
      }
      byRunbook.set(runbook.name, known);
    }
    for (const token of tokens.keys()) {
      known.add(token);
      saidIn.set(token, (saidIn.get(token) ?? new Set()).add(runbook.name));
    }
  }
  const keywordIn = new Map<string, Set<string>>();
  const signature = ({ tokens }: Template): string => [...tokens.keys()].sort().join(' ');
  for (const template of templates.filter((t) => t.kind === 'keyword')) {
    const key = signature(template);
    keywordIn.set(key, (keywordIn.get(key) ?? new Set()).add(template.runbook.name));
  }
  const count = Math.max(runbooksAtLeast, byRunbook.size);
  const plain = /^[a-z]+$/;
  const saying = new Map(
    [...saidIn.keys()].filter((t) => t.length >= typoCharsMin - 1 && plain.test(t)).map((t) => [t, t]),
  );
  // What is typed has its ending cut. Short words of all languages together are too near to each other.
  for (const word of conceptWords) {
    const [concept] = conceptsOf(word) ?? [];
    if (word.length <= typoCharsMin || concept === undefined || !saidIn.has(concept)) continue;
    if (plain.test(word) && !saying.has(stem(word))) saying.set(stem(word), concept);
  }
  const candidates = [...saying.keys()];
  const meant = (token: Token): Token => {
    const { text } = token;
    if (/^\d+$/.test(text) && saidIn.has(text)) return { ...token, share: 1 };
    if (saidIn.has(text) || text.length < typoCharsMin || !/^[a-z]+$/.test(text)) return token;
    if (candidates.length === 0) return token;
    const nearest = closest(text, candidates);
    if (!isTypoOf(text, nearest)) return token;
    return { ...token, text: saying.get(nearest) ?? nearest, typo: true };
  };
  return {
    weight: (token) => Math.log(1 + count / (saidIn.get(token)?.size ?? 0.5)),
    knows: (token) => saidIn.has(token),
    runbookKnows: (runbook, token) => byRunbook.get(runbook)?.has(token) ?? false,
    isShared: (keyword) => (keywordIn.get(signature(keyword))?.size ?? 0) > 1,
    corrected: (said) => ({
      ...said,
      words: said.words.map((word) => (word.quoted ? word : { ...word, tokens: word.tokens.map(meant) })),
    }),
  };
};
