import { charAt, fail, type Reader } from './reader.ts';

const nameChar = /[\p{L}\p{Nd}_?]/u;

/** Whether `$` before this character begins a variable. */
export const startsVariable = (char: string): boolean => /^[\p{L}\p{Nd}_:$?^]$/u.test(char);

/** Reads a variable's name behind its sigil. */
export const readVariableName = (reader: Reader): string => {
  const first = charAt(reader);
  if (first === '{') return tidyName(readBraced(reader));
  reader.at++;
  if (first === '$' || first === '?' || first === '^') return first;
  let name = first;
  for (;;) {
    const char = charAt(reader);
    // `$a::b` is a static member of what $a holds.
    if (char === ':' ? charAt(reader, 1) === ':' : char === '' || !nameChar.test(char)) break;
    name += char;
    reader.at++;
  }
  return tidyName(name);
};

const readBraced = (reader: Reader): string => {
  let name = '';
  for (reader.at++; ; reader.at++) {
    const char = charAt(reader);
    if (char === '}') break;
    if (char === '' || char === '{') fail(reader, 'the name of a variable has no end');
    if (char === '`') reader.at++;
    name += charAt(reader);
  }
  reader.at++;
  if (name === '') fail(reader, 'a variable has no name');
  return name;
};

/** Scopes say where a name lives, which makes no difference here; `$using:x` and `$x` are the same value. */
const tidyName = (name: string): string =>
  name.toLowerCase().replace(/^(global|local|private|script|using|workflow|variable):/, '');
