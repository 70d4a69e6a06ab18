import { createHash } from 'node:crypto';
import { outputHeadBytesMax, outputTailBytesMax } from '../../../src/core/limits.ts';
import { RunState } from '../../../src/core/run.ts';

/** One approved run as the server tells of it in the end. */
export interface ToldRun {
  id: string;
  task: number;
  agent: string;
  state: RunState;
  /** Why it ended so, for the table. */
  code: string | null;
  /** What its script was to print, and what the server has of it; null where nobody fetched it. */
  output: { lines: number; digest: string; bytes: number } | null;
}

/** What a run's script left on the disk of its machine: the lines of its file. */
export type Effects = ReadonlyMap<string, readonly string[]>;

export interface Tally {
  runs: number;
  states: Record<string, number>;
  /** Runs whose effect is there once; the rest by what is wrong. */
  once: number;
  twice: number;
  missing: number;
  wholeOutputs: number;
  /** A sentence for each thing that should not be. */
  faults: string[];
}

/** What the script prints for so many lines, as far as it is kept: its middle is left out where it is too much. */
export const expectedOutput = (lines: number): Buffer => {
  const all = Buffer.from(
    Array.from({ length: lines }, (_, i) => `line ${i + 1} of what must arrive\n`).join(''),
  );
  if (all.length <= outputHeadBytesMax + outputTailBytesMax) return all;
  return Buffer.concat([all.subarray(0, outputHeadBytesMax), all.subarray(-outputTailBytesMax)]);
};

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Holds what the server says against what the scripts did. Pure, so that forged effects prove it.
 *
 * @param hit runs one of whose wrapper's processes was killed: they alone may be lost, or have less output.
 */
export const tallyOf = (runs: readonly ToldRun[], effects: Effects, hit: ReadonlySet<string>): Tally => {
  const tally: Tally = { runs: 0, states: {}, once: 0, twice: 0, missing: 0, wholeOutputs: 0, faults: [] };
  const known = new Set<string>();
  for (const run of runs) {
    tally.runs++;
    tally.states[run.state] = (tally.states[run.state] ?? 0) + 1;
    const who = `Run ${run.id.slice(0, 12)} of #${run.task} on ${run.agent}`;
    const fault = (what: string): unknown => tally.faults.push(`${who} ${what}.`);
    if (known.has(run.id)) fault('is told twice');
    known.add(run.id);
    judgeState(run, hit.has(run.id), fault);
    judgeEffects(run, effects.get(run.id) ?? [], tally, fault);
    judgeOutput(run, hit.has(run.id), tally, fault);
  }
  for (const id of effects.keys()) {
    if (!known.has(id)) tally.faults.push(`A run ${id.slice(0, 12)} left effects that nobody approved.`);
  }
  return tally;
};

const judgeState = ({ state, code }: ToldRun, isHit: boolean, fault: (what: string) => unknown): void => {
  if (state === RunState.succeeded) return;
  if (isHit && state === RunState.lost) return;
  fault(`is ${state}${code === null ? '' : ` (${code})`}${isHit ? ', its wrapper was killed' : ''}`);
};

const judgeEffects = (
  { id, state }: ToldRun,
  lines: readonly string[],
  tally: Tally,
  fault: (what: string) => unknown,
): void => {
  const begun = lines.filter((line) => line === `begun ${id}`).length;
  const ended = lines.filter((line) => line === `ended ${id}`).length;
  if (begun + ended !== lines.length) fault(`left what is not its own: ${JSON.stringify(lines)}`);
  const isWhole = begun === 1 && ended === 1;
  if (begun > 1 || ended > 1) {
    tally.twice++;
    fault(`ran more than once: it began ${begun} times and ended ${ended} times`);
  } else if (isWhole) tally.once++;
  else if (state === RunState.succeeded) {
    tally.missing++;
    fault(`succeeded without its effect: it began ${begun} times and ended ${ended} times`);
  }
};

const judgeOutput = (
  { state, output }: ToldRun,
  isHit: boolean,
  tally: Tally,
  fault: (what: string) => unknown,
): void => {
  if (state !== RunState.succeeded || isHit) return;
  const expected = output && expectedOutput(output.lines);
  if (!expected || !output) fault('has an output that nobody fetched');
  else if (output.digest === digestOf(expected)) tally.wholeOutputs++;
  else fault(`has another output than its script printed: ${output.bytes} bytes, not ${expected.length}`);
};
