import type { Statement } from './tree.ts';

/** The text is not PowerShell as far as this reader knows it. Never leaves this folder. */
export class SyntaxFault extends Error {
  readonly code = 'powershell_syntax';
  readonly at: number;
  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/** A place in a text, moved on by every function that reads. */
export interface Reader {
  readonly text: string;
  at: number;
  /** Constructs around this place. */
  depth: number;
  /** For a text inside a string: where the string stands in the script. */
  readonly origin: number | null;
  /** Statements up to a closing character, which is left unread. Handed in, since expressions hold statements. */
  readonly statements: (reader: Reader) => Statement[];
  readonly statement: (reader: Reader) => Statement;
  /** Statements of a text inside a string. */
  readonly inside: (text: string, origin: number, depth: number) => Statement[];
}

export const charAt = (reader: Reader, ahead = 0): string => reader.text[reader.at + ahead] ?? '';

export const placeOf = (reader: Reader): number => reader.origin ?? reader.at;

export const fail = (reader: Reader, why: string): never => {
  throw new SyntaxFault(placeOf(reader), why);
};

/** Runs a function one construct deeper; too deep is a fault, since each level is a call of ours. */
export const deeper = <T>(reader: Reader, read: () => T): T => {
  if (++reader.depth > depthMax) fail(reader, 'it nests deeper than anybody reads');
  const found = read();
  reader.depth--;
  return found;
};
/** Constructs inside constructs: a person's script has ten, and our stack bears several times this many. */
const depthMax = 150;
