import { isDeterminer, marksName } from './articles.ts';
import { hangul } from './korean.ts';
import { valueCandidatesMax } from './limits.ts';
import { isKind, isProgram, isTool } from './names.ts';
import { parameterPattern } from './placeholders.ts';
import type { Slot, Template } from './template.ts';
import type { Word } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A word of the request taken as a parameter's value. */
export interface FoundValue {
  parameter: string;
  /** Index in the request's words. */
  at: number;
  value: string;
  /** How sure: neighbours as in the example, the look of a value, a word that no runbook knows. */
  sure: number;
  /** True for a word that is a value only because nobody knows it. */
  guessed: boolean;
}

/** A digit, a path, a dotted name, a pattern: no word of a sentence looks so. */
const looksLikeValue = (word: Word, value: string, pattern: RegExp): boolean => {
  if (word.quoted) return true;
  // "The last 20 lines of sshd": a bare number is the value only of a parameter that takes nothing else.
  if (/^\d+$/.test(value)) return !pattern.test('name');
  return /\d|[/\\_@*]|[^.]\.[^.]|^\.\w|:./.test(value);
};

/** "The last 100 lines": the number says how many, and is no service's name, although it could be one. */
const isCountOnly = (word: Word, pattern: RegExp): boolean => word.count !== null && pattern.test('name');

const isUnknown = (word: Word, vocabulary: Vocabulary): boolean =>
  word.tokens.every((t) => t.typo === true || !vocabulary.knows(t.text));

/** True for a word that runbooks say themselves, unless quotes make it a value. */
export const isKnownWord = (word: Word | undefined, vocabulary: Vocabulary): boolean =>
  word !== undefined && !word.quoted && !isUnknown(word, vocabulary);

const nextKey = (words: readonly Word[], at: number, step: 1 | -1): string => {
  for (let i = at + step; i >= 0 && i < words.length; i += step) {
    const key = words[i]?.key ?? '';
    if (key !== '') return key;
  }
  return '';
};

/** "The owner of a process", "sorted by size": a word before one of these is no name. */
const afterNouns = new Set('of by du de des d par von vom nach'.split(' '));

const isKindKey = (key: string): boolean => key.split(' ').some(isKind);

/**
 * True where a word that doesn't look like a value may be a name all the same. A common noun has an article or
 * makes a compound ("the battery", "self-test log"); a name stands beside its kind ("the billing service"), has
 * no article after "of", or is a program that is known.
 */
const mayBeName = (template: Template, words: readonly Word[], at: number, value: string): boolean => {
  if (isProgram(value)) return true;
  const previous = nextKey(words, at, -1);
  const next = nextKey(words, at, 1);
  const own = words[at]?.key ?? '';
  if (isDeterminer(previous) || isDeterminer(own)) return isKindKey(next);
  // English begins with a verb, and Korean puts things in another order than the others.
  const inKorean = words.some((w) => hangul.test(w.key));
  if (!inKorean && (template.language === 'ko' || (at === 0 && template.sequence[0] !== null))) return false;
  if (!template.isBare) return true;
  if (isTool(value)) return false;
  if (marksName(previous) || isKindKey(previous) || isKindKey(next)) return true;
  // Korean writes its own nouns in Hangul.
  return /^[\x20-\x7e]+$/.test(value) && inKorean;
};

/** The request's words that could be a value of a slot, with how sure. */
const candidatesFor = (
  template: Template,
  slot: Slot,
  words: readonly Word[],
  vocabulary: Vocabulary,
): FoundValue[] => {
  const pattern = parameterPattern(template.runbook.parameters[slot.parameter]?.pattern ?? '(?!)');
  return words.flatMap((word, at): FoundValue[] => {
    const value = word.values.find((v) => pattern.test(v));
    if (value === undefined || word.generic || word.action !== null || isCountOnly(word, pattern)) return [];
    const looks = looksLikeValue(word, value, pattern);
    const next = nextKey(words, at, 1);
    if (!looks && afterNouns.has(next) && next !== slot.after) return [];
    if (!looks && !mayBeName(template, words, at, value)) return [];
    const neighbours = (nextKey(words, at, -1) === slot.before ? 1 : 0) + (next === slot.after ? 1 : 0);
    const unknown = isUnknown(word, vocabulary);
    // A word that the example itself says is that word, except where it stands in the value's own place.
    if (!looks && word.tokens.every((t) => template.tokens.has(t.text)) && neighbours < 2) return [];
    const sure = neighbours + (looks ? 2 : 0) + (unknown || isProgram(value) ? 2 : 0);
    return [{ parameter: slot.parameter, at, value, sure, guessed: !looks }];
  });
};

/**
 * Finds each slot's value: the assignment of words to slots in which all together are surest. Words in the
 * example's order win ties, so "copy {from} to {to}" isn't turned around.
 */
export const alignValues = (
  template: Template,
  words: readonly Word[],
  vocabulary: Vocabulary,
): FoundValue[] => {
  const choices = template.slots.map((slot) =>
    candidatesFor(template, slot, words, vocabulary)
      .sort((a, b) => b.sure - a.sure || a.at - b.at)
      .slice(0, valueCandidatesMax),
  );
  let best: FoundValue[] = [];
  let bestSure = -1;
  const assign = (slot: number, chosen: FoundValue[], sure: number): void => {
    const choice = choices[slot];
    if (choice === undefined) {
      if (sure > bestSure) {
        best = chosen;
        bestSure = sure;
      }
      return;
    }
    for (const found of choice) {
      if (chosen.some((c) => c.at === found.at)) continue;
      const inOrder = found.at > (chosen.at(-1)?.at ?? -1) ? 0.5 : 0;
      assign(slot + 1, [...chosen, found], sure + 1 + found.sure + inOrder);
    }
    assign(slot + 1, chosen, sure);
  };
  assign(0, [], 0);
  return best;
};

/**
 * The values of a request that says the example word for word; null when it doesn't. This alone finds examples of
 * nothing but small words ("du {path}"), and tells "df -h" from "df -i".
 */
export const valuesWordForWord = (template: Template, words: readonly Word[]): FoundValue[] | null => {
  const said = words.map((word, at) => ({ word, at })).filter(({ word }) => word.key !== '' || word.quoted);
  if (said.length !== template.sequence.length) return null;
  const found: FoundValue[] = [];
  for (const [i, key] of template.sequence.entries()) {
    const spoken = said[i];
    if (spoken === undefined || (key !== null && key !== spoken.word.key)) return null;
    if (key !== null) continue;
    const parameter = template.slots[found.length]?.parameter ?? '';
    const pattern = parameterPattern(template.runbook.parameters[parameter]?.pattern ?? '(?!)');
    const value = spoken.word.values.find((v) => pattern.test(v));
    if (value === undefined || spoken.word.generic || spoken.word.action !== null) return null;
    if (!looksLikeValue(spoken.word, value, pattern) && !mayBeName(template, words, spoken.at, value))
      return null;
    found.push({ parameter, at: spoken.at, value, sure: 4, guessed: false });
  }
  return found;
};

/** True when a word may be a value although no example puts it there: it looks like one, or nobody knows it. */
export const isLeftoverValue = (
  word: Word,
  value: string,
  pattern: RegExp,
  vocabulary: Vocabulary,
  optional: boolean,
): boolean => {
  if (word.generic || word.action !== null || isCountOnly(word, pattern)) return false;
  if (looksLikeValue(word, value, pattern)) return true;
  return !optional && isUnknown(word, vocabulary);
};
