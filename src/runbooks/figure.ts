import { Drop } from 'liquidjs';
import { Language } from '../core/language.ts';

const figurePattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * A number that a machine printed. Liquid compares and calculates with its value; shown, it keeps the digits
 * that were printed (a load of 0.50 is not 0.5).
 */
export class Figure extends Drop {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override valueOf(): number {
    return Number(this.#text);
  }

  override toString(): string {
    return this.#text;
  }
}

/** A group's value for Liquid: a number where it is one and fits a double, else the text as it was printed. */
export const figureOrText = (text: string): Figure | string =>
  figurePattern.test(text) && Number.isSafeInteger(Math.trunc(Number(text))) ? new Figure(text) : text;

/** A number's digits in a language: French and German write a decimal comma. */
export const localDigits = (digits: string, language: Language): string =>
  language === Language.fr || language === Language.de ? digits.replace('.', ',') : digits;
