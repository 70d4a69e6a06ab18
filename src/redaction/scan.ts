import { Evidence, literalsOfAll } from './evidence.ts';
import type { Rule, Span } from './rule.ts';
import { assignmentRules } from './rules/assignments.ts';
import { commandRules } from './rules/commands.ts';
import { pairRules } from './rules/pairs.ts';
import { PresetRules } from './rules/preset.ts';
import { tokenRules } from './rules/tokens.ts';
import { urlRules } from './rules/urls.ts';

const rules = [...tokenRules, ...urlRules, ...assignmentRules, ...pairRules, ...commandRules].map((rule) => ({
  rule,
  literals: literalsOfAll([rule.pattern]),
}));
const preset = new PresetRules();
/** Of the text that is looked at now; one for all, since that is done in one go. */
const evidence = new Evidence();

/**
 * Finds the secrets of lines, each by itself, so that it doesn't matter which lines are looked at together.
 *
 * @returns sorted by their beginning, none over another.
 */
export const spansIn = (text: string): Span[] => {
  const found: Span[] = [];
  evidence.of(text);
  for (const { rule, literals } of rules) {
    if (!evidence.mayHaveOneOf(literals) || (rule.hint && !rule.hint.test(text))) continue;
    findRule(rule, text, found);
  }
  const own = new Set(found.map((span) => span.end));
  for (const { start, end, what } of preset.find(text, evidence)) {
    // What goes over a line's end would depend on which lines came together; what a rule of ours ended at the same
    // place is known better, for instance without the address before it.
    if (own.has(end) || /[\r\n]/.test(text.slice(start, end))) continue;
    found.push({ from: start, start, end, what, until: 'value' });
  }
  return merged(found);
};

const findRule = ({ pattern, accept, what, until = 'value' }: Rule, text: string, found: Span[]): void => {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [all, before, inner] = match;
    const from = match.index;
    const start = inner === undefined ? from : from + (before?.length ?? 0);
    const secret = inner ?? all;
    const end = start + secret.length;
    if (accept && !accept(secret, { text, from, start, end })) {
      // What was no secret after all may hold one of its own.
      pattern.lastIndex = start > from ? start : from + 1;
      continue;
    }
    const label = typeof what === 'string' ? what : what(text.slice(from, start));
    found.push({ from, start, end: withRest(text, end), what: label, until });
  }
};

/** A token may be longer than its rule's bound; what directly goes on is a part of it. */
const withRest = (text: string, end: number): number => {
  if (!isWordCode(text.charCodeAt(end - 1))) return end;
  let to = end;
  while (to < text.length && isWordCode(text.charCodeAt(to))) to++;
  return to;
};

const isWordCode = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/** Sorted, and what overlaps as one: the first one's name is what people read. */
const merged = (spans: Span[]): Span[] => {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Span[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    if (!last || span.start >= last.end) {
      kept.push({ ...span });
      continue;
    }
    last.end = Math.max(last.end, span.end);
    last.from = Math.min(last.from, span.from);
    if (span.until === 'line') last.until = 'line';
  }
  return kept;
};
