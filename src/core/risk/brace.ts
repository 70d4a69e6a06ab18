import { riskBraceWordsMax } from './limits.ts';

/**
 * The words that Bash makes of one with braces (`/{etc,usr}`, `{1..3}`), as they would have been written one by one.
 * Null where there are no braces to expand, or more than anybody reads. Source: Bash's manual, "Brace Expansion".
 */
export const expandBraces = (text: string): readonly string[] | null => {
  const done: string[] = [];
  const todo = [text];
  while (todo.length > 0) {
    if (done.length + todo.length > riskBraceWordsMax) return null;
    const next = todo.pop() as string;
    const made = expandFirst(next);
    if (made === null) done.push(next);
    else todo.push(...[...made].reverse());
  }
  return done.length === 1 && done[0] === text ? null : done;
};

/** Expands the first brace that is one. Null where there is none. */
const expandFirst = (text: string): readonly string[] | null => {
  for (let at = 0; at < text.length; at = pastQuoted(text, at)) {
    if (text[at] !== '{') continue;
    const found = readBrace(text, at);
    if (!found) continue;
    const before = text.slice(0, at);
    const after = text.slice(found.end);
    return found.choices.map((choice) => before + choice + after);
  }
  return null;
};

const readBrace = (text: string, open: number): { choices: readonly string[]; end: number } | null => {
  const choices: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open + 1; at < text.length; at = pastQuoted(text, at)) {
    const char = text[at];
    if (char === '{') depth++;
    else if (char === ',' && depth === 0) {
      choices.push(text.slice(from, at));
      from = at + 1;
    } else if (char === '}' && depth-- === 0) {
      const last = text.slice(from, at);
      const all = choices.length > 0 ? [...choices, last] : rangeOf(last);
      return all ? { choices: all, end: at + 1 } : null;
    }
  }
  return null;
};

const rangeOf = (text: string): readonly string[] | null => {
  const match = /^(?:(-?\d{1,9})\.\.(-?\d{1,9})|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d{1,9}))?$/.exec(text);
  if (!match) return null;
  const [, low, high, first, last, by] = match;
  const from = low === undefined ? (first ?? '').charCodeAt(0) : Number(low);
  const to = high === undefined ? (last ?? '').charCodeAt(0) : Number(high);
  const step = Math.max(1, Math.abs(Number(by ?? 1)));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > riskBraceWordsMax) return null;
  return Array.from({ length: count }, (_, i) => {
    const at = from + (to < from ? -i : i) * step;
    return low === undefined ? String.fromCharCode(at) : String(at);
  });
};

/** The place after what stands at `at`: a quoted text, an escape or an expansion is passed as one. */
const pastQuoted = (text: string, at: number): number => {
  const char = text[at];
  if (char === '\\') return at + 2;
  if (char === "'") return pastClose(text, at + 1, "'");
  if (char === '"') return pastClose(text, at + 1, '"');
  if (char === '`') return pastClose(text, at + 1, '`');
  if (char === '$' && text[at + 1] === '{') return pastClose(text, at + 2, '}');
  if (char === '$' && text[at + 1] === '(') return pastClose(text, at + 2, ')');
  return at + 1;
};

const pastClose = (text: string, from: number, close: string): number => {
  const end = text.indexOf(close, from);
  return end < 0 ? text.length : end + 1;
};
