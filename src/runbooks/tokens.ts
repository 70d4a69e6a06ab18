import { actionOf, pairedAction, pairSeconds } from './actions.ts';
import { cutParticle, hangul, loneParticle, syllablesMin } from './korean.ts';
import { requestWordsMax } from './limits.ts';
import { fold, stem } from './stem.ts';
import { koreanAsking, lightWords, stopWords } from './stop-words.ts';
import { askingWords, genericWords, negations, quantifiers } from './telling-words.ts';

/** A piece of a word that runbooks are found by. The shares of one word's tokens add up to one. */
export interface Token {
  text: string;
  share: number;
  /** Typed otherwise: the text is what was most likely meant. */
  typo?: true;
}

/** One word of a request as it was typed, and what it says. */
export interface Word {
  /** What it could be as a parameter's value: quotes, punctuation, elision and Korean particles are cut. */
  values: string[];
  /** Lower case, no accents: for comparing neighbours. Empty for a particle alone. */
  key: string;
  quoted: boolean;
  tokens: Token[];
  action: string | null;
  /** Names a kind of thing or says nothing, so it is no value unless quoted. */
  generic: boolean;
}

/** A request or an example, taken apart. */
export interface Said {
  words: Word[];
  actions: string[];
  asking: boolean;
  negated: boolean;
  all: boolean;
}

const isStop = (word: string): boolean =>
  Object.values(stopWords).some((list) => list.has(word)) ||
  (hangul.test(word) && koreanAsking.test(word)) ||
  word.length < (hangul.test(word) ? 1 : 2);

const koreanTokens = (word: string): Token[] => {
  if (word.length <= syllablesMin) return [{ text: word, share: 1 }];
  const count = word.length - 1;
  return Array.from({ length: count }, (_, at) => ({ text: word.slice(at, at + 2), share: 1 / count }));
};

/** The lesser weight of words that any request may hold. */
const lightShare = 0.15;
const numberShare = 0.3;

const tokensOf = (word: string): Token[] => {
  if (hangul.test(word)) {
    const bare = cutParticle(word);
    if (loneParticle.test(word)) return [];
    if (isStop(word) || isStop(bare)) return [];
    const share = lightWords.has(bare) ? lightShare : 1;
    return koreanTokens(bare).map((t) => ({ text: t.text, share: t.share * share }));
  }
  if (isStop(word)) return [];
  if (/^\d+$/.test(word)) return [{ text: word, share: numberShare }];
  return [{ text: stem(word), share: lightWords.has(word) ? lightShare : 1 }];
};

/** Parts of a typed word: at punctuation, and where Latin meets Hangul ("CPU를", "nginx서비스"). */
const partsOf = (text: string): string[] =>
  text
    .replace(/([가-힣])(?=[\p{L}\p{N}])(?![가-힣])/gu, '$1 ')
    .replace(/(?<![가-힣])(?<=[\p{L}\p{N}])([가-힣])/gu, ' $1')
    .split(/[^\p{L}\p{N}+#]+/u)
    .filter((part) => part !== '');

const openers = /^[\s"'`“”„«»‘’([{<#:,;]+/;
const closers = /[\s"'`“”„«»‘’)\]}>?!.,;:…。？！]+$/;

/** What a typed word could be as a value, the most cut first; the caller takes the first that fits its pattern. */
const valuesOf = (typed: string): string[] => {
  const bare = typed.replace(openers, '').replace(closers, '');
  const unelided = bare.replace(/^(?:[cdjlmnst]|qu)['’]/i, '');
  const unparticled = unelided.replace(/(?<=[^가-힣])[가-힣]+$/, '');
  const plain = typed.replace(/^["'`“”«»]+|["'`“”«»]+$/g, '');
  return [...new Set([unparticled, unelided, cutParticle(unelided), bare, plain])].filter((v) => v !== '');
};

const typedWord =
  /(?<=^|[\s(])(["'`])([^"'`\n]{1,200}?)\1(?=$|[\s).,;:?!가-힣])|[“«„]\s*([^”»“]{1,200}?)\s*[”»“]|(\S+)/gu;

const wordOf = (typed: string, quoted: boolean): Word => {
  const parts = partsOf(fold(typed));
  const accented = partsOf(typed.normalize('NFKC').toLowerCase());
  const bare = parts.map((part) => (hangul.test(part) ? cutParticle(part) : part));
  // "clean-cache.service" is a name and orders nothing; "redémarre-moi" is one verb and a pronoun.
  const telling = parts.filter((part, at) => !isStop(part) && !isStop(bare[at] ?? part));
  const orders = quoted ? [] : telling.map((part) => actionOf(part, accented[parts.indexOf(part)] ?? part));
  const action = orders.length === 1 ? (orders[0] ?? null) : null;
  const tokens =
    action === null ? parts.flatMap((part) => (quantifiers.has(part) ? [] : tokensOf(part))) : [];
  const kind = bare.length === 1 && bare.some((part) => lightWords.has(part) || genericWords.has(part));
  return {
    values: quoted ? [typed.trim()] : valuesOf(typed.normalize('NFKC')),
    key: bare.filter((part) => !loneParticle.test(part)).join(' '),
    quoted,
    tokens,
    action,
    generic: !quoted && (kind || (tokens.length === 0 && !/[\d/\\]/.test(typed))),
  };
};

/** What words say together that none says alone: verbs in two parts, negation, "all". */
const together = (words: Word[]): Said => {
  const said = new Set(words.flatMap((w) => (w.quoted ? [] : w.key.split(' '))));
  const joined = words.map((word): Word => {
    if (word.quoted) return word;
    const action = word.key
      .split(' ')
      .map((part) => pairedAction(part, said))
      .find((a) => a !== null);
    if (action !== undefined) return { ...word, action: action ?? null, tokens: [] };
    return word;
  });
  // "Open port 80" is an order, "open ports" and "port 80 open?" are not: only the beginning tells.
  const [first, second] = joined;
  if (first?.key === 'open' && second?.key === 'port') joined[0] = { ...first, action: 'allow', tokens: [] };
  const paired = joined.some((word, at) => word !== words[at]);
  const settled = joined.map((word) =>
    paired && pairSeconds.has(word.key) ? { ...word, tokens: [], generic: true } : word,
  );
  const has = (list: ReadonlySet<string>): boolean => [...said].some((part) => list.has(part));
  return {
    words: settled,
    actions: [...new Set(settled.flatMap((w) => (w.action === null ? [] : [w.action])))],
    asking: has(askingWords),
    negated: has(negations) || [...said].some((part) => /^(?:하지|[가-힣]+지)$/.test(part) && said.has('마')),
    all: has(quantifiers),
  };
};

/** Takes a request or a piece of an example apart. Pure: the same text gives the same words. */
export const takeApart = (text: string): Said => {
  const words: Word[] = [];
  for (const match of text.matchAll(typedWord)) {
    if (words.length >= requestWordsMax) break;
    const quoted = match[2] ?? match[3];
    if (quoted !== undefined) words.push(wordOf(quoted, true));
    // "pid=42" says the parameter's kind and its value in one word.
    else for (const typed of (match[4] ?? '').split(/(?<=^[a-z]+)=/i)) words.push(wordOf(typed, false));
  }
  return together(words);
};
