import type { Interpreter } from '../core/script.ts';
import { parameterPlaces } from './placeholders.ts';

/** What a construct that is open makes of a value that is quoted. */
type Frame =
  /** A command substitution or a group: the shell reads words. */
  | 'words'
  | 'double'
  | 'single'
  /** Bash's `$'…'`, in which a backslash escapes. */
  | 'escaped'
  /** What Bash reads twice: the first time takes the quotes away. */
  | 'backtick'
  /** Bash's arithmetic, an index, or what stands between braces: what a value names is computed, and may run. */
  | 'round'
  | 'square'
  | 'brace';

/** In these, whatever else is open inside them, a value may run. */
const computing: readonly Frame[] = ['backtick', 'round', 'square', 'brace'];

/** One place in a script, and what is open there; the innermost last. */
interface Scan {
  readonly text: string;
  readonly open: Frame[];
  at: number;
}

/**
 * Names of the parameters that stand where quoting doesn't help. The quoter makes a value one word only where the
 * shell reads words: inside double quotes its single quotes are plain characters and `$( )` in the value would run,
 * and Bash runs what stands in an index that it computes (law 5). `$( )` inside double quotes is read as words again.
 */
export const quotedParameters = (interpreter: Interpreter, text: string): string[] => {
  const isBash = interpreter === 'bash';
  const places = parameterPlaces(text);
  const heredoc =
    (isBash ? /(?<!<)<<(?!<)-?\s*["'\\]?[^\s(]/ : /@["']\r?\n/).exec(text)?.index ?? text.length;
  const quoted: string[] = [];
  const scan: Scan = { text, open: [], at: 0 };
  for (; scan.at < text.length; scan.at += 1) {
    const name = places.get(scan.at);
    if (name !== undefined) {
      const { open, at } = scan;
      const inner = open.at(-1);
      const isQuoted = inner === 'double' || inner === 'single' || inner === 'escaped';
      const isComputed = open.some((frame) => computing.includes(frame)) || (isBash && isCompared(text, at));
      if (isQuoted || isComputed || at > heredoc) quoted.push(name);
      scan.at = text.indexOf('}}', at) + 1;
    } else if (isBash) stepBash(scan);
    else stepPowershell(scan);
  }
  return [...new Set(quoted)];
};

/** In Bash's `[[ ]]` what is compared as a number is computed, and `-v` and `-R` compute an index. */
const isCompared = (text: string, at: number): boolean => {
  const before = text.slice(0, at);
  if (before.lastIndexOf('[[') <= before.lastIndexOf(']]')) return false;
  const after = text.slice(text.indexOf('}}', at) + 2);
  return /-(eq|ne|lt|le|gt|ge|v|R)\s+$/.test(before) || /^\s+-(eq|ne|lt|le|gt|ge)\s/.test(after);
};

/** A comment's apostrophe opens nothing. */
const skipComment = (scan: Scan): boolean => {
  if (scan.text[scan.at] !== '#' || !/^\s?$/.test(scan.text[scan.at - 1] ?? '')) return false;
  const end = scan.text.indexOf('\n', scan.at);
  scan.at = end < 0 ? scan.text.length : end;
  return true;
};

const closes: Partial<Record<string, Frame>> = { ')': 'words', ']': 'square', '}': 'brace' };

const stepBash = (scan: Scan): void => {
  const { text, open, at } = scan;
  const char = text[at] ?? '';
  const inner = open.at(-1);
  if (inner === 'single') {
    if (char === "'") open.pop();
    return;
  }
  if (char === '\\') {
    scan.at += 1;
    return;
  }
  if (inner === 'escaped') {
    if (char === "'") open.pop();
    return;
  }
  if (char === '`') {
    if (open.includes('backtick')) open.splice(open.lastIndexOf('backtick'));
    else open.push('backtick');
  } else if (char === '$' && openExpansion(scan)) return;
  else if (char === '"') {
    if (inner === 'double') open.pop();
    else open.push('double');
  } else if (inner === 'double' || skipComment(scan)) return;
  else if (char === "'") open.push('single');
  else openOrClose(scan, char);
};

/** `$(`, `$((`, `$[`, `${` and `$'`; all but the last also in double quotes. */
const openExpansion = (scan: Scan): boolean => {
  const { text, open, at } = scan;
  const next = text[at + 1];
  if (next === '(' && text[at + 2] === '(') {
    open.push('round', 'round');
    scan.at += 2;
    return true;
  }
  const frames: Partial<Record<string, Frame>> = { '(': 'words', '[': 'square', '{': 'brace' };
  const quote = open.at(-1) === 'double' ? undefined : ('escaped' as const);
  const frame = next === "'" ? quote : frames[next ?? ''];
  if (frame === undefined) return false;
  open.push(frame);
  scan.at += 1;
  return true;
};

const openOrClose = (scan: Scan, char: string): void => {
  const { text, open, at } = scan;
  const inner = open.at(-1);
  if (char === '(' && text[at + 1] === '(' && inner !== 'round') {
    open.push('round', 'round');
    scan.at += 1;
  } else if (char === '(') open.push(inner === 'round' ? 'round' : 'words');
  else if (char === '[' && /\w/.test(text[at - 1] ?? '')) open.push('square');
  else if (inner !== undefined && (inner === closes[char] || (char === ')' && inner === 'round'))) open.pop();
};

const stepPowershell = (scan: Scan): void => {
  const { text, open, at } = scan;
  const char = text[at] ?? '';
  const inner = open.at(-1);
  if (inner === 'single') {
    if (char === "'") open.pop();
  } else if (char === '`') scan.at += 1;
  else if (char === '$' && text[at + 1] === '(') {
    open.push('words');
    scan.at += 1;
  } else if (char === '"') {
    if (inner === 'double') open.pop();
    else open.push('double');
  } else if (inner === 'double' || skipComment(scan)) return;
  else if (char === "'") open.push('single');
  else if (char === '(') open.push('words');
  else if (char === ')' && inner === 'words') open.pop();
};
