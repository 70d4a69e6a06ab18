import { closest, distance } from 'fastest-levenshtein';
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
  /** The request with each unknown token replaced by the known one that was most likely meant, if there is one. */
  corrected(said: Said): Said;
}

/** Weights of a small set are computed as if it had this many, so that one common word isn't all-important. */
const runbooksAtLeast = 30;
/** Shorter words are too near to each other: "port", "sort". What was meant may be shorter by one. */
const typoCharsMin = 5;
/** One letter wrong, missing or too many, or two neighbours swapped. */
const isTypoOf = (typed: string, meant: string): boolean => {
  // The first letter is seldom mistyped, and a changed one is mostly another word ("mount", "count").
  if (typed[0] !== meant[0]) return false;
  const edits = distance(typed, meant);
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
  const count = Math.max(runbooksAtLeast, byRunbook.size);
  const candidates = [...saidIn.keys()].filter((t) => t.length >= typoCharsMin - 1 && /^[a-z]+$/.test(t));
  const meant = (token: Token): Token => {
    const { text } = token;
    if (saidIn.has(text) || text.length < typoCharsMin || !/^[a-z]+$/.test(text)) return token;
    if (candidates.length === 0) return token;
    const nearest = closest(text, candidates);
    return isTypoOf(text, nearest) ? { ...token, text: nearest, typo: true } : token;
  };
  return {
    weight: (token) => Math.log(1 + count / (saidIn.get(token)?.size ?? 0.5)),
    knows: (token) => saidIn.has(token),
    runbookKnows: (runbook, token) => byRunbook.get(runbook)?.has(token) ?? false,
    corrected: (said) => ({
      ...said,
      words: said.words.map((word) => (word.quoted ? word : { ...word, tokens: word.tokens.map(meant) })),
    }),
  };
};
