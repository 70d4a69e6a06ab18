import { endsWord, isBlank, isNewline, quoteOf } from './characters.ts';
import { readVariableName, startsVariable } from './read-variable.ts';
import { charAt, fail, placeOf, type Reader } from './reader.ts';
import type { Expression, TextNode } from './tree.ts';

/** A text as it is put together. */
interface Building {
  value: string;
  lead: string;
  readonly parts: Expression[];
}

const append = (building: Building, text: string): void => {
  building.value += text;
  if (building.parts.length === 0) building.lead += text;
};

const finish = (building: Building, type: TextNode['type'], at: number, text: string): TextNode => ({
  type,
  at,
  text,
  value: building.parts.length === 0 ? building.value : null,
  lead: building.lead,
  parts: building.parts,
});

const start = (): Building => ({ value: '', lead: '', parts: [] });

/** Reads a quoted string; the place is its opening quote. */
export const readString = (reader: Reader): TextNode => {
  const at = placeOf(reader);
  const from = reader.at;
  const building = start();
  readQuoted(reader, building);
  return finish(building, 'string', at, reader.text.slice(from, reader.at));
};

const readQuoted = (reader: Reader, building: Building): void => {
  const kind = quoteOf(charAt(reader));
  reader.at++;
  for (;;) {
    const char = charAt(reader);
    if (char === '') fail(reader, 'a string has no end');
    if (quoteOf(char) === kind) {
      reader.at++;
      // Two quotes are one that is meant.
      if (quoteOf(charAt(reader)) !== kind) return;
      append(building, charAt(reader));
      reader.at++;
    } else if (kind === 'double') readExpandable(reader, building, false);
    else {
      append(building, char);
      reader.at++;
    }
  }
};

/** One step through an expandable text: an escape, a variable, a subexpression or a character. */
const readExpandable = (reader: Reader, building: Building, isHere: boolean): void => {
  const char = charAt(reader);
  if (char === '`' && charAt(reader, 1) !== '') {
    reader.at++;
    append(building, readEscape(reader));
  } else if (char === '$' && charAt(reader, 1) === '(') {
    building.parts.push(readSubexpression(reader, isHere));
  } else if (char === '$' && (charAt(reader, 1) === '{' || startsVariable(charAt(reader, 1)))) {
    const at = placeOf(reader);
    reader.at++;
    building.parts.push({ type: 'variable', at, name: readVariableName(reader) });
  } else {
    append(building, char);
    reader.at++;
  }
};

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const readEscape = (reader: Reader): string => {
  const char = charAt(reader);
  const unicode = /u\{([0-9a-f]{1,6})\}/iy;
  unicode.lastIndex = reader.at;
  const match = char === 'u' ? unicode.exec(reader.text) : null;
  const code = Number.parseInt(match?.[1] ?? '', 16);
  if (match && code <= 0x10ffff) {
    reader.at += match[0].length;
    return String.fromCodePoint(code);
  }
  reader.at++;
  return escapes[char] ?? char;
};

/**
 * `$( … )` in a string. PowerShell finds its end by counting brackets, whatever quotes stand between, undoes doubled
 * quotes, and reads what it has then.
 */
const readSubexpression = (reader: Reader, isHere: boolean): Expression => {
  const at = placeOf(reader);
  reader.at += 2;
  let inner = '';
  for (let open = 1; ; reader.at++) {
    const char = charAt(reader);
    if (char === '') fail(reader, 'a subexpression has no end');
    if (char === '(') open++;
    if (char === ')' && --open === 0) break;
    if (!isHere && (char === '`' || quoteOf(char) === 'double') && quoteOf(charAt(reader, 1)) === 'double')
      reader.at++;
    inner += charAt(reader);
  }
  reader.at++;
  return { type: 'group', at, statements: reader.inside(inner, at, reader.depth) };
};

/** Reads a here-string; the place is its `@`. */
export const readHereString = (reader: Reader): TextNode => {
  const at = placeOf(reader);
  const from = reader.at;
  const kind = quoteOf(charAt(reader, 1));
  reader.at += 2;
  while (isBlank(charAt(reader))) reader.at++;
  if (!isNewline(charAt(reader))) fail(reader, 'a here-string begins on the line of its quote');
  const building = start();
  for (;;) {
    const char = charAt(reader);
    if (char === '') fail(reader, 'a here-string has no end');
    if (isNewline(char)) {
      reader.at += char === '\r' && charAt(reader, 1) === '\n' ? 2 : 1;
      if (quoteOf(charAt(reader)) === kind && charAt(reader, 1) === '@') {
        reader.at += 2;
        return finish(building, 'string', at, reader.text.slice(from, reader.at));
      }
      append(building, '\n');
    } else if (kind === 'double') readExpandable(reader, building, true);
    else {
      append(building, char);
      reader.at++;
    }
  }
};

/** Reads a bare word among a command's words, quotes and expansions inside it included. */
export const readWord = (reader: Reader): TextNode => {
  const at = placeOf(reader);
  const from = reader.at;
  const building = start();
  while (!endsWord(charAt(reader))) {
    if (quoteOf(charAt(reader))) readQuoted(reader, building);
    else readExpandable(reader, building, false);
  }
  if (reader.at === from) fail(reader, `"${charAt(reader)}" is not expected here`);
  return finish(building, 'word', at, reader.text.slice(from, reader.at));
};
