import { Language } from '../core/language.ts';
import { fold } from './stem.ts';
import { stopWords } from './stop-words.ts';

/** Letters that only one of the languages writes. */
const frenchLetters = /[éèêàçœùîôû]/i;
const germanLetters = /[äöüß]/i;
/** What typical letters weigh against stop words: two, because words like "à" and "für" count once themselves. */
const lettersWeight = 2;

/**
 * Guesses which of our languages a text is in: Hangul is Korean; else the language most of whose stop words stand
 * in it. Null for a text that tells nothing ("df -h", "disk?").
 */
export const languageOf = (text: string): Language | null => {
  if (/[\u1100-\u11ff\u3130-\u318f가-힣]/.test(text.normalize('NFC'))) return Language.ko;
  const words = fold(text).split(/[^\p{L}\p{N}]+/u);
  const count = (language: Language): number => words.filter((w) => stopWords[language].has(w)).length;
  const scores: [Language, number][] = [
    [Language.en, count(Language.en)],
    [Language.fr, count(Language.fr) + (frenchLetters.test(text) ? lettersWeight : 0)],
    [Language.de, count(Language.de) + (germanLetters.test(text) ? lettersWeight : 0)],
  ];
  const [language, sure] = scores.reduce((best, next) => (next[1] > best[1] ? next : best));
  return sure === 0 ? null : language;
};
