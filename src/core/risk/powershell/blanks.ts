import { isBlank, isNewline } from './characters.ts';
import { charAt, fail, type Reader } from './reader.ts';

/** Skips blanks, comments and continued lines; stops at a line's end. */
export const skipBlanks = (reader: Reader): void => {
  for (;;) {
    const char = charAt(reader);
    if (char === '') return;
    if (isBlank(char)) reader.at++;
    else if (char === '#') skipLine(reader);
    else if (char === '<' && charAt(reader, 1) === '#') skipComment(reader);
    else if (char === '`' && isNewline(charAt(reader, 1)))
      reader.at += charAt(reader, 1) === '\r' && charAt(reader, 2) === '\n' ? 3 : 2;
    else if (char === '`' && isBlank(charAt(reader, 1))) reader.at += 2;
    else return;
  }
};

const skipLine = (reader: Reader): void => {
  while (charAt(reader) !== '' && !isNewline(charAt(reader))) reader.at++;
};

const skipComment = (reader: Reader): void => {
  const end = reader.text.indexOf('#>', reader.at + 2);
  if (end < 0) fail(reader, 'a comment has no end');
  reader.at = end + 2;
};

/** Skips blanks, comments and ends of lines. */
export const skipLines = (reader: Reader): void => {
  skipBlanks(reader);
  while (isNewline(charAt(reader))) {
    reader.at++;
    skipBlanks(reader);
  }
};

/** The place of the next character that is neither blank nor a line's end nor a comment, without going there. */
export const peekPastLines = (reader: Reader): number => {
  const from = reader.at;
  skipLines(reader);
  const found = reader.at;
  reader.at = from;
  return found;
};

/** Reads one expected character. */
export const expect = (reader: Reader, char: string): void => {
  if (charAt(reader) !== char) fail(reader, `"${char}" is missing`);
  reader.at++;
};
