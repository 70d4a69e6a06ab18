import { Interpreter } from './script.ts';

/**
 * The one quoter per interpreter (law 5): a value that went through here is one word and nothing else.
 * Bash: single quotes; the quote itself as `'\''` (POSIX, Shell Command Language 2.2.2).
 * PowerShell: single quotes; every character that PowerShell reads as a single quote is doubled, the
 * typographic ones too (about_Quoting_Rules: U+2018, U+2019, U+201A, U+201B act as quotes).
 *
 * @throws RangeError for a value that no quoting makes safe: one with a NUL or a line break.
 */
export const quote = (interpreter: Interpreter, value: string): string => {
  if (/[\0\r\n]/.test(value)) throw new RangeError('a parameter may not hold NUL or line breaks');
  if (interpreter === Interpreter.bash) return `'${value.replaceAll("'", `'\\''`)}'`;
  return `'${value.replace(/['\u2018\u2019\u201A\u201B]/g, (q) => q + q)}'`;
};

/**
 * A count as it stands in a script: its digits alone, which every interpreter reads as one word.
 *
 * @throws RangeError for what is no plain whole number.
 */
export const quoteCount = (value: string): string => {
  if (!/^[1-9][0-9]{0,8}$/.test(value)) throw new RangeError('a count is a whole number of at least 1');
  return value;
};
