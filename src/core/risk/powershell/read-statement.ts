import { peekPastLines, skipBlanks, skipLines } from './blanks.ts';
import { endsWord, isDash, isNewline } from './characters.ts';
import { readCommand, readRedirection } from './read-command.ts';
import { readExpression, startsExpression } from './read-expression.ts';
import { isKeyword, readKeyword } from './read-keyword.ts';
import { charAt, deeper, fail, placeOf, type Reader } from './reader.ts';
import type { AssignmentNode, CommandNode, Redirection, Statement, ValueNode } from './tree.ts';

/** Reads statements up to a closing bracket or the end of the text. */
export const readStatements = (reader: Reader): Statement[] => {
  const statements: Statement[] = [];
  while (skipToStatement(reader)) statements.push(readWhole(reader));
  return statements;
};

/** Skips what separates statements; false at a closing bracket or the end. */
export const skipToStatement = (reader: Reader): boolean => {
  skipLines(reader);
  while (charAt(reader) === ';') {
    reader.at++;
    skipLines(reader);
  }
  const char = charAt(reader);
  return char !== '' && char !== ')' && char !== '}';
};

/** Reads one statement with what ends it. */
export const readWhole = (reader: Reader): Statement => {
  const statement = readStatement(reader);
  endStatement(reader, statement);
  return statement;
};

/** What may follow a statement: `&` sends it into the background. */
const endStatement = (reader: Reader, statement: Statement): void => {
  skipBlanks(reader);
  const char = charAt(reader);
  // Behind a block `&` begins a call: `param($x) & $x`.
  if (char === '&' && charAt(reader, 1) !== '&' && endsInPipeline(statement)) {
    reader.at++;
    return;
  }
  if (char === '' || isNewline(char) || ';)}'.includes(char)) return;
  if (!endsInPipeline(statement) || isAttribute(statement)) return;
  fail(reader, `"${char}" is not expected here`);
};

const endsInPipeline = (statement: Statement): boolean =>
  statement.type === 'assignment' ? endsInPipeline(statement.value) : statement.type === 'pipeline';

/** `[CmdletBinding()] param(…)` may stand on one line. */
const isAttribute = (statement: Statement): boolean => {
  const [only] = statement.type === 'pipeline' ? statement.elements : [];
  return only?.type === 'value' && only.expression.type === 'type';
};

/** Reads one statement, without what ends it. */
export const readStatement = (reader: Reader): Statement => {
  skipBlanks(reader);
  const word = keywordAt(reader);
  if (word !== null) return readKeyword(reader, word, { readExpression, readStatement, readPipeline });
  const label = /:[a-z_]\w*\s+(?=(foreach|for|while|do|switch)\b)/iy;
  label.lastIndex = reader.at;
  const found = label.exec(reader.text)?.[0];
  if (found !== undefined) {
    reader.at += found.length;
    return readStatement(reader);
  }
  return readPipeline(reader);
};

/** The keyword that begins here. It must be a word of its own: `if(` is one, `if-x` and `if"x"` are commands. */
const keywordAt = (reader: Reader): string | null => {
  const word = /[a-z]+/iy;
  word.lastIndex = reader.at;
  const found = word.exec(reader.text)?.[0];
  return found !== undefined && endsWord(charAt(reader, found.length)) && isKeyword(found)
    ? found.toLowerCase()
    : null;
};

/** Reads pipelines chained by `&&` and `||`, or an assignment. */
const readPipeline = (reader: Reader): Statement => {
  const at = placeOf(reader);
  const elements: (CommandNode | ValueNode)[] = [];
  for (;;) {
    skipBlanks(reader);
    const element = readElement(reader);
    if (element.type === 'assignment') {
      if (elements.length === 0) return element;
      fail(reader, 'a pipeline ends in an assignment');
    } else elements.push(element);
    if (!readLink(reader)) return { type: 'pipeline', at, elements };
    if (elements.length > elementsMax) fail(reader, 'a pipeline is longer than anybody reads');
  }
};
const elementsMax = 10_000;

/** Reads `|`, `&&` or `||` and the line's end behind it; on a line of its own it goes on with the line before. */
const readLink = (reader: Reader): boolean => {
  skipBlanks(reader);
  if (isNewline(charAt(reader))) {
    const next = peekPastLines(reader);
    if (reader.text[next] !== '|') return false;
    reader.at = next;
  }
  const two = reader.text.slice(reader.at, reader.at + 2);
  const length = two === '&&' || two === '||' ? 2 : two[0] === '|' ? 1 : 0;
  if (length === 0) return false;
  reader.at += length;
  skipLines(reader);
  return true;
};

const readElement = (reader: Reader): CommandNode | ValueNode | AssignmentNode => {
  if (!startsExpression(reader)) return readCommand(reader);
  const at = placeOf(reader);
  const expression = readExpression(reader);
  skipBlanks(reader);
  const operator = assignmentAt(reader);
  if (operator !== null) {
    reader.at += operator.length;
    skipLines(reader);
    const value = deeper(reader, () => readStatement(reader));
    return { type: 'assignment', at, target: expression, operator, value };
  }
  const redirections: Redirection[] = [];
  for (;;) {
    skipBlanks(reader);
    const redirection = readRedirection(reader);
    if (!redirection) return { type: 'value', at, expression, redirections };
    redirections.push(redirection);
  }
};

const assignmentAt = (reader: Reader): string | null => {
  const rest = reader.text.slice(reader.at, reader.at + 3);
  if (rest === '??=') return rest;
  if (rest[0] === '=') return '=';
  const first = rest[0] ?? '';
  return rest[1] === '=' && ('+*/%'.includes(first) || isDash(first)) ? rest.slice(0, 2) : null;
};
