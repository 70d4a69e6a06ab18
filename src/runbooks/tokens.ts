import { actionOf } from './actions.ts';
import { unspecifies } from './articles.ts';
import { conceptsOf, koreanConcept, pairedConcept } from './concepts.ts';
import { countAt } from './counts.ts';
import { genericConcepts, genericWords, subjects } from './generic-words.ts';
import { cutParticle, hangul, loneParticle, syllablesMin } from './korean.ts';
import { requestWordsMax } from './limits.ts';
import { isProgram } from './names.ts';
import { fold, stem } from './stem.ts';
import { koreanAsking, lightWords, stopWords } from './stop-words.ts';
import { askingWords, negations, quantifiers } from './telling-words.ts';
import { firstAction, isPoliteness, pairedAction, pairSeconds } from './verb-places.ts';

/** A piece of a word that runbooks are found by, and how much of its weight it has here. */
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
  /** How many is asked for, where this word says so: "the last 100 lines". Never the value of what takes a name. */
  count: number | null;
  /** Names a kind of thing or a program, so it doesn't tell what is asked of it ("package", "docker"). */
  kindOnly: boolean;
}

/** A request or an example, taken apart. */
export interface Said {
  words: Word[];
  actions: string[];
  asking: boolean;
  negated: boolean;
  all: boolean;
  /** Speaks of some one of a kind without naming it: "a package", "a given process". */
  unspecified: boolean;
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
const lightShare = 0.08;
/** "Top 5", "the last 100 lines": how many is seldom what is asked, and the script has its own number. */
const numberShare = 0.1;

/** A Korean word's concepts; compounds are written in one word as often as in two ("메모리사용량"). */
const koreanWord = (bare: string): Token[] => {
  if (bare === '' || loneParticle.test(bare) || isStop(bare)) return [];
  if (lightWords.has(bare)) return koreanTokens(bare).map((t) => ({ ...t, share: t.share * lightShare }));
  const known = koreanConcept(bare);
  if (known !== null) {
    const rest = known.rest.length < syllablesMin ? [] : koreanWord(known.rest);
    return [...known.concepts.map((text) => ({ text, share: 1 })), ...rest];
  }
  const light = bare.slice(0, syllablesMin);
  if (lightWords.has(light) && bare.length >= 2 * syllablesMin)
    return [...koreanWord(light), ...koreanWord(bare.slice(light.length))];
  return koreanTokens(bare);
};

const isPlain = (half: string): boolean => lightWords.has(half) || stopWords.de.has(half);

const tokensOf = (word: string): Token[] => {
  if (hangul.test(word)) {
    const bare = cutParticle(word);
    if (loneParticle.test(word)) return [];
    if (isStop(word) || isStop(bare)) return [];
    return koreanWord(bare);
  }
  if (isStop(word)) return [];
  if (/^\d+$/.test(word)) return [{ text: word, share: numberShare }];
  if (lightWords.has(word)) return [{ text: stem(word), share: lightShare }];
  const concepts = conceptsOf(word, isPlain);
  if (concepts === null) return [{ text: stem(word), share: 1 }];
  // Each part of a compound says as much as it does alone.
  return concepts
    .filter((text) => !stopWords.de.has(text))
    .map((text) => ({ text, share: lightWords.has(text) ? lightShare : 1 }));
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
  const kind =
    bare.length === 1 &&
    !/[*@/\\]|^\.\w/.test(typed) &&
    (bare.some((part) => lightWords.has(part) || genericWords.has(part)) ||
      (tokens.length > 0 && tokens.every((t) => genericConcepts.has(t.text))));
  const generic = !quoted && (kind || (tokens.length === 0 && !/[\d/\\]/.test(typed)));
  return {
    values: quoted ? [typed.trim()] : valuesOf(typed.normalize('NFKC')),
    key: bare.filter((part) => !loneParticle.test(part)).join(' '),
    quoted,
    tokens,
    action,
    generic,
    count: null,
    kindOnly: (generic && !tokens.some((t) => subjects.has(t.text))) || bare.some(isProgram),
  };
};

/** Two words that are one concept: the first has it, the second says nothing more ("host name"). */
const conceptsJoined = (words: readonly Word[]): Word[] => {
  const joined = [...words];
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    if (next === undefined || word.quoted || next.quoted) continue;
    const concept = pairedConcept(word.key, next.key);
    if (concept === null) continue;
    joined[at] = {
      ...word,
      tokens: [{ text: concept, share: 1 }],
      action: null,
      generic: true,
      kindOnly: false,
    };
    joined[at + 1] = { ...next, tokens: [], action: null, generic: true };
  }
  return joined;
};

/** What words say together that none says alone: verbs in two parts, negation, "all". */
const together = (typed: readonly Word[]): Said => {
  const words = conceptsJoined(typed);
  const said = new Set(words.flatMap((w) => (w.quoted ? [] : w.key.split(' '))));
  const joined = words.map((word): Word => {
    if (word.quoted) return word;
    const action = word.key
      .split(' ')
      .map((part) => pairedAction(part, said))
      .find((a) => a !== undefined);
    if (action !== undefined) return { ...word, action, tokens: [] };
    return word;
  });
  // A request begins with its verb: "open port 80" is an order, "open ports" and "port 80 open?" are not.
  const start = joined.findIndex((word) => !isPoliteness(word.key));
  const first = joined[start];
  if (first !== undefined && !first.quoted && first.action === null) {
    const action = firstAction(first.key, joined[start + 1]?.key ?? '');
    if (action !== null) joined[start] = { ...first, action, tokens: [] };
  }
  const paired = joined.some((word, at) => word !== words[at]);
  const settled = joined.map((word) =>
    paired && pairSeconds.has(word.key) ? { ...word, tokens: [], generic: true } : word,
  );
  const counted = settled.map((word, at): Word => {
    const count = countAt(settled, at);
    if (count === null) return word;
    return {
      ...word,
      count,
      tokens: word.tokens.map((t) => ({ ...t, share: Math.min(t.share, numberShare) })),
    };
  });
  const has = (list: ReadonlySet<string>): boolean => [...said].some((part) => list.has(part));
  return {
    words: counted,
    actions: [...new Set(settled.flatMap((w) => (w.action === null ? [] : [w.action])))],
    asking: has(askingWords),
    negated: has(negations) || [...said].some((part) => /^(?:하지|[가-힣]+지)$/.test(part) && said.has('마')),
    all: has(quantifiers),
    unspecified: settled.some(
      (word, at) => word.generic && word.tokens.length > 0 && unspecifies(settled[at - 1]?.key ?? ''),
    ),
  };
};

/** What stands in parentheses is an aside: it is read, and weighs little. */
const aside = (word: Word): Word => ({
  ...word,
  tokens: word.tokens.map((token) => ({ ...token, share: token.share * lightShare })),
});

/** Takes a request or a piece of an example apart. Pure: the same text gives the same words. */
export const takeApart = (text: string): Said => {
  const words: Word[] = [];
  const asides = [...text.matchAll(/\([^()]*\)/g)].map((m) => ({ from: m.index, to: m.index + m[0].length }));
  for (const match of text.matchAll(typedWord)) {
    if (words.length >= requestWordsMax) break;
    const quoted = match[2] ?? match[3];
    // "pid=42" says the parameter's kind and its value in one word.
    const said =
      quoted === undefined
        ? (match[4] ?? '').split(/(?<=^[a-z]+)=/i).map((typed) => wordOf(typed, false))
        : [wordOf(quoted, true)];
    const isAside = asides.some(({ from, to }) => match.index >= from && match.index < to);
    words.push(...(isAside ? said.map(aside) : said));
  }
  return together(words);
};
