import { Platform } from './task.ts';

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
  /** True when the phrase can't be meant otherwise (labels, `all`, a glob, several names). */
  certain: boolean;
}

const prepositions = ['on', 'sur', 'auf'];
const joiners = new Set(['and', 'et', 'und', '&', '+', 'or', 'ou', 'oder', '그리고', '와', '과']);
const alls = new Set(['all', 'every', 'tous', 'toutes', 'alle', 'allen', '모든', '전체']);
const heres = new Set(['here', 'ici', 'hier', '여기', '여기서']);
const fillers = new Set(['the', 'les', 'le', 'la', 'den', 'dem', 'der', 'of']);
const machineNouns =
  /^(machines?|servers?|hosts?|agents?|boxes|box|serveurs?|servern?|rechnern?|maschinen?|서버|서버들|머신)(에서|에|의|들|들에서)?$/i;
const platforms: Record<string, Platform> = {
  linux: Platform.linux,
  리눅스: Platform.linux,
  macos: Platform.macos,
  mac: Platform.macos,
  macs: Platform.macos,
  windows: Platform.windows,
  윈도우: Platform.windows,
};
/** Korean says the place with an ending on the word: db1에서, web*의. */
const koreanPlace = /^(.+?)(에서의|에서|에다|에|의)$/u;
const labelPair = /^([A-Za-z0-9_.-]{1,63})=([A-Za-z0-9_.-]{1,63})$/;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.*?-]{0,126}$|^\*[A-Za-z0-9_.-]+$/;

/** A machine's name: what enrolment accepts, and what a request can say. */
export const agentNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

interface Word {
  text: string;
  start: number;
  end: number;
}

const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[^\s,;]+|[,;]/gu)].map((m) => ({
    text: m[0],
    start: m.index,
    end: m.index + m[0].length,
  }));

const bare = (word: string): string => word.replace(/^["'`“‘«(]+|["'`”’»).!?:…]+$/gu, '');

/**
 * Reads a selector that stands alone, as in `--on "role=db env=prod"`: the whole text is the phrase.
 * Null when it is none.
 */
export const parseSelector = (text: string): Selector | null => {
  const words = wordsOf(text.trim()).filter((w) => !fillers.has(w.text.toLowerCase()));
  const read = readSelector(words, 0);
  return read !== null && read.next === words.length ? read.selector : null;
};

/**
 * Finds the machine phrase of a request: "… on db1 and db2", "… sur role=db", "db1에서 …", "… on all linux".
 * The last phrase wins, since people add it at the end. `isName` knows the machines that exist, so that
 * "listening on port 443" is not a machine and "docker on db1" is.
 */
export const findMachinePhrase = (
  request: string,
  isName: (name: string) => boolean,
): MachinePhrase | null => {
  const words = wordsOf(request);
  let guess: MachinePhrase | null = null;
  for (let i = words.length - 1; i >= 0; i--) {
    const found = phraseAt(request, words, i, isName);
    if (found?.certain) return found;
    guess ??= found;
  }
  return guess ?? bareNames(request, words, isName);
};

const phraseAt = (
  request: string,
  words: Word[],
  i: number,
  isName: (name: string) => boolean,
): MachinePhrase | null => {
  const word = words[i];
  if (!word) return null;
  const lower = bare(word.text).toLowerCase();
  if (prepositions.includes(lower)) {
    const read = readSelector(words, i + 1);
    return read === null ? null : phrase(request, words, i, read, isName);
  }
  if (heres.has(lower) || alls.has(lower)) {
    const read = readSelector(words, i);
    const isKoreanAll = /[가-힣]/.test(lower);
    const follows =
      read?.selector.kind === 'all' && (read.selector.platform !== null || read.nouns || isKoreanAll);
    return read && (heres.has(lower) || follows) ? phrase(request, words, i, read, isName) : null;
  }
  const korean = koreanPlace.exec(bare(word.text));
  if (korean?.[1] && namePattern.test(korean[1]) && !isName(bare(word.text))) {
    return phrase(request, words, i, readSelector(words, i) ?? null, isName);
  }
  return null;
};

const phrase = (
  request: string,
  words: Word[],
  from: number,
  read: { selector: Selector; next: number } | null,
  isName: (name: string) => boolean,
): MachinePhrase | null => {
  const first = words[from];
  const last = read ? words[read.next - 1] : undefined;
  if (!read || !first || !last) return null;
  const { selector } = read;
  const rest = `${request.slice(0, first.start)} ${request.slice(last.end)}`.replace(/\s+/g, ' ').trim();
  const names = selector.kind === 'names' ? selector.patterns : [];
  const certain = selector.kind !== 'names' || names.every((n) => isName(n) || /[*?]/.test(n));
  // An unknown single word is only a machine where a machine's name would stand: at the end, or in Korean's form.
  const plausible = certain || read.next === words.length || koreanPlace.test(bare(first.text));
  const startsWithSlash = names.some((n) => n.startsWith('/'));
  if (!plausible || startsWithSlash) return null;
  const start = prepositions.includes(bare(first.text).toLowerCase()) ? words[from + 1]?.start : first.start;
  return {
    selector,
    written: bare(request.slice(start, last.end)),
    words: rest.replace(/^[,;\s]+/, ''),
    certain,
  };
};

/** Names that stand in the request without a preposition ("restart nginx db1"), where they can't be plain words. */
const bareNames = (
  request: string,
  words: Word[],
  isName: (name: string) => boolean,
): MachinePhrase | null => {
  const hits = words.filter((w) => /[0-9_.-]/.test(w.text) && isName(bare(w.text).replace(/:$/, '')));
  if (hits.length === 0) return null;
  const patterns = hits.map((w) => bare(w.text).replace(/:$/, ''));
  const rest = words
    .filter((w) => !hits.includes(w))
    .map((w) => w.text)
    .join(' ')
    .replace(/ ([,;])/g, '$1')
    .trim();
  return {
    selector: { kind: 'names', patterns },
    written: patterns.join(', '),
    words: rest || request,
    certain: true,
  };
};

const readSelector = (
  words: Word[],
  from: number,
): { selector: Selector; next: number; nouns: boolean } | null => {
  let i = from;
  const at = (n: number): string => bare(words[n]?.text ?? '');
  while (fillers.has(at(i).toLowerCase())) i++;
  const first = at(i).toLowerCase();
  if (heres.has(first)) return { selector: { kind: 'here' }, next: i + 1, nouns: false };
  if (first === 'this' && machineNouns.test(at(i + 1))) {
    return { selector: { kind: 'here' }, next: i + 2, nouns: true };
  }
  if (alls.has(first)) return readAll(words, i + 1);
  const labels: Record<string, string> = {};
  let next = i;
  for (let n = i; n < words.length; n++) {
    const pair = labelPair.exec(koreanPlace.exec(at(n))?.[1] ?? at(n));
    if (pair?.[1] && pair[2]) {
      labels[pair[1]] = pair[2];
      next = n + 1;
    } else if (!(at(n) === '' || words[n]?.text === ',' || joiners.has(at(n).toLowerCase()))) break;
  }
  if (next > i) return { selector: { kind: 'labels', labels }, next, nouns: false };
  return readNames(words, i);
};

const readAll = (words: Word[], from: number): { selector: Selector; next: number; nouns: boolean } => {
  let i = from;
  let platform: Platform | null = null;
  let nouns = false;
  for (; i < words.length; i++) {
    const raw = bare(words[i]?.text ?? '').toLowerCase();
    const word = koreanPlace.exec(raw)?.[1] ?? raw;
    if (platforms[word] && platform === null) platform = platforms[word];
    else if (machineNouns.test(raw)) nouns = true;
    else if (!fillers.has(raw)) break;
  }
  return { selector: { kind: 'all', platform }, next: i, nouns };
};

const readNames = (
  words: Word[],
  from: number,
): { selector: Selector; next: number; nouns: boolean } | null => {
  const patterns: string[] = [];
  let next = from;
  let joined = true;
  for (let i = from; i < words.length; i++) {
    const raw = words[i]?.text ?? '';
    const word = bare(raw);
    if (raw === ',' || joiners.has(word.toLowerCase())) {
      joined = true;
      continue;
    }
    if (!joined) break;
    const korean = koreanPlace.exec(word);
    const name = korean?.[1] ?? word;
    if (!namePattern.test(name)) break;
    patterns.push(name);
    next = i + 1;
    joined = false;
    if (korean) break;
  }
  if (patterns.length === 0) return null;
  const nouns = machineNouns.test(bare(words[next]?.text ?? ''));
  return { selector: { kind: 'names', patterns }, next: nouns ? next + 1 : next, nouns };
};
