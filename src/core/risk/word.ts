import { parse, type Word, type WordPart } from 'unbash';
import { expandBraces } from './brace.ts';

/** One word of a command as far as it can be told before the script runs. */
export interface Arg {
  /** As written. */
  readonly text: string;
  /** What the command gets, or null where only the run tells. Globs and tildes stay as they are written. */
  readonly value: string | null;
  /** What it surely begins with. */
  readonly lead: string;
  /** An unquoted `*`, `?` or `[`: becomes any number of names. */
  readonly isGlob: boolean;
  /** May turn into an option, though it isn't written as one. */
  readonly maybeOption: boolean;
  /** Its text with `*` for what only the run tells. */
  readonly shape?: string;
  /** Its text is put together from something that only the run tells and something that stands here. */
  readonly isComposed?: boolean;
}

/** An argument that is just this text. */
export const plainArg = (value: string): Arg => ({
  text: value,
  value,
  lead: value,
  isGlob: false,
  maybeOption: false,
});

/** What is known about expansions when a word is read. */
export interface Reader {
  /** Whether the script's author chose what an expansion becomes, so that it may turn out to be an option. */
  readonly isAuthored: (part: WordPart) => boolean;
  /** How much of what only the run tells an expansion may carry: nothing, a piece, or a piece with text around it. */
  readonly carries?: (part: WordPart) => 0 | 1 | 2;
  /** The text to take for an expansion; null for one that only the run tells. */
  readonly fill?: (part: WordPart) => string | null;
}

/** The words that one written word becomes: several where braces or a filled-in text hold several. */
export const argsOf = (word: Word, reader: Reader): readonly Arg[] => {
  const expanded = word.parts?.some(isBrace) ? expandBraces(word.text) : null;
  if (!expanded) return splitFilled(argOf(word, reader), word, reader);
  const words = expanded.flatMap(reparsed);
  return words.flatMap((each) => splitFilled(argOf(each, reader), each, reader));
};

const isBrace = (part: WordPart): boolean =>
  part.type === 'BraceExpansion' || (part.type === 'Literal' && part.text.includes('{'));

/** The text of one expanded word, read again: what was in quotes is still in quotes. */
const reparsed = (text: string): readonly Word[] => {
  const command = parse(`: ${text}`).commands[0]?.command;
  return command?.type === 'Command' ? command.suffix.filter((arg) => arg.type === 'Word') : [];
};

/** Without quotes Bash splits what an expansion becomes; `"$@"` is split as it was given. */
const splitFilled = (arg: Arg, word: Word, reader: Reader): readonly Arg[] => {
  if (arg.value === null || !reader.fill || !word.parts) return [arg];
  const splits = word.parts.some(
    (part) =>
      (part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion'
        ? [part]
        : part.type === 'DoubleQuoted'
          ? part.parts.filter((inner) => /^\$(@|\{\w*(@|\[@\])\})$/.test(inner.text))
          : []
      ).length > 0,
  );
  if (!splits || !/\s/.test(arg.value.trim())) return [arg];
  return arg.value
    .trim()
    .split(/\s+/)
    .map((value) => ({ ...plainArg(value), text: arg.text, isGlob: /[*?[]/.test(value) }));
};

/** Reads a word. An expansion without a text to fill in stays unknown, as `a=-delete; find . $a` is before it runs. */
export const argOf = (word: Word, reader: Reader): Arg => {
  const parts = word.parts;
  if (!parts) {
    return { text: word.text, value: word.value, lead: word.value, isGlob: false, maybeOption: false };
  }
  const state = {
    value: '',
    known: true,
    lead: '',
    isGlob: false,
    maybeOption: false,
    carried: 0,
    shape: '',
  };
  for (const part of parts) addPart(part, state, reader);
  return {
    text: word.text,
    value: state.known ? state.value : null,
    lead: state.lead,
    isGlob: state.isGlob,
    maybeOption: state.maybeOption,
    shape: state.shape,
    isComposed: state.carried > 1 || (state.carried === 1 && state.value !== ''),
  };
};

interface Reading {
  value: string;
  known: boolean;
  lead: string;
  isGlob: boolean;
  maybeOption: boolean;
  carried: number;
  shape: string;
}

const addPart = (part: WordPart, state: Reading, reader: Reader): void => {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      addText(part.value, state);
      return;
    case 'Glob':
    case 'ExtendedGlob':
      state.isGlob = true;
      addText(part.text, state);
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      for (const child of part.parts) addPart(child, state, reader);
      return;
    case 'BraceExpansion':
      if (state.lead === '' && /[{,]-/.test(part.text)) state.maybeOption = true;
      state.known = false;
      return;
    default: {
      const filled = reader.fill?.(part) ?? null;
      if (filled !== null) {
        if (/[*?[]/.test(filled)) state.isGlob = true;
        addText(filled, state);
        return;
      }
      if (state.lead === '' && reader.isAuthored(part)) state.maybeOption = true;
      state.known = false;
      state.carried += reader.carries?.(part) ?? 1;
      state.shape += '*';
    }
  }
};

const addText = (text: string, state: Reading): void => {
  state.value += text;
  state.shape += text;
  if (state.known) state.lead += text;
};
