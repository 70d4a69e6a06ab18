/** Lower case, compatibility forms made plain (full width), accents cut. Hangul stays composed. */
export const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ß', 'ss')
    .normalize('NFC');

const suffixes = [
  'ungen',
  'ations',
  'ation',
  'ings',
  'ing',
  'ees',
  'ed',
  'en',
  'er',
  'es',
  'ez',
  'ee',
  's',
  'e',
  'n',
];
const stemCharsMin = 4;

/** Endings of English, French and German cut until none is left: crude, and the same on both sides. */
export const stem = (word: string): string => {
  if (/[^a-z]/.test(word)) return word;
  const end = suffixes.find(
    (s) => word.endsWith(s) && word.length - s.length >= stemCharsMin && !(s === 's' && word.endsWith('ss')),
  );
  // "utilization" and "utilisation" are one word.
  if (end === undefined) return word.endsWith('iz') ? `${word.slice(0, -1)}s` : word;
  const rest = word.slice(0, -end.length);
  // "running" is "run"; "logged" is not "log", for who is logged in has nothing to do with logs.
  return stem(end === 'ing' ? rest.replace(/([bdgmnprt])\1$/, '$1') : rest);
};
