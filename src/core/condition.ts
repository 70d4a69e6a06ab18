import type { HostReading } from './answer.ts';

/** When a watch raises its alert: "disk > 90 %", "load >= 8", "not ok". */
export type Condition =
  /** The runbook's own word that this machine is not well. */
  { kind: 'not-ok' } | { kind: 'compare'; name: string; operator: Operator; value: number; unit: string };

type Operator = '>' | '>=' | '<' | '<=' | '=' | '!=';

const shape =
  /^(?<name>[\p{L}\p{N}/][\p{L}\p{N} /_.-]{0,60}?)\s*(?<operator>>=|<=|!=|=|>|<)\s*(?<value>-?\d{1,12}(?:\.\d{1,6})?)\s*(?<unit>[%\p{L}]{0,10})$/u;

/** Null for what is no condition. */
export const parseCondition = (text: string): Condition | null => {
  const words = text.trim();
  if (/^(?:not ok|unwell|bad)$/i.test(words)) return { kind: 'not-ok' };
  const { name, operator, value, unit } = shape.exec(words)?.groups ?? {};
  if (!name || !operator || value === undefined) return null;
  return { kind: 'compare', name, operator: operator as Operator, value: Number(value), unit: unit ?? '' };
};

/** Whether it holds on one machine, and by which number; `unknown` where what was read says nothing of it. */
export type Held = { kind: 'holds' | 'not'; by: string } | { kind: 'unknown' };

/**
 * Holds a condition against what a runbook read of one machine. Pure. The numbers are those of its table: of the rows
 * that have the condition's name, else of all in that unit; else the first in that unit in its words. Of several the
 * one decides that is nearest to holding.
 */
export const holdsOn = (condition: Condition, host: HostReading): Held => {
  if (condition.kind === 'not-ok') return { kind: host.ok ? 'not' : 'holds', by: host.words };
  const { name, operator, value } = condition;
  const numbers = numbersOf(condition, host);
  if (numbers.length === 0) return { kind: 'unknown' };
  const sorted = [...numbers].sort((a, b) => a.value - b.value);
  const first = (operator.startsWith('<') ? sorted[0] : sorted.at(-1)) as Figure;
  const found = sorted.find((n) => compares[operator](n.value, value)) ?? first;
  const best = compares[operator](first.value, value) ? first : found;
  return {
    kind: compares[operator](best.value, value) ? 'holds' : 'not',
    by: `${best.label ?? name}: ${best.text}`,
  };
};

interface Figure {
  value: number;
  label: string | null;
  text: string;
}

const compares: { readonly [O in Operator]: (a: number, b: number) => boolean } = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

const numbersOf = ({ name, unit }: Extract<Condition, { kind: 'compare' }>, host: HostReading): Figure[] => {
  const low = name.toLowerCase();
  const rows = host.facts.flatMap(({ label, value }) => {
    const figure = figureIn(value, unit);
    return figure ? [{ ...figure, label }] : [];
  });
  const named = rows.filter(({ label }) => label.toLowerCase().includes(low));
  if (named.length > 0) return named;
  if (rows.length > 0 && unit !== '') return rows;
  const said = figureIn(host.words, unit);
  return said ? [{ ...said, label: null }] : [];
};

const figureIn = (text: string, unit: string): Omit<Figure, 'label'> | null => {
  for (const match of text.matchAll(/(-?\d{1,12}(?:[.,]\d{1,6})?)\s?(%|\p{L}{0,10})/gu)) {
    const [, digits = '', found = ''] = match;
    if (unit !== '' && found.toLowerCase() !== unit.toLowerCase()) continue;
    return { value: Number(digits.replace(',', '.')), text: `${digits}${found === '' ? '' : ` ${found}`}` };
  }
  return null;
};
