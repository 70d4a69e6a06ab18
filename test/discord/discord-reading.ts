/** How Discord's clients read what they are sent: what is words, and what in it would be more than words. */

/** Something that a client would make of a text. */
export interface Active {
  kind: string;
  text: string;
}

export interface Reading {
  /** What is seen as plain letters, code included, with every sign of markup taken away. */
  words: string;
  active: Active[];
}

/**
 * The rules of Discord's clients, in their order, each at the place where reading stands. They are read more eagerly
 * than the clients do. `at line start` holds those that count only there.
 *
 * Source: https://docs.discord.com/developers/reference#message-formatting and
 * https://support.discord.com/hc/en-us/articles/210298617.
 */
const anywhere: readonly [kind: string, rule: RegExp][] = [
  ['mention', /^<@[!&]?\d+>/],
  ['channel', /^<#\d+>/],
  ['command', /^<\/[^:>\n]+:\d+>/],
  ['emoji', /^<a?:\w+:\d+>/],
  ['time', /^<t:-?\d+(?::\w)?>/],
  ['place', /^<id:\w+>/],
  ['link', /^<(?:https?:\/|mailto:|tel:|\+?\d{6,}|[^\s<>@]+@)[^\s<>]*>/i],
  ['link', /^(?:https?|steam|discord):\/\/\S+/i],
  ['invitation', /^(?:discord\.gg|discord(?:app)?\.com\/invite)\/\S+/i],
  ['link', /^\[[^\]\n]*\]\([^)\n]+\)/],
  ['everyone', /^@(?:everyone|here|[\p{L}]+)/u],
  ['emoji', /^:[^\s:\\]+:/],
];
const lineStart: readonly [kind: string, rule: RegExp][] = [
  ['heading', /^[ \t]*#{1,3}[ \t]/],
  ['small', /^[ \t]*-#[ \t]/],
  ['list', /^[ \t]*(?:[-*+]|\d+\.)[ \t]/],
  ['quote', /^[ \t]*>{1,3}[ \t]/],
];
/** Signs that stand in pairs. */
const pairs: readonly [kind: string, rule: RegExp][] = [
  ['bold', /^\*\*(?=\S)((?:\\[\s\S]|[^\\])+?)\*\*/],
  ['underline', /^__(?=\S)((?:\\[\s\S]|[^\\])+?)__/],
  ['strike', /^~~(?=\S)((?:\\[\s\S]|[^\\])+?)~~/],
  ['spoiler', /^\|\|(?=\S)((?:\\[\s\S]|[^\\])+?)\|\|/],
  ['italic', /^\*(?=\S)((?:\\[\s\S]|[^\\])+?)\*/],
  ['italic', /^_(?=\S)((?:\\[\s\S]|[^\\])+?)_/],
];
const fence = /^```(?:[\w+.#-]*\n)?\n*([^\n][\s\S]*?)\n*```/;
const code = /^(`+)([\s\S]*?[^`])\1(?!`)/;
const escapeSign = /^\\([^0-9A-Za-z\s])/;

interface Found extends Active {
  words: string;
  inside: Active[];
}

/** The first rule that takes something from the beginning of the text. */
const markupAt = (text: string, isStart: boolean): Found | null => {
  const of = (kind: string, rule: RegExp, group: number | null): Found | null => {
    const match = rule.exec(text);
    return match && { kind, text: match[0], words: group === null ? '' : (match[group] ?? ''), inside: [] };
  };
  const first =
    (isStart ? lineStart : []).map(([kind, rule]) => of(kind, rule, null)).find((one) => one) ??
    of('block', fence, 1) ??
    of('code', code, 2) ??
    anywhere.map(([kind, rule]) => of(kind, rule, null)).find((one) => one);
  if (first) return first;
  const pair = pairs.map(([kind, rule]) => of(kind, rule, 1)).find((one) => one);
  if (!pair) return null;
  const inside = readDiscord(pair.words, false);
  return { ...pair, words: inside.words, inside: inside.active };
};

export const readDiscord = (text: string, isLineStart = true): Reading => {
  const active: Active[] = [];
  let words = '';
  let at = 0;
  let isStart = isLineStart;
  while (at < text.length) {
    const rest = text.slice(at);
    const plain = escapeSign.exec(rest);
    const found = plain ? null : markupAt(rest, isStart);
    if (found) {
      active.push({ kind: found.kind, text: found.text }, ...found.inside);
      words += found.words;
      at += found.text.length;
    } else {
      const [char = ''] = rest;
      words += plain ? plain[1] : char;
      at += plain ? plain[0].length : char.length;
    }
    isStart = found ? lineStart.some(([kind]) => kind === found.kind) : words.endsWith('\n') && !plain;
  }
  return { words, active };
};

type Json = { readonly [key: string]: unknown };

/** Each text of a message that is read as markup, in order. */
export const markedTexts = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(markedTexts);
  if (typeof value !== 'object' || value === null) return [];
  const one = value as Json;
  return [
    ...(typeof one.content === 'string' ? [one.content] : []),
    ...['components', 'accessory', 'component'].flatMap((key) => markedTexts(one[key])),
  ];
};

/** All that a reader sees of it as words. */
export const seenIn = (value: unknown): string =>
  markedTexts(value)
    .map((text) => readDiscord(text).words)
    .join('\n');

/** What is written on the buttons and menus, in order. */
export const buttonsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(buttonsIn);
  if (typeof value !== 'object' || value === null) return [];
  const one = value as Json;
  if (one.type === 2) return [String(one.label)];
  if (one.type === 3) return [String(one.placeholder)];
  return ['components', 'accessory'].flatMap((key) => buttonsIn(one[key]));
};

/** Markup that is ours. Times are those of the card, which foreign text can't make: it is read back as letters. */
const own = ['bold', 'small', 'quote', 'code', 'block', 'time'];
export const foreignIn = (value: unknown): string[] =>
  markedTexts(value)
    .flatMap((one) => readDiscord(one).active)
    .filter(({ kind, text: at }) => !own.includes(kind) || /^<t:(?:0|1):?R?>$/.test(at))
    .map(({ kind, text: at }) => `${kind} ${at}`);
