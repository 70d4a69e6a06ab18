import type { Command } from 'unbash';

/** Words that Bash may read further than the parser does; each was found by damaged scripts. */

/** Whether an expansion's operation is one of Bash's; of `@` one letter (bash(1), "Parameter transformation"). */
export const isKnownOperation = (
  operation: { type: string; operand?: { text: string } | undefined } | undefined,
): boolean =>
  operation === undefined ||
  (operation.type === 'Transform'
    ? /^[UuLQEPAKak]$/.test(operation.operand?.text ?? '')
    : operation.type !== 'Unknown');

/**
 * Whether the word that ends a here-document is one that both read alike. Bash reads an expansion in it up to its
 * close, over blanks and lines (bash(1), "Here Documents": no expansion is performed, but the word is a word).
 */
export const isPlainEnd = (word: string): boolean => isClosed(word) && !/[$<>][({[]/.test(word);

/** Whether every quote and backtick in a text is closed. */
const isClosed = (text: string): boolean => {
  let open = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\' && open !== "'") i++;
    else if (open === char) open = '';
    else if (open === '' && (char === "'" || char === '"' || char === '`')) open = char;
  }
  return open === '';
};

/**
 * Whether a command's words hold an extended pattern (`!(x)`). A script's Bash rejects it as syntax unless `extglob` was
 * switched on above; inside `[[ ]]` it is always taken (bash(1), "Pattern Matching").
 */
export const holdsExtendedPattern = ({ name, suffix }: Command): boolean =>
  [name, ...suffix].some(
    (word) => word?.type === 'Word' && word.parts?.some((part) => part.type === 'ExtendedGlob'),
  );
