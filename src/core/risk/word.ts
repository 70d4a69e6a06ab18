import type { Word, WordPart } from 'unbash';

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
}

/** An argument that is just this text. */
export const plainArg = (value: string): Arg => ({
  text: value,
  value,
  lead: value,
  isGlob: false,
  maybeOption: false,
});

/**
 * Reads a word. `isAuthored` says of an expansion whether the script's author chose what it becomes, so that it may
 * turn out to be an option: `a=-delete; find . $a`.
 */
export const argOf = (word: Word, isAuthored: (part: WordPart) => boolean): Arg => {
  const parts = word.parts;
  if (!parts) {
    return { text: word.text, value: word.value, lead: word.value, isGlob: false, maybeOption: false };
  }
  const state = { value: '', known: true, lead: '', isGlob: false, maybeOption: false };
  for (const part of parts) addPart(part, state, isAuthored);
  return {
    text: word.text,
    value: state.known ? state.value : null,
    lead: state.lead,
    isGlob: state.isGlob,
    maybeOption: state.maybeOption,
  };
};

interface Reading {
  value: string;
  known: boolean;
  lead: string;
  isGlob: boolean;
  maybeOption: boolean;
}

const addPart = (part: WordPart, state: Reading, isAuthored: (part: WordPart) => boolean): void => {
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
      for (const child of part.parts) addPart(child, state, isAuthored);
      return;
    case 'BraceExpansion':
      if (state.lead === '' && /[{,]-/.test(part.text)) state.maybeOption = true;
      state.known = false;
      return;
    default:
      if (state.lead === '' && isAuthored(part)) state.maybeOption = true;
      state.known = false;
  }
};

const addText = (text: string, state: Reading): void => {
  state.value += text;
  if (state.known) state.lead += text;
};
