import { readStatement, readStatements, readWhole, skipToStatement } from './read-statement.ts';
import { charAt, fail, type Reader, SyntaxFault } from './reader.ts';
import type { Statement } from './tree.ts';

/** A script read; `fault` says what was not PowerShell, and the statements are then those around it. */
export interface ParsedScript {
  readonly statements: readonly Statement[];
  readonly fault: string | null;
}

/**
 * Reads a PowerShell script. It takes more than PowerShell does (a `:` between operands anywhere), never less of what
 * runs: whatever could run is a node. Where it finds a fault it goes on with the next line, so that the rest is seen.
 */
export const parsePowershell = (text: string): ParsedScript => parse(text, null, 0, faultsMax);
/** How often a broken text is read again in all; a fault ten thousand words on must not cost that for each word. */
const rereadsMax = 4;
/** Places from which a broken text is read again. */
const faultsMax = 40;

const parse = (text: string, origin: number | null, depth: number, recoveries: number): ParsedScript => {
  const statements: Statement[] = [];
  let fault: string | null = null;
  const reader: Reader = {
    text,
    at: 0,
    depth,
    origin,
    statements: readStatements,
    statement: readStatement,
    inside: readInside,
  };
  let unread = rereadsMax * text.length;
  for (let faults = 0; charAt(reader) !== ''; ) {
    let from = reader.at;
    try {
      const more = skipToStatement(reader);
      from = reader.at;
      if (more) statements.push(readWhole(reader));
      else if (charAt(reader) !== '') fail(reader, `"${charAt(reader)}" closes nothing`);
    } catch (err) {
      if (!(err instanceof SyntaxFault) && !(err instanceof RangeError)) throw err;
      fault ??= err instanceof SyntaxFault ? err.message : 'it nests deeper than anybody reads';
      if (faults++ >= recoveries) break;
      reader.depth = depth;
      unread -= reader.at - from;
      reader.at = nextPlace(text, unread > 0 ? from : reader.at);
    }
  }
  return { statements, fault };
};

/** Behind the first separator or bracket of the failed statement. */
const nextPlace = (text: string, from: number): number => {
  const next = /[\n\r;|&{}()]/g;
  next.lastIndex = from;
  const found = next.exec(text);
  return found ? found.index + 1 : text.length;
};

/** The statements of a text inside a string; what is wrong there is wrong with the whole. */
const readInside = (text: string, origin: number, depth: number): Statement[] => {
  const { statements, fault } = parse(text, origin, depth + 1, 0);
  if (fault !== null) throw new SyntaxFault(origin, fault);
  return [...statements];
};
