import { expect, skipBlanks, skipLines } from './blanks.ts';
import { endsWord, isBlank, isNewline, quoteOf } from './characters.ts';
import { readHereString, readString, readWord } from './read-text.ts';
import { readVariableName, startsVariable } from './read-variable.ts';
import { charAt, deeper, fail, placeOf, type Reader } from './reader.ts';
import type { Expression, HashNode, TypeNode } from './tree.ts';

/** How an expression is read; handed in, since expressions hold primaries that hold expressions. */
export type ReadExpression = (reader: Reader, takesCommas?: boolean) => Expression;

/** Reads a value with its members, indexes and calls. `isArgument` says that it stands among a command's words. */
export const readPrimary = (
  reader: Reader,
  readExpression: ReadExpression,
  isArgument: boolean,
): Expression => {
  const char = charAt(reader);
  const next = charAt(reader, 1);
  const at = placeOf(reader);
  if (quoteOf(char)) return readMembers(reader, readString(reader), readExpression, isArgument);
  if (char === '(') return readMembers(reader, readGroup(reader, 1), readExpression, isArgument);
  if (char === '{') return readMembers(reader, readBlock(reader), readExpression, isArgument);
  if (char === '[') return readMembers(reader, readType(reader, readExpression), readExpression, isArgument);
  if (char === '@' || char === '$') {
    if (next === '(') return readMembers(reader, readGroup(reader, 2), readExpression, isArgument);
    if (char === '@' && next === '{')
      return readMembers(reader, readHash(reader, readExpression), readExpression, isArgument);
    if (char === '@' && quoteOf(next))
      return readMembers(reader, readHereString(reader), readExpression, isArgument);
    if (next === '{' || startsVariable(next)) return readVariable(reader, readExpression, isArgument);
  }
  const digits = /(0x[0-9a-f]+|\d+(\.(?!\.)\d*)?(e[+-]?\d+)?|\.\d+)[a-z]{0,4}/iy;
  digits.lastIndex = reader.at;
  const text = digits.exec(reader.text)?.[0];
  if (text === undefined || isArgument) return fail(reader, `"${char}" is not expected here`);
  reader.at += text.length;
  return readMembers(reader, { type: 'number', at, text }, readExpression, isArgument);
};

const readVariable = (reader: Reader, readExpression: ReadExpression, isArgument: boolean): Expression => {
  const from = reader.at;
  const at = placeOf(reader);
  const isSplat = charAt(reader) === '@';
  reader.at++;
  const name = readVariableName(reader);
  const after = charAt(reader);
  // Among words, `$x-old` is one word; `$x.Name` and `$x[0]` are not.
  if (isArgument && !endsWord(after) && !'.[=:'.includes(after)) {
    reader.at = from;
    return readWord(reader);
  }
  const node: Expression = { type: isSplat ? 'splat' : 'variable', at, name };
  return isSplat ? node : readMembers(reader, node, readExpression, isArgument);
};

/** Reads `( … )`, `$( … )` or `@( … )`; `skip` is the length of what opens it. */
export const readGroup = (reader: Reader, skip: number): Expression => {
  const at = placeOf(reader);
  reader.at += skip;
  const statements = deeper(reader, () => reader.statements(reader));
  expect(reader, ')');
  return { type: 'group', at, statements };
};

export const readBlock = (reader: Reader): Expression & { type: 'block' } => {
  const at = placeOf(reader);
  expect(reader, '{');
  const statements = deeper(reader, () => reader.statements(reader));
  expect(reader, '}');
  return { type: 'block', at, statements };
};

/** Reads `[name]` or `[name(args)]`. */
export const readType = (reader: Reader, readExpression: ReadExpression): TypeNode => {
  const at = placeOf(reader);
  let name = '';
  let args: readonly Expression[] = [];
  let open = 0;
  do {
    const char = charAt(reader);
    if (char === '(' && open === 1) args = readArgs(reader, readExpression);
    else {
      if (!/^[\p{L}\p{Nd}._+`,[\]\s*&=#\\-]$/u.test(char)) fail(reader, 'a type has no end');
      if (char === '[') open++;
      if (char === ']') open--;
      name += char;
      reader.at++;
    }
  } while (open > 0);
  return { type: 'type', at, name: name.slice(1, -1).replace(/\s/g, '').toLowerCase(), args };
};

/** Reads what stands in the brackets of a call or an attribute, `Name = value` included. */
const readArgs = (reader: Reader, readExpression: ReadExpression): Expression[] => {
  expect(reader, '(');
  const args: Expression[] = [];
  for (;;) {
    skipLines(reader);
    const char = charAt(reader);
    if (char === ')') break;
    const name = /[a-z_]\w*\s*(?=[=,)])/iy;
    name.lastIndex = reader.at;
    const found = name.exec(reader.text)?.[0];
    if (char === ',') reader.at++;
    else if (found !== undefined) {
      reader.at += found.length;
      if (charAt(reader) === '=') reader.at++;
    } else args.push(readExpression(reader, false));
  }
  reader.at++;
  return args;
};

const readHash = (reader: Reader, readExpression: ReadExpression): HashNode => {
  const at = placeOf(reader);
  reader.at += 2;
  const entries: HashNode['entries'][number][] = [];
  for (;;) {
    skipLines(reader);
    while (charAt(reader) === ';') {
      reader.at++;
      skipLines(reader);
    }
    if (charAt(reader) === '}') break;
    const key = readKey(reader, readExpression);
    skipLines(reader);
    expect(reader, '=');
    skipLines(reader);
    entries.push({ key, value: deeper(reader, () => reader.statement(reader)) });
  }
  reader.at++;
  return { type: 'hash', at, entries };
};

const readKey = (reader: Reader, readExpression: ReadExpression): Expression => {
  const char = charAt(reader);
  if (quoteOf(char) || '$([@'.includes(char === '' ? ' ' : char))
    return readPrimary(reader, readExpression, false);
  const at = placeOf(reader);
  const word = /[^\s=;{}()'"$]+/y;
  word.lastIndex = reader.at;
  const text = word.exec(reader.text)?.[0] ?? fail(reader, 'a hash table has no end');
  reader.at += text.length;
  return { type: 'word', at, text, value: text, lead: text, parts: [] };
};

/** Reads `.name`, `::name`, `[index]` and calls behind a value. */
const readMembers = (
  reader: Reader,
  first: Expression,
  readExpression: ReadExpression,
  isArgument: boolean,
): Expression => {
  let target = first;
  for (let links = 0; ; links++) {
    if (links > linksMax) return fail(reader, 'a chain of members is longer than anybody reads');
    if (charAt(reader) === '?' && '.['.includes(charAt(reader, 1) || ' ')) reader.at++;
    const at = placeOf(reader);
    const two = reader.text.slice(reader.at, reader.at + 2);
    if (two[0] === '[') {
      reader.at++;
      skipLines(reader);
      const index = [readExpression(reader)];
      skipLines(reader);
      expect(reader, ']');
      target = { type: 'index', at, target, index };
      continue;
    }
    const length = two === '::' ? 2 : two[0] === '.' && two[1] !== '.' ? 1 : 0;
    const after = charAt(reader, length);
    if (length === 0 || (isArgument && (after === '' || isBlank(after) || isNewline(after)))) return target;
    reader.at += length;
    if (!isArgument) skipLines(reader);
    target = readMember(reader, target, length === 2, readExpression);
  }
};
/** Members of members; the tree of a chain is as deep as the chain is long. */
const linksMax = 200;

const readMember = (
  reader: Reader,
  target: Expression,
  isStatic: boolean,
  readExpression: ReadExpression,
): Expression => {
  const at = placeOf(reader);
  const word = /[\p{L}\p{Nd}_]+/uy;
  word.lastIndex = reader.at;
  let name = word.exec(reader.text)?.[0] ?? null;
  let computed: Expression | null = null;
  if (name !== null) reader.at += name.length;
  else {
    computed = readMemberName(reader);
    if (computed.type === 'string') name = computed.value;
  }
  let args: Expression[] | null = null;
  if (charAt(reader) === '(') args = deeper(reader, () => readArgs(reader, readExpression));
  else if (charAt(reader) === '{') args = [readBlock(reader)];
  return { type: 'member', at, target, isStatic, name: name?.toLowerCase() ?? null, computed, args };
};

const readMemberName = (reader: Reader): Expression => {
  const char = charAt(reader);
  const at = placeOf(reader);
  if (quoteOf(char)) return readString(reader);
  if (char === '(') return readGroup(reader, 1);
  if (char === '$' && charAt(reader, 1) === '(') return readGroup(reader, 2);
  if (char !== '$') return fail(reader, 'a member has no name');
  reader.at++;
  skipBlanks(reader);
  return { type: 'variable', at, name: readVariableName(reader) };
};
