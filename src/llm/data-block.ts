import { visible } from '../core/visible.ts';

/** Marks of a data block, and what they become inside one: with no mark left, no text can end its block. */
const marks: Record<string, string> = { '\u27E6': '[', '\u27E7': ']' };

/** ECMA-48 control sequences and operating-system commands: colours, cursor moves, titles, links. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters.
const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;

/**
 * One line, or several, as a model may see it: without terminal escapes, hidden characters written out, and our
 * marks of data blocks replaced. Line feeds stay, so the lines of the result are the lines of the text.
 */
export const plainForModel = (text: string): string => {
  const bare = text
    .replace(/\r\n/g, '\n')
    .replace(escapes, '')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/[\u27E6\u27E7]/g, (mark) => marks[mark] ?? '');
  return visible(bare).text;
};

/** Text of others between marks that it can't contain (law 5). `name` says what it is. */
export const dataBlock = (name: string, text: string): string =>
  `\u27E6data: ${plainForModel(name).replaceAll('\n', ' ')}\u27E7\n${plainForModel(text)}\n\u27E6end of data\u27E7`;

/** The beginning of a text up to a number of characters, never half of a surrogate pair, with a mark when cut. */
export const cutAt = (text: string, charsMax: number): string => {
  if (text.length <= charsMax) return text;
  return `${text.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, '')}\u2026`;
};

/**
 * A model's words as people may see them: hidden characters written out, because a right-to-left mark could turn a
 * number around. Emoji's own invisible selector goes, and typographic spaces become the space.
 */
export const withoutHidden = (text: string): string =>
  visible(text.replace(/\uFE0F/g, '').replace(/\p{Zs}/gu, ' ')).text;

/** A model's words as one line of a sentence: whitespace folded, cut, ended with a full stop. */
export const oneLine = (text: string, charsMax: number): string => {
  const line = cutAt(withoutHidden(text.replace(/\s+/g, ' ').trim()), charsMax);
  return line === '' || /[.!?\u2026\u3002]$/.test(line) ? line : `${line}.`;
};
