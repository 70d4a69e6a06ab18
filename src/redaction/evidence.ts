import { literalsOf } from './literals.ts';

/**
 * Which three letters in a row a text has, in a few kilobytes: one look at the text answers for hundreds of literals
 * whether they can be in it. A yes may be wrong, a no is sure.
 */
export class Evidence {
  readonly #bits: Uint32Array = new Uint32Array(tableBits / 32);

  /** Looks at this text from now on. */
  of(text: string): void {
    const bits = this.#bits.fill(0);
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      row = rowWith(row, text.charCodeAt(i));
      bits[row >>> 5] = (bits[row >>> 5] ?? 0) | (1 << (row & 31));
    }
  }

  /** @param literals null where nothing is known that would have to be there. */
  mayHaveOneOf(literals: readonly Literal[] | null): boolean {
    return literals === null || literals.some((literal) => this.#mayHave(literal));
  }

  #mayHave(literal: Literal): boolean {
    const bits = this.#bits;
    for (const row of literal) {
      if (((bits[row >>> 5] ?? 0) & (1 << (row & 31))) === 0) return false;
    }
    return true;
  }
}

/** Places in the table, all of which are set where a text has the literal. */
export type Literal = readonly number[];

/** @param patterns null where they are not known. @returns null where they may match without any literal. */
export const literalsOfAll = (patterns: readonly RegExp[] | null): readonly Literal[] | null => {
  if (patterns === null) return null;
  const each = patterns.map(literalsOf);
  return each.every((literals) => literals !== null) ? [...new Set(each.flat())].map(literal) : null;
};

const literal = (text: string): Literal => {
  const places: number[] = [];
  let row = 0;
  for (let i = 0; i < text.length; i++) {
    row = rowWith(row, text.charCodeAt(i));
    // The first two stand with what is before them in the text, which is unknown.
    if (i >= 2) places.push(row);
  }
  return places;
};

const tableBits = 1 << 15;

/** The last three letters, five bits each of which neither tells small letters from large ones. */
const rowWith = (row: number, code: number): number => ((row << 5) ^ (code | 0x20)) & (tableBits - 1);
