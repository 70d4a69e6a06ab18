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
const escape = /^\\([^0-9A-Za-z\s])/;

export const readDiscord = (text: string, isLineStart = true): Reading => {
  const active: Active[] = [];
  let words = '';
  let at = 0;
  let isStart = isLineStart;
  const take = (kind: string, match: RegExpExecArray, shown: string): void => {
    active.push({ kind, text: match[0] });
    words += shown;
    at += match[0].length;
  };
  const step = (): void => {
    const rest = text.slice(at);
    for (const [kind, rule] of isStart ? lineStart : []) {
      const match = rule.exec(rest);
      if (match) return take(kind, match, '');
    }
    const escaped = escape.exec(rest);
    if (escaped) {
      words += escaped[1];
      at += escaped[0].length;
      isStart = false;
      return;
    }
    isStart = false;
    const block = fence.exec(rest);
    if (block) return take('block', block, block[1] ?? '');
    const inline = code.exec(rest);
    if (inline) return take('code', inline, inline[2] ?? '');
    for (const [kind, rule] of anywhere) {
      const match = rule.exec(rest);
      if (match) return take(kind, match, '');
    }
    for (const [kind, rule] of pairs) {
      const match = rule.exec(rest);
      if (!match) continue;
      const inside = readDiscord(match[1] ?? '', false);
      take(kind, match, inside.words);
      active.push(...inside.active);
      return;
    }
    const [char = ''] = rest;
    words += char;
    at += char.length;
    isStart = char === '\n';
  };
  while (at < text.length) step();
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
