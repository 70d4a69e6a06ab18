import type { Result } from './torture.ts';

/** Faults that are told one by one; past it they are only counted. */
const faultsShown = 40;
const errorsShown = 8;

/** The result for a person: what was done to the system, what came out, and every fault in a sentence. */
export const tableOf = ({ wanted, tally, killed, repeats, tookMs, errorsLogged, kept }: Result): string => {
  const kills = Object.values(killed).reduce((sum, n) => sum + n, 0);
  const byKind = Object.entries(killed).filter(([, n]) => n > 0);
  const states = Object.entries(tally.states).sort(([, a], [, b]) => b - a);
  const rows: [string, string][] = [
    ['runs approved', `${tally.runs} of ${wanted.runs}`],
    ['ended as', words(states)],
    ['ran once', String(tally.once)],
    ['ran twice', String(tally.twice)],
    ['succeeded without its effect', String(tally.missing)],
    ['output whole, by digest', String(tally.wholeOutputs)],
    ['killed', `${kills} of ${wanted.kills}: ${words(byKind)}`],
    ['requests sent again', String(repeats)],
    ['errors in the log', String(errorsLogged.length)],
    ['took', `${Math.round(tookMs / 1000)} s`],
  ];
  const wide = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(wide)}  ${value}`);
  for (const [message, times] of counted(errorsLogged).slice(0, errorsShown))
    lines.push(`    ${times}× ${message}`);
  if (tally.faults.length === 0)
    return [...lines, 'Good: nothing is lost, and nothing ran twice.'].join('\n');
  lines.push(`WRONG, ${tally.faults.length} times:`);
  lines.push(...tally.faults.slice(0, faultsShown).map((fault) => `  - ${fault}`));
  if (tally.faults.length > faultsShown) lines.push(`  … and ${tally.faults.length - faultsShown} more`);
  if (kept !== null) lines.push(`Everything is still in ${kept}; the same seed makes the same choices.`);
  return lines.join('\n');
};

const words = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([name, n]) => `${n} ${name}`).join(', ') || 'none';

/** Log lines by their message, the most frequent first. */
const counted = (lines: readonly string[]): [string, number][] => {
  const times = new Map<string, number>();
  for (const line of lines) {
    const message = /"msg":"([^"]*)"/.exec(line)?.[1] ?? line.slice(0, 100);
    times.set(message, (times.get(message) ?? 0) + 1);
  }
  return [...times].sort(([, a], [, b]) => b - a);
};
