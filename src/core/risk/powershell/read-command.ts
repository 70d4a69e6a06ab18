import { skipBlanks, skipLines } from './blanks.ts';
import { endsWord, isBlank, isDash, isNewline, quoteOf } from './characters.ts';
import { readExpression } from './read-expression.ts';
import { readBlock, readPrimary } from './read-primary.ts';
import { readWord } from './read-text.ts';
import { charAt, fail, placeOf, type Reader } from './reader.ts';
import type { CommandNode, Expression, Parameter, Redirection, TextNode } from './tree.ts';

/** Reads a command with its words, up to what ends it. */
export const readCommand = (reader: Reader): CommandNode => {
  const at = placeOf(reader);
  const operator = readOperator(reader);
  skipBlanks(reader);
  const name = operator === '' ? readWord(reader) : readArgument(reader);
  const args: (Expression | Parameter)[] = [];
  const redirections: Redirection[] = [];
  readWords(reader, args, redirections);
  return { type: 'command', at, operator, name, args, redirections };
};

const readOperator = (reader: Reader): '' | '&' | '.' => {
  const char = charAt(reader);
  const next = charAt(reader, 1);
  const dots = char === '.' && (endsWord(next) || next === '$' || quoteOf(next) !== null);
  if (char !== '&' && !dots) return '';
  reader.at++;
  return char as '&' | '.';
};

const readWords = (reader: Reader, args: (Expression | Parameter)[], redirections: Redirection[]): void => {
  let continues = false;
  for (;;) {
    skipBlanks(reader);
    const char = charAt(reader);
    if (char === '' || isNewline(char) || ';|&})'.includes(char)) return;
    if (args.length > wordsMax) fail(reader, 'a command has more words than anybody reads');
    const redirection = readRedirection(reader);
    if (redirection) redirections.push(redirection);
    else if (char === ',') {
      reader.at++;
      skipLines(reader);
      continues = true;
      continue;
    } else if (!continues && isDash(char) && /[\p{L}_?]/u.test(charAt(reader, 1))) {
      args.push(readParameter(reader));
    } else {
      const arg = readArgument(reader);
      const last = args.at(-1);
      if (continues && last && last.type !== 'parameter') args[args.length - 1] = listOf(last, arg);
      else if (continues && last?.type === 'parameter' && last.value)
        args[args.length - 1] = { ...last, value: listOf(last.value, arg) };
      else args.push(arg);
      if (arg.type === 'word' && arg.text === '--%') args.push(readVerbatim(reader));
    }
    continues = false;
  }
};
/** Words of one command. */
const wordsMax = 10_000;

const listOf = (first: Expression, next: Expression): Expression => {
  if (first.type !== 'list') return { type: 'list', at: first.at, items: [first, next] };
  // Appending in place keeps a list of thousands linear; nobody else holds it yet.
  (first.items as Expression[]).push(next);
  return first;
};

/** A parameter's name reaches further than a word's: PowerShell takes all but these characters into it. */
const readParameter = (reader: Reader): Parameter | Expression => {
  const at = placeOf(reader);
  const from = reader.at;
  for (reader.at++; ; reader.at++) {
    const char = charAt(reader);
    if (char === '' || isBlank(char) || isNewline(char) || '{}();,|&.[:'.includes(char)) break;
    if (quoteOf(char)) {
      // A quote makes a plain word of it.
      reader.at = from;
      return readWord(reader);
    }
  }
  const text = reader.text.slice(from, reader.at);
  const name = text.slice(1).replaceAll('`', '').toLowerCase();
  if (charAt(reader) !== ':') return { type: 'parameter', at, name, text, value: null };
  reader.at++;
  skipBlanks(reader);
  const char = charAt(reader);
  const isBare = char === '' || isNewline(char) || ';|&}),'.includes(char);
  return { type: 'parameter', at, name, text, value: isBare ? null : readArgument(reader) };
};

/** Reads one word of a command: a value, a group, a block or a bare word. */
const readArgument = (reader: Reader): Expression => {
  const char = charAt(reader);
  const next = charAt(reader, 1);
  if (char === '{') return readBlock(reader);
  if (char === '(' || quoteOf(char)) return readPrimary(reader, readExpression, true);
  if (char === '@' && (quoteOf(next) || next === '(' || next === '{' || /[\p{L}\p{Nd}_:?^$]/u.test(next)))
    return readPrimary(reader, readExpression, true);
  if (char === '$') {
    const isValue = next === '(' || next === '{' || /[\p{L}\p{Nd}_:?^$]/u.test(next);
    return isValue ? readPrimary(reader, readExpression, true) : readWord(reader);
  }
  if (char === '@') return fail(reader, '"@" is not expected here');
  return readWord(reader);
};

/** What follows `--%` reaches a program as it is written. */
const readVerbatim = (reader: Reader): TextNode => {
  skipBlanks(reader);
  const at = placeOf(reader);
  const from = reader.at;
  for (let inQuotes = false; ; reader.at++) {
    const char = charAt(reader);
    if (char === '' || isNewline(char)) break;
    if (quoteOf(char) === 'double') inQuotes = !inQuotes;
    if (!inQuotes && (char === '|' || (char === '&' && charAt(reader, 1) === '&'))) break;
  }
  const text = reader.text.slice(from, reader.at);
  return { type: 'word', at, text, value: text, lead: text, parts: [] };
};

/** Reads a redirection; null where none begins here. */
export const readRedirection = (reader: Reader): Redirection | null => {
  const merge = /[1-6*]>&[12]/y;
  merge.lastIndex = reader.at;
  const at = placeOf(reader);
  const merged = merge.exec(reader.text)?.[0];
  if (merged !== undefined) {
    reader.at += merged.length;
    return { type: 'redirection', at, operator: merged, target: null };
  }
  const file = /[1-6*]?>>?|</y;
  file.lastIndex = reader.at;
  const operator = file.exec(reader.text)?.[0];
  if (operator === undefined) return null;
  reader.at += operator.length;
  skipBlanks(reader);
  return { type: 'redirection', at, operator, target: readArgument(reader) };
};
