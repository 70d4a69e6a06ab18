/**
 * Characters as PowerShell's own tokenizer sorts them. It takes typographic quotes and dashes for plain ones, so that
 * a script pasted from a web page runs; whoever reads scripts must do the same.
 * Source: CharTraits.cs of PowerShell.
 */

/** Space, but not a line's end. */
export const isBlank = (char: string): boolean =>
  char === ' ' ||
  char === '\t' ||
  char === '\v' ||
  char === '\f' ||
  char === '\u0085' ||
  (char > '\u007f' && /\p{Z}/u.test(char));

export const isNewline = (char: string): boolean => char === '\n' || char === '\r';

export const isDash = (char: string): boolean => char !== '' && '-\u2013\u2014\u2015'.includes(char);

/** Which quote a character is; null for any other. */
export const quoteOf = (char: string): 'single' | 'double' | null => {
  if (char === '') return null;
  if ("'\u2018\u2019\u201a\u201b".includes(char)) return 'single';
  return '"\u201c\u201d\u201e'.includes(char) ? 'double' : null;
};

/** Ends a bare word, a keyword and a variable among arguments. The empty string is the end of the text. */
export const endsWord = (char: string): boolean =>
  char === '' || isNewline(char) || '&(),;{|}'.includes(char) || isBlank(char);
