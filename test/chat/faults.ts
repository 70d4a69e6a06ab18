export type Json = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a platform would refuse of a message, collected: one line for each rule that is broken. */
export class Faults {
  readonly broken: string[] = [];
  readonly #platform: string;

  constructor(platform: string) {
    this.#platform = platform;
  }

  say(at: string, what: string): undefined {
    this.broken.push(`${at}: ${what}`);
    return undefined;
  }

  text(at: string, value: unknown, min: number, max: number): undefined {
    if (typeof value !== 'string') return this.say(at, 'is no text');
    if (value.length < min) this.say(at, `is shorter than ${min}`);
    if (value.length > max) this.say(at, `has ${value.length} characters, ${max} at most`);
    // Platforms trim before they count.
    if (min > 0 && value.trim() === '') this.say(at, 'is blank');
    if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value))
      this.say(at, 'has half a character');
    if (value.includes('\0')) this.say(at, 'has a NUL');
  }

  list(at: string, value: unknown, min: number, max: number): Json[] {
    if (!Array.isArray(value)) {
      this.say(at, 'is no list');
      return [];
    }
    if (value.length < min || value.length > max) this.say(at, `has ${value.length} items, ${min} to ${max}`);
    return value as Json[];
  }

  keys(at: string, value: Json, ...known: string[]): undefined {
    for (const key of Object.keys(value))
      if (!known.includes(key)) this.say(at, `has ${key}, which ${this.#platform} doesn't know here`);
  }
}
