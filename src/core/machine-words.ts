import { Platform } from './task.ts';

/** A word of a request with its place in it. */
export interface Word {
  text: string;
  /** Without the quotes, brackets and stops around it, and without a possessive: `"db1"?` and `db1's` are `db1`. */
  bare: string;
  /** `bare` in lower case. */
  lower: string;
  start: number;
  end: number;
}

/** A request's words; a comma or semicolon is a word of its own. */
export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[^\s,;]+|[,;]/gu)].map((m) => {
    const bare = m[0].replace(/^["'`“‘«(]+|["'`”’»).!?:…]+$/gu, '').replace(/['’]s$/u, '');
    return { text: m[0], bare, lower: bare.toLowerCase(), start: m.index, end: m.index + m[0].length };
  });

/** The words that machine phrases are made of, in English, French, German and Korean. */
export const machineWords = {
  prepositions: new Set(['on', 'sur', 'auf']),
  joiners: new Set([',', ';', 'and', 'et', 'und', '&', '+', 'or', 'ou', 'oder', '그리고', '와', '과']),
  alls: new Set(['all', 'every', 'tous', 'toutes', 'alle', 'allen', '모든', '전체']),
  everywheres: new Set(['everywhere', 'partout', 'überall', '어디서나']),
  heres: new Set(['here', 'ici', 'hier', '여기', '여기서', '여기에서']),
  theses: new Set(['this', 'ce', 'cet', 'cette', 'diesem', 'dieser', '이']),
  fillers: new Set(['the', 'my', 'our', 'les', 'le', 'la', 'den', 'dem', 'der', 'of']),
  nouns:
    /^(machines?|servers?|hosts?|agents?|boxes|box|serveurs?|servern?|rechnern?|maschinen?|서버|서버들|머신|곳)(에서|에|의|들|들에서)?$/i,
  /** As `role=db`. */
  labelPair: /^([A-Za-z0-9_.-]{1,63})=([A-Za-z0-9_.-]{1,63})$/,
  /** A name or a glob. */
  name: /^[A-Za-z0-9*][A-Za-z0-9_.*?-]{0,126}$/,
  /** Written like machines are called, letters and then a number: asked about wherever it stands. */
  numberedName: /^[a-z][a-z_.-]*\d{1,4}$/i,
  /** What follows "on" and is a number, a machine's own address or a part of it rather than a name. */
  partOfMachine:
    /^(\d+|localhost|127(\.\d+){3}|root|it|ipv\d|(eth|ens|eno|enp|wlan|wlp|lo|sd[a-z]|vd[a-z]|xvd[a-z]|nvme)\d.*)$/i,
} as const;

const platforms = new Map<string, Platform>([
  ['linux', Platform.linux],
  ['리눅스', Platform.linux],
  ['macos', Platform.macos],
  ['mac', Platform.macos],
  ['macs', Platform.macos],
  ['windows', Platform.windows],
  ['윈도우', Platform.windows],
]);

/** The platform that a word names, be it joined to its noun: "Linux", "Windows-Servern". Null when it is none. */
export const platformIn = (word: Word | undefined): { platform: Platform; withNoun: boolean } | null => {
  const { stem, ending } = koreanEnding(word?.lower ?? '');
  const [first = '', noun] = stem.split('-', 2);
  const platform = platforms.get(first);
  if (!platform || (noun !== undefined && !machineWords.nouns.test(noun))) return null;
  return { platform, withNoun: noun !== undefined || ending === 'place' };
};

/**
 * Korean says with an ending what English says with a word before or between: db1에서 (on db1), web*의 (of web*),
 * db1과 db2 (db1 and db2). Only endings on words of Latin letters or on a platform are taken off.
 */
export const koreanEnding = (text: string): { stem: string; ending: 'place' | 'and' | null } => {
  const place = /^([A-Za-z0-9_.*?=-]+|리눅스|윈도우)(에서의|에서|에다|에|의)$/u.exec(text);
  if (place?.[1]) return { stem: place[1], ending: 'place' };
  const and = /^([A-Za-z0-9_.*?=-]+)(이랑|랑|하고|과|와)$/u.exec(text);
  if (and?.[1]) return { stem: and[1], ending: 'and' };
  return { stem: text, ending: null };
};
