import { expect, peekPastLines, skipBlanks, skipLines } from './blanks.ts';
import { endsWord, isBlank, isNewline, quoteOf } from './characters.ts';
import { readBlock, readGroup, readPrimary, readType } from './read-primary.ts';
import { readWord } from './read-text.ts';
import { readVariableName } from './read-variable.ts';
import { charAt, fail, placeOf, type Reader } from './reader.ts';
import type { Expression, Statement } from './tree.ts';

/** Functions that keywords need from those who read the rest. */
export interface Readers {
  readonly readExpression: (reader: Reader, takesCommas?: boolean) => Expression;
  readonly readStatement: (reader: Reader) => Statement;
  readonly readPipeline: (reader: Reader) => Statement;
}

type Part = Statement | Expression;

const keywords: Readonly<Record<string, (reader: Reader, readers: Readers) => readonly Part[]>> = {
  if: (reader) => [...readCondition(reader), ...readBranches(reader)],
  while: (reader) => [...readCondition(reader), readBody(reader)],
  do: (reader) => {
    const body = readBody(reader);
    skipLines(reader);
    if (!readWords(reader, 'while', 'until')) fail(reader, '"while" is missing');
    return [body, ...readCondition(reader)];
  },
  for: (reader) => {
    skipLines(reader);
    return [readGroup(reader, 1), readBody(reader)];
  },
  foreach: (reader, readers) => readForeach(reader, readers),
  switch: (reader, readers) => readSwitch(reader, readers),
  try: (reader, readers) => readTry(reader, readers),
  trap: (reader, readers) => [...readTypes(reader, readers), readBody(reader)],
  data: (reader) => {
    const words = readHeader(reader);
    return [...words, readBody(reader)];
  },
  param: (reader, readers) => readParams(reader, readers),
  ...blocks('begin', 'process', 'end', 'dynamicparam', 'clean'),
  ...jumps('return', 'throw', 'exit'),
  break: (reader) => readLabel(reader),
  continue: (reader) => readLabel(reader),
  using: (reader) => readHeader(reader),
  enum: (reader) => {
    readHeader(reader);
    skipLines(reader);
    // Members are names and numbers.
    const end = reader.text.indexOf('}', reader.at);
    if (end < 0 || !/^\{[\w\s=;#,'"-]*$/.test(reader.text.slice(reader.at, end)))
      fail(reader, 'an enum has no end');
    reader.at = end + 1;
    return [];
  },
};

function blocks(...names: string[]): typeof keywords {
  return Object.fromEntries(names.map((name) => [name, (reader: Reader) => [readBody(reader)]]));
}

function jumps(...names: string[]): typeof keywords {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (reader: Reader, { readPipeline }: Readers) => {
        skipBlanks(reader);
        const char = charAt(reader);
        return char === '' || isNewline(char) || ';)}|&'.includes(char) ? [] : [readPipeline(reader)];
      },
    ]),
  );
}

/** A label is a name and does nothing. */
const readLabel = (reader: Reader): readonly Part[] => {
  skipBlanks(reader);
  if (/[a-z_]/i.test(charAt(reader))) readWord(reader);
  return [];
};

const definitions = new Set(['function', 'filter', 'workflow', 'configuration', 'class']);

export const isKeyword = (word: string): boolean =>
  Object.hasOwn(keywords, word.toLowerCase()) || definitions.has(word.toLowerCase());

/** Reads a statement that begins with a keyword. */
export const readKeyword = (reader: Reader, keyword: string, readers: Readers): Statement => {
  const at = placeOf(reader);
  const read = keywords[keyword];
  reader.at += keyword.length;
  if (read) return { type: 'control', at, keyword, parts: read(reader, readers) };
  skipBlanks(reader);
  const name = readWord(reader);
  if (name.value === null) fail(reader, 'the name of a function only shows when it runs');
  const parts: Part[] = [];
  skipLines(reader);
  if (keyword === 'class') parts.push(...readClass(reader, readers));
  else {
    if (charAt(reader) === '(') parts.push(...readParams(reader, readers));
    skipLines(reader);
    parts.push(readBlock(reader));
  }
  return { type: 'function', at, keyword, name: (name.value ?? '').toLowerCase(), parts };
};

const readBody = (reader: Reader): Expression => {
  skipLines(reader);
  return readBlock(reader);
};

const readCondition = (reader: Reader): Part[] => {
  skipLines(reader);
  if (charAt(reader) !== '(') fail(reader, '"(" is missing');
  return [readGroup(reader, 1)];
};

/** Reads one of these words where it stands alone. */
const readWords = (reader: Reader, ...words: string[]): boolean => {
  for (const word of words) {
    const found = reader.text.slice(reader.at, reader.at + word.length).toLowerCase() === word;
    if (found && endsWord(charAt(reader, word.length))) {
      reader.at += word.length;
      return true;
    }
  }
  return false;
};

/** Reads one of these words behind ends of lines; where there is none, the place stays. */
const readNext = (reader: Reader, ...words: string[]): boolean => {
  const from = reader.at;
  reader.at = peekPastLines(reader);
  if (readWords(reader, ...words)) return true;
  reader.at = from;
  return false;
};

const readBranches = (reader: Reader): Part[] => {
  const parts: Part[] = [readBody(reader)];
  while (readNext(reader, 'elseif')) parts.push(...readCondition(reader), readBody(reader));
  if (readNext(reader, 'else')) parts.push(readBody(reader));
  return parts;
};

const readForeach = (reader: Reader, { readStatement }: Readers): Part[] => {
  const parts: Part[] = readOptions(reader);
  expect(reader, '(');
  skipLines(reader);
  const at = placeOf(reader);
  expect(reader, '$');
  parts.push({ type: 'variable', at, name: readVariableName(reader) });
  skipLines(reader);
  if (!readWords(reader, 'in')) fail(reader, '"in" is missing');
  skipLines(reader);
  parts.push(readStatement(reader));
  skipLines(reader);
  expect(reader, ')');
  parts.push(readBody(reader));
  return parts;
};

/** Reads `-regex`, `-parallel`, `-throttlelimit 5` and the like, up to a bracket. */
const readOptions = (reader: Reader): Part[] => {
  const parts: Part[] = [];
  for (;;) {
    skipLines(reader);
    const char = charAt(reader);
    if (char === '(' || char === '{' || char === '') return parts;
    if (char === '$' || quoteOf(char)) parts.push(readPrimary(reader, () => fail(reader, 'too much'), true));
    else parts.push(readWord(reader));
  }
};

const readSwitch = (reader: Reader, { readExpression }: Readers): Part[] => {
  const parts: Part[] = readOptions(reader);
  if (charAt(reader) === '(') parts.push(readGroup(reader, 1));
  skipLines(reader);
  expect(reader, '{');
  for (;;) {
    skipLines(reader);
    const char = charAt(reader);
    if (char === ';') reader.at++;
    else if (char === '}') break;
    else {
      const isValue = quoteOf(char) !== null || (char !== '' && '$({@'.includes(char));
      parts.push(isValue ? readPrimary(reader, readExpression, false) : readWord(reader), readBody(reader));
    }
  }
  reader.at++;
  return parts;
};

const readTypes = (reader: Reader, { readExpression }: Readers): Part[] => {
  const parts: Part[] = [];
  for (;;) {
    skipLines(reader);
    if (charAt(reader) === ',') reader.at++;
    else if (charAt(reader) === '[') parts.push(readType(reader, readExpression));
    else return parts;
  }
};

const readTry = (reader: Reader, readers: Readers): Part[] => {
  const parts: Part[] = [readBody(reader)];
  while (readNext(reader, 'catch') || readCatchType(reader))
    parts.push(...readTypes(reader, readers), readBody(reader));
  if (readNext(reader, 'finally')) parts.push(readBody(reader));
  return parts;
};

/** `catch[Type]` needs no blank. */
const readCatchType = (reader: Reader): boolean => {
  const from = reader.at;
  reader.at = peekPastLines(reader);
  if (/^catch\[/i.test(reader.text.slice(reader.at, reader.at + 6))) {
    reader.at += 5;
    return true;
  }
  reader.at = from;
  return false;
};

/** Reads words up to the line's end or a brace: names, which do nothing. */
const readHeader = (reader: Reader): Part[] => {
  const words: Part[] = [];
  for (;;) {
    skipBlanks(reader);
    const char = charAt(reader);
    if (char === '' || isNewline(char) || char === ';' || char === '{') return words;
    if (char === ',' || char === '=') reader.at++;
    else words.push(readWord(reader));
  }
};

/** Reads `( [type] $name = default, … )`. */
const readParams = (reader: Reader, { readExpression }: Readers): Part[] => {
  const parts: Part[] = [];
  skipLines(reader);
  expect(reader, '(');
  for (;;) {
    skipLines(reader);
    const char = charAt(reader);
    if (char === ')') break;
    const at = placeOf(reader);
    if (char === ',') reader.at++;
    else if (char === '[') parts.push(readType(reader, readExpression));
    else {
      expect(reader, '$');
      parts.push({ type: 'variable', at, name: readVariableName(reader) });
      skipLines(reader);
      if (charAt(reader) !== '=') continue;
      reader.at++;
      skipLines(reader);
      parts.push(readExpression(reader, false));
    }
  }
  reader.at++;
  return parts;
};

/** Reads what a class holds: properties with their values, methods with their bodies. */
const readClass = (reader: Reader, readers: Readers): Part[] => {
  const parts: Part[] = [];
  while (charAt(reader) !== '{') {
    if (charAt(reader) === '') fail(reader, 'a class has no body');
    if (isBlank(charAt(reader)) || isNewline(charAt(reader)) || charAt(reader) === ',') reader.at++;
    else parts.push(readWord(reader));
  }
  reader.at++;
  for (;;) {
    skipLines(reader);
    const char = charAt(reader);
    const at = placeOf(reader);
    if (char === '}') break;
    if (char === ';') reader.at++;
    else if (char === '[') parts.push(readType(reader, readers.readExpression));
    else if (char === '(') parts.push(...readParams(reader, readers));
    else if (char === '{') parts.push(readBlock(reader));
    else if (char === '=') {
      reader.at++;
      parts.push(readers.readStatement(reader));
    } else if (char === '$') {
      reader.at++;
      parts.push({ type: 'variable', at, name: readVariableName(reader) });
    } else if (char === ':') {
      reader.at++;
      skipLines(reader);
      if (readWords(reader, 'base')) parts.push(readGroup(reader, 1));
    } else parts.push(readWord(reader));
  }
  reader.at++;
  return parts;
};
