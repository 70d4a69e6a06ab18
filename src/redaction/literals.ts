/*
 * Which texts a regular expression can't match without: looking for a few letters costs a hundredth of looking for what
 * is around them. As in ripgrep (https://docs.rs/regex-syntax/latest/regex_syntax/hir/literal/index.html), they come of
 * the expression itself, so that no list of ours can ever know less than the expression does.
 */

/** Of each part of an expression: all that it can be, where that is little; and what it can't match without. */
interface Part {
  /** Null where it may be anything. */
  exact: readonly string[] | null;
  /** Each match holds one of them; null where nothing is known. */
  needed: readonly string[] | null;
}

const anything: Part = { exact: null, needed: null };
const nothing: Part = { exact: [''], needed: null };
/** Shorter ones are in every text, and looking for them tells nothing. */
const literalCharsMin = 3;
const literalsMax = 160;
const classCharsMax = 8;

/**
 * Texts in small letters, one of which stands in everything that the pattern matches, whatever its case.
 *
 * @returns null where there are none that tell anything.
 */
export const literalsOf = (pattern: RegExp): readonly string[] | null => {
  const reader = new PatternReader(pattern.source);
  const { exact, needed } = reader.alternatives();
  if (!reader.isAtEnd) return null;
  const best = better(tellingOf(exact), needed);
  return best ? fewest(best) : null;
};

/** What holds another of them is found with that one. */
const fewest = (literals: readonly string[]): readonly string[] => {
  const low = [...new Set(literals.map((l) => l.toLowerCase()))];
  return low.filter((one) => !low.some((other) => other !== one && one.includes(other)));
};

const shortest = (literals: readonly string[]): number => Math.min(...literals.map((l) => l.length));

const tellingOf = (literals: readonly string[] | null): readonly string[] | null =>
  literals && literals.length <= literalsMax && shortest(literals) >= literalCharsMin ? literals : null;

const better = (a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null => {
  if (!a || !b) return a ?? b;
  return shortest(b) > shortest(a) ? b : a;
};

/** One after the other. */
const sequence = (parts: readonly Part[]): Part => {
  let run: readonly string[] = [''];
  let needed: readonly string[] | null = null;
  let isExact = true;
  for (const part of parts) {
    const joined = part.exact && run.length * part.exact.length <= literalsMax ? part.exact : null;
    if (joined) {
      run = run.flatMap((before) => joined.map((after) => before + after));
      continue;
    }
    isExact = false;
    needed = better(needed, better(tellingOf(run), part.needed ?? tellingOf(part.exact)));
    run = [''];
  }
  return isExact ? { exact: run, needed } : { exact: null, needed: better(needed, tellingOf(run)) };
};

const oneOf = (parts: readonly Part[]): Part => {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const all = parts.map(({ exact }) => exact);
  const each = parts.map(({ exact, needed }) => better(tellingOf(exact), needed));
  return {
    exact: all.every((e) => e !== null) ? all.flat() : null,
    needed: each.every((e) => e !== null) ? each.flat() : null,
  };
};

/** Reads an expression's source as far as literals need it. What it doesn't know may be anything. */
class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  alternatives(): Part {
    const all = [this.#terms()];
    while (this.#takes('|')) all.push(this.#terms());
    return oneOf(all);
  }

  #terms(): Part {
    const parts: Part[] = [];
    while (!this.isAtEnd && !'|)'.includes(this.#next)) parts.push(this.#quantified(this.#atom()));
    return sequence(parts);
  }

  get #next(): string {
    return this.#source[this.#at] ?? '';
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found) this.#at += found[0].length;
    return found;
  }

  #quantified(part: Part): Part {
    const counted = this.#match(/([*+?]|\{(\d+)(?:,\d*)?\})\??/y);
    if (!counted) return part;
    const [, sign = '', least = ''] = counted;
    if (sign === '?') return { exact: part.exact ? ['', ...part.exact] : null, needed: null };
    const isNeeded = sign === '+' || Number(least) > 0;
    return { exact: null, needed: isNeeded ? (part.needed ?? tellingOf(part.exact)) : null };
  }

  #atom(): Part {
    if (this.#takes('(')) return this.#group();
    if (this.#takes('[')) return this.#class();
    if (this.#takes('^') || this.#takes('$')) return nothing;
    if (this.#takes('.')) return anything;
    if (this.#takes('\\')) return this.#escape();
    const [char = ''] = this.#match(/./suy) ?? [];
    return { exact: [char], needed: null };
  }

  #group(): Part {
    const kind = this.#match(/\?(?:[:=!]|<[=!]|<\w+>)/y)?.[0] ?? '';
    const inner = this.alternatives();
    this.#at += 1;
    // What stands before or behind is no part of the match, and what must not stand there is no evidence.
    if (kind.endsWith('!')) return nothing;
    if (kind.endsWith('=')) return { exact: [''], needed: null };
    return inner;
  }

  #class(): Part {
    const [content = ''] = this.#match(/(?:\\.|[^\]\\])*/suy) ?? [];
    this.#at += 1;
    const isPlain = !/^\^|\\|.-./su.test(content);
    return isPlain && content.length <= classCharsMax ? { exact: [...content], needed: null } : anything;
  }

  #escape(): Part {
    if (this.#match(/[bB]/y)) return nothing;
    if (this.#match(/x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[^}]*\}|p\{[^}]*\}|P\{[^}]*\}|k<[^>]*>/iy)) return anything;
    const [char = ''] = this.#match(/./suy) ?? [];
    return /[A-Za-z0-9]/.test(char) ? anything : { exact: [char], needed: null };
  }
}
