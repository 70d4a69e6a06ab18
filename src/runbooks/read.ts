import type { Language } from '../core/language.ts';
import type { Platform } from '../core/task.ts';
import { type Figure, figureOrText } from './figure.ts';
import {
  cellCharsMax,
  evidenceLineCharsMax,
  evidenceLinesMax,
  factItemsMax,
  lineCharsMax,
  linesMax,
  readingCharsMax,
  tableRowsMax,
} from './limits.ts';
import { holds, render, type Scope } from './liquid.ts';
import type { Runbook } from './runbook.ts';
import type { Fact } from './runbook-file.ts';

/** What a runbook says about one machine's output. Empty words: the reading could not tell. */
export interface Reading {
  words: string;
  rows: { label: string; value: string }[];
  /** The matched lines of the facts that the runbook names as evidence, verbatim. */
  evidence: string[];
  /** What the runbook's condition says; null when it has none. */
  ok: boolean | null;
}

export const emptyReading: Reading = { words: '', rows: [], evidence: [], ok: null };

type Item = Record<string, Figure | string>;
interface Matched {
  value: Item | Item[] | undefined;
  lines: string[];
}

/** Output as lines, none longer and no more than the bounds; a bounded line keeps its beginning. */
export const linesOf = (output: string): string[] =>
  output
    .split(/\r?\n/, linesMax)
    .map((line) => (line.length > lineCharsMax ? line.slice(0, lineCharsMax) : line));

/** No prototype: a group called "constructor" is a group. */
const itemOf = (match: RegExpExecArray): Item => {
  const item: Item = Object.create(null) as Item;
  for (const [group, text] of Object.entries(match.groups ?? {})) {
    if (text !== undefined) item[group] = figureOrText(text);
  }
  return item;
};

const matchFact = (fact: Fact, lines: readonly string[]): Matched => {
  if ('line' in fact) {
    const pattern = new RegExp(fact.line);
    for (const line of lines) {
      const match = pattern.exec(line);
      if (match !== null) return { value: itemOf(match), lines: [line] };
    }
    return { value: undefined, lines: [] };
  }
  const pattern = new RegExp(fact.every);
  const items: Item[] = [];
  const matched: string[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match === null) continue;
    items.push(itemOf(match));
    matched.push(line);
    if (items.length >= factItemsMax) break;
  }
  return { value: items, lines: matched };
};

const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** A table's label or value in a language. */
const cellIn = (value: string | Record<Language, string>, language: Language): string =>
  typeof value === 'string' ? value : value[language];

const tableOf = (runbook: Runbook, scope: Scope, language: Language): Reading['rows'] => {
  const { table } = runbook.reading;
  if (table === undefined) return [];
  const row = (
    from: { label: Parameters<typeof cellIn>[0]; value: Parameters<typeof cellIn>[0] },
    seen: Scope,
  ) => ({
    label: cut(render(cellIn(from.label, language), seen, language), cellCharsMax),
    value: cut(render(cellIn(from.value, language), seen, language), cellCharsMax),
  });
  if ('rows' in table) {
    return table.rows.map((r) => row(r, scope)).filter((r) => r.label !== '' && r.value !== '');
  }
  const items = scope[table.each];
  return (Array.isArray(items) ? items : [])
    .slice(0, table.rowsMax ?? tableRowsMax)
    .map((item: unknown) => row(table, { ...scope, item }))
    .filter((r) => r.label !== '' || r.value !== '');
};

/**
 * Reads one machine's output with the runbook's facts and words. Machine text reaches templates as values only;
 * nothing in it is evaluated. Pure, and bounded by limits.ts whatever the machine printed.
 *
 * @returns the empty reading when a bound was reached or a template failed: the output is shown as it is then.
 */
export const readOutput = (
  runbook: Runbook,
  platform: Platform,
  language: Language,
  parameters: Readonly<Record<string, string>>,
  stdout: string,
): Reading => {
  const lines = linesOf(stdout);
  const facts =
    platform === 'windows' ? (runbook.reading.windows ?? runbook.reading.facts) : runbook.reading.facts;
  const scope: Scope = Object.create(null) as Scope;
  const evidence: string[] = [];
  for (const [name, fact] of Object.entries(facts)) {
    const matched = matchFact(fact, lines);
    if (matched.value !== undefined) scope[name] = matched.value;
    if (runbook.reading.evidence.includes(name)) evidence.push(...matched.lines.slice(0, evidenceLinesMax));
  }
  scope.parameters = Object.assign(Object.create(null), parameters) as Record<string, string>;
  try {
    const words = cut(render(runbook.reading.words[language], scope, language), readingCharsMax);
    if (words === '') return emptyReading;
    return {
      words,
      rows: tableOf(runbook, scope, language),
      evidence: evidenceOf(evidence),
      ok: runbook.reading.ok === undefined ? null : holds(runbook.reading.ok, scope),
    };
  } catch {
    // A bound was reached (a table of thousands of rows, a slow machine): no reading is better than half of one.
    return emptyReading;
  }
};

/** Lines as they may be quoted under an answer: each once, not empty, cut to the bounds. */
export const evidenceOf = (lines: readonly string[]): string[] =>
  [...new Set(lines.map((line) => line.trimEnd()).filter((line) => line.trim() !== ''))]
    .slice(0, evidenceLinesMax)
    .map((line) => cut(line, evidenceLineCharsMax));
