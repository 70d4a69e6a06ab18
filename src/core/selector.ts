import { koreanEnding, platformIn, machineWords as says, type Word, wordsOf } from './machine-words.ts';
import type { Platform } from './task.ts';

/** What a machine phrase means before it is held against the machines that exist. */
export type Selector =
  | { kind: 'names'; patterns: string[] }
  | { kind: 'labels'; labels: Record<string, string> }
  | { kind: 'all'; platform: Platform | null }
  | { kind: 'here' };

/** A machine phrase found in a request, and the request without it. */
export interface MachinePhrase {
  selector: Selector;
  /** As it was written, for sentences. */
  written: string;
  words: string;
  /** True when the phrase can't be meant otherwise (labels, `all`, a glob, names of machines that exist). */
  certain: boolean;
}

/** A machine's name: what enrolment accepts, and what a request can say. */
export const agentNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** What is known of words: which machines exist, what is a slip of the pen for one, and what is plain language. */
export interface Names {
  /** Knows the machines that exist, so that "listening on port 443" is not a machine and "docker on db1" is. */
  isName: (name: string) => boolean;
  /** Knows the slips of the pen, so that "on bd1 now" is asked about and "on my way" is not. */
  isNearName: (name: string) => boolean;
  /**
   * Knows the words that requests are made of: "on db1 and memory" asks for two things, "on db1 and zebra" names two
   * machines. What it doesn't know is asked about; a machine that was named is never left out in silence.
   */
  isPlainWord: (word: string) => boolean;
}

/** A selector read at one place of the request: the words up to `next` belong to it. */
interface Reading {
  selector: Selector;
  next: number;
  /** A machine noun was said ("all linux servers"), so that no other thing is meant. */
  nouns: boolean;
}

/** A reading and how surely a machine is meant: a guess may be another thing that stands after "on". */
interface Found {
  reading: Reading;
  /** The phrase's words, preposition included. */
  from: number;
  next: number;
  weight: 'sure' | 'guess' | 'here';
}

/**
 * Reads a selector that stands alone, as in `--on "role=db env=prod"`: the whole text is the phrase.
 * Null when it is none.
 */
export const parseSelector = (text: string): Selector | null => {
  const words = wordsOf(text.trim()).filter((w) => !says.fillers.has(w.lower));
  // What stands alone is all machines, so no word needs to be known; and none is known, so "all" is no name.
  const read = readSelector(words, 0, {
    isName: () => false,
    isNearName: () => true,
    isPlainWord: () => true,
  });
  return read !== null && read.next === words.length ? read.selector : null;
};

/**
 * Finds the machine phrase of a request: "… on db1 and db2", "… sur role=db", "db1에서 …", "… on all linux".
 * Of several the last wins, since people add it at the end; but no machine that was named is left out.
 */
export const findMachinePhrase = (
  request: string,
  isName: Names['isName'],
  others: Partial<Names> = {},
): MachinePhrase | null => {
  const words = wordsOf(request);
  const names = { isName, isNearName: () => false, isPlainWord: () => true, ...others };
  const found: Found[] = [];
  for (let i = 0; i < words.length; i++) {
    const phrase = phraseAt(words, i, found.at(-1)?.next ?? 0, names);
    if (!phrase) continue;
    found.push(phrase);
    i = phrase.next - 1;
  }
  const last = (weight: Found['weight']) => found.filter((f) => f.weight === weight).slice(-1);
  const sure = last('sure');
  const kind = sure[0]?.reading.selector.kind;
  if (kind === 'names') return phraseOf(request, words, found.filter(isSureName), names);
  for (const chosen of [sure, bareNames(words, names), last('guess'), last('here')]) {
    if (chosen.length > 0) return phraseOf(request, words, chosen, names);
  }
  return null;
};

const isSureName = (found: Found): boolean =>
  found.weight === 'sure' && found.reading.selector.kind === 'names';

/** @param floor where the phrase before ended. */
const phraseAt = (words: Word[], i: number, floor: number, names: Names): Found | null => {
  const word = words[i];
  if (!word) return null;
  if (says.prepositions.has(word.lower)) return afterPreposition(words, i, names);
  if (says.alls.has(word.lower)) {
    const reading = readAll(words, i + 1);
    return reading.nouns ? { reading, from: i, next: reading.next, weight: 'sure' } : null;
  }
  if (says.everywheres.has(word.lower) && !names.isName(word.bare)) {
    const selector = { kind: 'all' as const, platform: null };
    return { reading: { selector, next: i + 1, nouns: true }, from: i, next: i + 1, weight: 'sure' };
  }
  // Without "on", the German word is left alone: in French it is yesterday.
  const isThis = word.lower === '이' && says.nouns.test(words[i + 1]?.bare ?? '');
  if (isThis || (says.heres.has(word.lower) && word.lower !== 'hier')) {
    const next = i + (isThis ? 2 : 1);
    return { reading: { selector: { kind: 'here' }, next, nouns: isThis }, from: i, next, weight: 'here' };
  }
  return koreanPhrase(words, i, floor, names);
};

const afterPreposition = (words: Word[], i: number, names: Names): Found | null => {
  const reading = readSelector(words, i + 1, names);
  if (!reading) return null;
  const found = { reading, from: i, next: reading.next };
  const { selector, next } = reading;
  const isEnd = next === words.length;
  switch (selector.kind) {
    case 'here':
      return { ...found, weight: 'here' };
    case 'labels':
      return { ...found, weight: 'sure' };
    case 'all':
      // "turn on all services" is not about every machine.
      return reading.nouns || selector.platform !== null || isEnd || words[next]?.text === ','
        ? { ...found, weight: 'sure' }
        : null;
    case 'names': {
      // A list that begins with a machine is a list of machines.
      if (isSure(selector.patterns[0] ?? '', names)) return { ...found, weight: 'sure' };
      // An unknown plain word is a machine only where a machine's name would stand: at the end, without an article.
      const hasArticle = says.fillers.has(words[i + 1]?.lower ?? '');
      const isPart = selector.patterns.some((p) => says.partOfMachine.test(p));
      return isEnd && !hasArticle && !isPart ? { ...found, weight: 'guess' } : null;
    }
  }
};

/**
 * "db1에서", "db1, db2에서", "db1과 db2에서", "role=db env=prod에서": the ending is on the last word, the phrase may
 * begin before it, but not before `floor`.
 */
const koreanPhrase = (words: Word[], i: number, floor: number, names: Names): Found | null => {
  const { stem, ending } = koreanEnding(words[i]?.bare ?? '');
  if (ending !== 'place' || names.isName(words[i]?.bare ?? '')) return null;
  const isLabel = says.labelPair.test(stem);
  if (!isLabel && !isSure(stem, names) && !isUnknownInList(words, i, stem, names)) return null;
  let from = i;
  for (let j = i - 1; j >= floor; j--) {
    if (says.joiners.has(words[j]?.lower ?? '')) continue;
    const before = koreanEnding(words[j]?.bare ?? '');
    const isJoined = from > j + 1 || before.ending === 'and';
    const isPart = isLabel ? says.labelPair.test(before.stem) : isJoined && isSure(before.stem, names);
    if (!isPart || before.ending === 'place') break;
    from = j;
  }
  const reading = isLabel ? readLabels(words, from) : readNames(words, from, names);
  return reading && { reading, from, next: reading.next, weight: 'sure' };
};

/** "db1과 zebra에서": what is joined to a machine by "and" and is no plain word is meant as one. */
const isUnknownInList = (words: Word[], i: number, stem: string, names: Names): boolean => {
  const isJoiner = says.joiners.has(words[i - 1]?.lower ?? '');
  const before = koreanEnding(words[isJoiner ? i - 2 : i - 1]?.bare ?? '');
  const isListed = (isJoiner || before.ending === 'and') && isSure(before.stem, names);
  return isListed && says.name.test(stem) && !names.isPlainWord(stem);
};

/** Names that stand in the request without a preposition ("restart nginx db1"), where they can't be plain words. */
const bareNames = (words: Word[], names: Names): Found[] =>
  words.flatMap((word, i) => {
    // Korean hangs its particles on the name: db1은, db1을.
    const name = [word.bare, word.bare.replace(/[가-힣]+$/u, '')].find(names.isName);
    if (name === undefined || !/[0-9_.-]/.test(name)) return [];
    const reading: Reading = { selector: { kind: 'names', patterns: [name] }, next: i + 1, nouns: false };
    return [{ reading, from: i, next: i + 1, weight: 'sure' as const }];
  });

const isSure = (name: string, { isName, isNearName }: Names): boolean =>
  isName(name) ||
  isNearName(name) ||
  /[*?]/.test(name) ||
  (says.numberedName.test(name) && !says.partOfMachine.test(name));

const phraseOf = (request: string, words: Word[], found: readonly Found[], names: Names): MachinePhrase => {
  const patterns = found.flatMap(({ reading: { selector } }) =>
    selector.kind === 'names' ? selector.patterns : [],
  );
  const selector: Selector =
    patterns.length > 0
      ? { kind: 'names', patterns: [...new Set(patterns)] }
      : (found[0]?.reading.selector ?? { kind: 'here' });
  return {
    selector,
    written:
      patterns.length > 0 ? patterns.join(', ') : found.map((f) => textOf(request, words, f)).join(', '),
    words: without(request, words, found),
    certain: patterns.every((p) => names.isName(p) || /[*?]/.test(p)),
  };
};

const textOf = (request: string, words: Word[], { from, next }: Found): string => {
  const first = says.prepositions.has(words[from]?.lower ?? '') ? from + 1 : from;
  const text = request.slice(words[first]?.start, words[next - 1]?.end);
  return text.replace(/^["'`“‘«(]+|(에서의|에서|에다|에|의)$|["'`”’»).!?:…]+$/gu, '');
};

/** The request without the phrases, and without the commas and "and"s that led to them. */
const without = (request: string, words: Word[], found: readonly Found[]): string => {
  let rest = '';
  let at = 0;
  for (const { from, next } of found) {
    rest += `${request.slice(at, words[from]?.start)} `;
    at = words[next - 1]?.end ?? at;
  }
  const left = `${rest}${request.slice(at)}`
    .replace(/\s+/g, ' ')
    .replace(/ ([,;])/g, '$1')
    .trim();
  const leftWords = wordsOf(left);
  const isKept = (w: Word): boolean => w.bare !== '' && !says.joiners.has(w.lower);
  const first = leftWords.find(isKept);
  const last = leftWords.findLast(isKept);
  return first && last ? left.slice(first.start, last.end) : '';
};

const readSelector = (words: Word[], from: number, names: Names): Reading | null => {
  let i = from;
  // A machine may be called "la" or "or"; where it exists, its name comes before the word's meaning.
  const isNamed = (w: Word | undefined): boolean => w !== undefined && names.isName(w.bare);
  while (says.fillers.has(words[i]?.lower ?? '') && !isNamed(words[i])) i++;
  const word = words[i];
  if (!word) return null;
  const after = words[i + 1];
  const isKnown = names.isName(word.bare);
  if (!isKnown && (says.heres.has(word.lower) || word.lower === 'it')) return here(i + 1);
  if (says.theses.has(word.lower) && says.nouns.test(after?.bare ?? '')) return here(i + 2);
  if (!isKnown && says.alls.has(word.lower)) return readAll(words, i + 1);
  if (!isKnown && platformIn(word)) return readAll(words, i);
  if (says.labelPair.test(koreanEnding(word.bare).stem)) return readLabels(words, i);
  if (!isKnown && says.nouns.test(word.bare)) {
    // "on the server db1" names it, "on the server" is the one that is being spoken of.
    return after && isSure(after.bare, names) ? readNames(words, i + 1, names) : here(i + 1);
  }
  return readNames(words, i, names);
};

const here = (next: number): Reading => ({ selector: { kind: 'here' }, next, nouns: false });

const readAll = (words: Word[], from: number): Reading => {
  let i = from;
  let platform: Platform | null = null;
  let nouns = false;
  for (; i < words.length; i++) {
    const word = words[i];
    const named = platformIn(word);
    if (named && platform === null) {
      platform = named.platform;
      nouns ||= named.withNoun;
    } else if (says.nouns.test(word?.bare ?? '')) nouns = true;
    else if (nouns || platform !== null || !says.fillers.has(word?.lower ?? '')) break;
  }
  return { selector: { kind: 'all', platform }, next: i, nouns };
};

const readLabels = (words: Word[], from: number): Reading | null => {
  const pairs: [string, string][] = [];
  let next = from;
  for (let i = from; i < words.length; i++) {
    const { stem, ending } = koreanEnding(words[i]?.bare ?? '');
    const pair = says.labelPair.exec(stem);
    if (pair?.[1] && pair[2]) {
      pairs.push([pair[1], pair[2]]);
      next = i + 1;
    } else if (!says.joiners.has(words[i]?.lower ?? '')) break;
    if (ending === 'place') break;
  }
  if (pairs.length === 0) return null;
  // From entries, so that a label called `__proto__` is a label like any other.
  return { selector: { kind: 'labels', labels: Object.fromEntries(pairs) }, next, nouns: false };
};

const readNames = (words: Word[], from: number, names: Names): Reading | null => {
  const patterns: string[] = [];
  let next = from;
  let isJoined = true;
  for (let i = from; i < words.length; i++) {
    const word = words[i];
    const isWhole = word !== undefined && names.isName(word.bare);
    const isExpected = isWhole && isJoined;
    if (!word || (says.joiners.has(word.lower) && !isExpected)) {
      isJoined = true;
      continue;
    }
    const { stem, ending } = isWhole ? { stem: word.bare, ending: null } : koreanEnding(word.bare);
    if (!isJoined || !says.name.test(stem)) break;
    // "on db1, please" and "on db1 and tell me why" go on with the request, not with machines.
    if (!isSure(stem, names) && patterns.some((p) => isSure(p, names))) {
      const following = words[i + 1];
      const endsList = !following || ending === 'place' || says.joiners.has(following.lower);
      if (!endsList || names.isPlainWord(stem)) break;
    }
    patterns.push(stem);
    next = i + 1;
    isJoined = ending === 'and';
    if (ending === 'place') break;
  }
  if (patterns.length === 0) return null;
  const nouns = says.nouns.test(words[next]?.bare ?? '');
  return { selector: { kind: 'names', patterns }, next: nouns ? next + 1 : next, nouns };
};
