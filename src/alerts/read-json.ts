import { type Sentence, sentence } from '../core/sentences.ts';
import { jsonDepthMax } from './limits.ts';

export type ReadJson =
  | { kind: 'json'; value: unknown; text: string }
  | { kind: 'unreadable'; sentence: Sentence };

/** Reads a body: UTF-8, not too deep, JSON or several lines of it (which become a list). */
export const readJson = (body: Buffer): ReadJson => {
  const text = utf8Of(body);
  if (text === null) return unreadable('hook_not_json', 'it is not UTF-8.');
  if (text.trim() === '') return unreadable('hook_not_json', 'it is empty.');
  if (isTooDeep(text))
    return { kind: 'unreadable', sentence: sentence('hook_too_deep', { depthMax: jsonDepthMax }) };
  try {
    return { kind: 'json', value: JSON.parse(text), text };
  } catch (error) {
    const lines = linesOf(text);
    if (lines) return { kind: 'json', value: lines, text };
    return unreadable('hook_not_json', `${whereIn(error as SyntaxError)}.`);
  }
};

const unreadable = (code: 'hook_not_json', problem: string): ReadJson => ({
  kind: 'unreadable',
  sentence: sentence(code, { problem }),
});

/** Holds nothing between two whole bodies. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const utf8Of = (body: Buffer): string | null => {
  try {
    return utf8.decode(body);
  } catch {
    return null;
  }
};

/** One JSON value a line, as streams of events are sent; null where a line is none. */
const linesOf = (text: string): unknown[] | null => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || !lines.every((line) => line.trimStart().startsWith('{'))) return null;
  try {
    return lines.map((line) => JSON.parse(line) as unknown);
  } catch {
    return null;
  }
};

/** The place alone: the message quotes the body, which may hold anything. */
const whereIn = ({ message }: SyntaxError): string =>
  /position \d+/.exec(message)?.[0].replace('position', 'it stops being JSON at character') ??
  'it ends too early or holds something that JSON has not';

/** Counted before it is parsed, outside of texts; whoever walks through the value later may call itself. */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInText) {
      if (code === 0x5c) i++;
      else if (code === 0x22) isInText = false;
    } else if (code === 0x22) isInText = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > jsonDepthMax) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
};
