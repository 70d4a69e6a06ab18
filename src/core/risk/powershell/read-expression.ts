import { skipBlanks, skipLines } from './blanks.ts';
import { isBlank, isDash, isNewline, quoteOf } from './characters.ts';
import { readPrimary } from './read-primary.ts';
import { charAt, deeper, fail, placeOf, type Reader } from './reader.ts';
import type { Expression } from './tree.ts';

const binaryWords = new Set(
  `and or xor band bor bxor shl shr is isnot as f join ${[
    ...['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'like', 'notlike', 'match', 'notmatch', 'contains'],
    ...['notcontains', 'in', 'notin', 'replace', 'split'],
  ]
    .flatMap((word) => [word, `c${word}`, `i${word}`])
    .join(' ')}`.split(' '),
);
const unaryWords = /^(not|bnot|split|isplit|csplit|join)$/;

/** The operator behind a dash; null where there is no word. */
const dashWord = (reader: Reader): string | null => {
  if (!isDash(charAt(reader))) return null;
  const word = /[a-z]+/iy;
  word.lastIndex = reader.at + 1;
  return word.exec(reader.text)?.[0].toLowerCase() ?? null;
};

/** Whether a sign, a bracket or a quote makes an expression of what begins here; otherwise it is a command. */
export const startsExpression = (reader: Reader): boolean => {
  const char = charAt(reader);
  const next = charAt(reader, 1);
  if (char === '') return false;
  if (quoteOf(char) || '([{,'.includes(char)) return true;
  if (char === '@') return next === '(' || next === '{' || quoteOf(next) !== null;
  if (char === '$') return true;
  if (char === '+') return true;
  if (char === '!') return !/[\p{L}_]/u.test(next);
  if (isDash(char)) {
    const word = dashWord(reader);
    return word === null ? !/[\p{L}_?]/u.test(next) : unaryWords.test(word);
  }
  return numberAt(reader) !== null;
};

const number =
  /(0x[0-9a-f]+|0b[01]+|\d+(\.(?!\.)\d*)?(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?)([usldyn]{0,2})([kmgtp]b)?/iy;

/** The number that begins here; null where it is the beginning of a name like `7z`. */
export const numberAt = (reader: Reader): string | null => {
  number.lastIndex = reader.at;
  const found = number.exec(reader.text)?.[0] ?? null;
  if (found === null) return null;
  const after = charAt(reader, found.length);
  const ends = after === '' || isBlank(after) || isNewline(after) || '&(),;{|}!#%*+.-/<=>]?:'.includes(after);
  return ends || isDash(after) ? found : null;
};

/** Operators made of signs that may stand between operands; longer ones first. */
const signs = ['..', '??', ',', '+', '*', '/', '%', '?', ':'];

/** The operator between two operands that begins here; assignments are none. */
const binaryAt = (reader: Reader): string | null => {
  const word = dashWord(reader);
  if (word !== null) return binaryWords.has(word) ? `-${word}` : null;
  const rest = reader.text.slice(reader.at, reader.at + 3);
  if (isDash(rest[0] ?? '')) return rest[1] === '=' ? null : '-';
  if (rest === '??=') return null;
  const sign = signs.find((s) => rest.startsWith(s));
  if (sign === undefined || rest[1] === '=' || rest === '*>') return null;
  return (sign === '*' && rest[1] === '>') || (sign === ':' && rest[1] === ':') ? null : sign;
};

/** Reads an expression. Its commas make lists, but for places where they part arguments. */
export const readExpression = (reader: Reader, takesCommas = true): Expression =>
  deeper(reader, () => readOperation(reader, takesCommas));

const readOperation = (reader: Reader, takesCommas: boolean): Expression => {
  const at = placeOf(reader);
  const operators: string[] = [];
  const operands: Expression[] = [];
  for (;;) {
    readOperand(reader, operators, operands);
    skipBlanks(reader);
    const operator = binaryAt(reader);
    if (operator === null || (operator === ',' && !takesCommas)) break;
    reader.at += operator.length;
    operators.push(operator);
    skipLines(reader);
    if (operators.length > operatorsMax) fail(reader, 'an expression is longer than anybody reads');
  }
  const [only] = operands;
  if (operators.length === 0 && only) return only;
  if (operators.every((operator) => operator === ',')) return { type: 'list', at, items: operands };
  return { type: 'operation', at, operators, operands };
};
/** Operators of one expression; a table of numbers in a script has hundreds. */
const operatorsMax = 20_000;

/** One operand with the signs and casts before it and `++` behind it. */
const readOperand = (reader: Reader, operators: string[], operands: Expression[]): void => {
  for (;;) {
    skipBlanks(reader);
    const prefix = prefixAt(reader);
    if (prefix !== null) {
      reader.at += prefix.length;
      operators.push(`unary ${prefix}`);
      skipLines(reader);
      continue;
    }
    const primary = readPrimary(reader, readExpression, false);
    operands.push(primary);
    if (primary.type !== 'type' || !isCast(reader)) break;
    operators.push('cast');
  }
  const two = reader.text.slice(reader.at, reader.at + 2);
  if (two === '++' || (isDash(two[0] ?? '') && isDash(two[1] ?? ''))) {
    reader.at += 2;
    operators.push('assign');
  }
};

const prefixAt = (reader: Reader): string | null => {
  const char = charAt(reader);
  const word = dashWord(reader);
  if (word !== null) {
    if (!unaryWords.test(word)) fail(reader, `"-${word}" is no operator here`);
    return `-${word}`;
  }
  if (char === '+' || isDash(char))
    return isDash(charAt(reader, 1)) || charAt(reader, 1) === '+' ? '++' : char;
  return char === '!' || char === ',' ? char : null;
};

/** Whether a type is followed by what it converts. */
const isCast = (reader: Reader): boolean => {
  const from = reader.at;
  skipBlanks(reader);
  const char = charAt(reader);
  const found =
    quoteOf(char) !== null ||
    '$([{@!'.includes(char === '' ? ' ' : char) ||
    (dashWord(reader) !== null && unaryWords.test(dashWord(reader) ?? '')) ||
    (isDash(char) && /[\d.]/.test(charAt(reader, 1))) ||
    numberAt(reader) !== null;
  reader.at = from;
  return found;
};
