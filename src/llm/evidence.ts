import { withoutHidden } from './data-block.ts';
import { evidenceLinesMax } from './limits.ts';
import type { SeenLines } from './output-excerpt.ts';
import { withoutThinking } from './script-text.ts';

/** A line of the model's that quotes: Markdown's mark at its start. */
const quoteMark = /^\s*(?:[-*]\s+)?>\s?/;

/** What a model said, without its quotes: those are shown as evidence, and only when they are true. */
export const wordsIn = (text: string): string =>
  withoutHidden(withoutThinking(text))
    .split('\n')
    .filter((line) => !quoteMark.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/**
 * The lines that a model quoted and that its machine did print, by machine name, as the machine printed them.
 * A quote counts when it is a whole line of what the model was shown of that machine. Without a machine's name it
 * counts when exactly one machine printed it. Everything else is dropped: an invented line is never evidence.
 */
export const evidenceIn = (
  text: string,
  seen: ReadonlyMap<string, SeenLines>,
): ReadonlyMap<string, readonly string[]> => {
  const evidence = new Map<string, string[]>();
  for (const line of withoutThinking(text).split('\n')) {
    if (!quoteMark.test(line)) continue;
    const found = sourceOf(line.replace(quoteMark, '').trim(), seen);
    if (!found) continue;
    const lines = evidence.get(found.host) ?? [];
    if (lines.length < evidenceLinesMax && !lines.includes(found.raw)) lines.push(found.raw);
    evidence.set(found.host, lines);
  }
  return evidence;
};

const sourceOf = (
  quote: string,
  seen: ReadonlyMap<string, SeenLines>,
): { host: string; raw: string } | null => {
  for (const [host, lines] of seen) {
    if (!quote.startsWith(`${host}:`)) continue;
    const raw = lineOf(quote.slice(host.length + 1).trim(), lines);
    if (raw !== null) return { host, raw };
  }
  const found = [...seen].flatMap(([host, lines]) => {
    const raw = lineOf(quote, lines);
    return raw === null ? [] : [{ host, raw }];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
};

/** Models like to put code marks around a quoted line. */
const lineOf = (quote: string, lines: SeenLines): string | null =>
  lines.get(quote) ?? lines.get(quote.replace(/^`+\s?|\s?`+$/g, '').trim()) ?? null;
