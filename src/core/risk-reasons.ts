import { reasonCharsShown } from './limits.ts';
import { Risk, type RiskLine } from './risk/effect.ts';
import { visible } from './visible.ts';

/** One reason and every line that it holds for. */
export interface RiskReason {
  /** Counted from 1, in order; never empty. */
  lines: number[];
  risk: Risk;
  why: string;
  irreversible: boolean;
}

const order: readonly Risk[] = Object.values(Risk);

/**
 * The reasons of all lines that do more than read, each reason once however many lines share it.
 *
 * @param max how many are told: the worst, in the order of their lines. `more` counts those left out.
 */
export const reasonsOf = (lines: readonly RiskLine[], max: number): { told: RiskReason[]; more: number } => {
  const byWords = new Map<string, RiskReason>();
  for (const { line, risk, why, irreversible } of lines) {
    if (risk === Risk.readOnly) continue;
    const key = `${risk} ${irreversible} ${why}`;
    const known = byWords.get(key);
    if (known) known.lines.push(line);
    else
      byWords.set(key, { lines: [line], risk, why: reasonShown(why), irreversible: irreversible === true });
  }
  const worstFirst = [...byWords.values()].sort((a, b) => order.indexOf(b.risk) - order.indexOf(a.risk));
  const told = worstFirst.slice(0, max).sort((a, b) => (a.lines[0] ?? 0) - (b.lines[0] ?? 0));
  return { told, more: worstFirst.length - told.length };
};

/** Reasons quote the script, which may hold anything. */
export const reasonShown = (why: string): string => {
  const { text } = visible(why.replace(/\s+/g, ' '));
  return text.length > reasonCharsShown ? `${text.slice(0, reasonCharsShown - 1)}…` : text;
};

/** `line 3`, `lines 2–4, 7 and 9`. */
export const lineWords = (lines: readonly number[]): string => {
  const spans: [number, number][] = [];
  for (const line of lines) {
    const last = spans.at(-1);
    if (last && last[1] + 1 === line) last[1] = line;
    else spans.push([line, line]);
  }
  const words = spans.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
  const list = words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
  return `${lines.length === 1 ? 'line' : 'lines'} ${list}`;
};
