import type { KeepParameter } from '../core/keep.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { countMax } from './limits.ts';

/**
 * What a value of a script may become: each kind has the pattern that all later values must match. None of them lets a
 * character through that any shell reads as more than itself, also where a program reads the value once more.
 */
const kinds = [
  { kind: 'number', pattern: '[0-9]{1,9}', words: 'a number' },
  { kind: 'path', pattern: '/[A-Za-z0-9@_.:+/-]{0,255}', words: 'a path' },
  { kind: 'name', pattern: '[A-Za-z0-9][A-Za-z0-9@_.:-]{0,127}', words: 'a name' },
] as const;

export type Literal = (typeof kinds)[number];

/** The kind that a value is; null for one that can't be a parameter. */
export const literalOf = (value: string): Literal | null =>
  kinds.find(({ pattern }) => new RegExp(`^(?:${pattern})$`).test(value)) ?? null;

/** A number that says how many may stay digits alone, which may stand where a quoted value may not. */
export const isCount = (value: string): boolean =>
  /^[1-9][0-9]{0,8}$/.test(value) && Number(value) <= countMax;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where the value stands as a word of its own, with the quotes around it where they hold nothing else. */
const ownWord = (value: string): RegExp => {
  const word = escaped(value);
  const alone =
    literalOf(value)?.kind === 'number'
      ? `(?<![\\w.])(?<!\\w-)${word}(?![\\w.]|-\\w)`
      : `(?<![\\w@.:/+\\\\-])${word}(?![\\w@.:/+\\\\-])`;
  return new RegExp(`"${word}"|'${word}'|${alone}`, 'g');
};

/** Where it stands at all, be it within a longer word: what must change with it and can't. */
const anywhere = (value: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9])${escaped(value)}(?![A-Za-z0-9])`, 'gi');

/** The line, from 1, on which the value would stay as it is; null for none. */
const leftIn = (text: string, value: string): number | null => {
  const rest = text.replace(ownWord(value), (found) => ' '.repeat(found.length));
  const left = anywhere(value).exec(rest);
  return left === null ? null : rest.slice(0, left.index).split('\n').length;
};

/**
 * The scripts with `{{name}}` where the values stood. Whether each stands where a value may is for the check of the file
 * to say, as for every runbook.
 */
export const withPlaceholders = (
  texts: readonly string[],
  parameters: readonly KeepParameter[],
): { ok: true; texts: string[] } | { ok: false; sentence: Sentence } => {
  const refused = (why: Sentence) => ({ ok: false as const, sentence: why });
  const seen = new Set<string>();
  // The longest first: a path holds the names that it is made of.
  const ordered = [...parameters].sort((a, b) => b.value.length - a.value.length);
  let made = [...texts];
  for (const { name, value } of ordered) {
    if (name === '') return refused(sentence('keep_parameter_nameless', { line: value }));
    if (seen.has(value)) return refused(sentence('keep_parameter_twice', { value }));
    seen.add(value);
    if (literalOf(value) === null) return refused(sentence('keep_parameter_shape', { value }));
    if (!made.some((text) => ownWord(value).test(text))) {
      return refused(sentence('keep_parameter_absent', { value }));
    }
    for (const text of made) {
      const line = leftIn(withoutPlaceholders(text), value);
      if (line !== null) return refused(sentence('keep_parameter_mixed', { value, line }));
    }
    made = made.map((text) => replaceOutside(text, ownWord(value), `{{${name}}}`));
  }
  return { ok: true, texts: made };
};

/** An earlier parameter's name is no text of the script. */
const placeholder = /\{\{\w*\}\}/g;
const withoutPlaceholders = (text: string): string =>
  text.replace(placeholder, (found) => ' '.repeat(found.length));
const replaceOutside = (text: string, what: RegExp, by: string): string =>
  text
    .split(/(\{\{\w*\}\})/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(what, () => by)))
    .join('');
