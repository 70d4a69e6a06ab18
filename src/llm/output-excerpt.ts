import { isBadEnd } from '../core/card.ts';
import type { EndedRun } from '../ports/interpreter.ts';
import { cutAt, dataBlock, plainForModel } from './data-block.ts';
import {
  hostOutputCharsMax,
  hostsNamedMax,
  hostsReadMax,
  lineCharsMax,
  outputHeadShare,
  outputsCharsMax,
} from './limits.ts';

/** Lines as the model saw them, trimmed, and the machine's own line behind each. */
export type SeenLines = ReadonlyMap<string, string>;

export interface Excerpts {
  /** Parts of a prompt: our own lines about each machine, and its output as data. */
  parts: string[];
  /** By machine name, what the model was shown of it: nothing else can be evidence. */
  seen: ReadonlyMap<string, SeenLines>;
}

/**
 * The outputs for a prompt, within bounds: those that ended badly first, each machine with the same share, its
 * beginning and its end. Machines past the bound are named and counted, so that the model can say so.
 */
export const excerptsOf = (runs: readonly EndedRun[]): Excerpts => {
  const ordered = [...runs].sort((a, b) => Number(isBadEnd(b.run.state)) - Number(isBadEnd(a.run.state)));
  const read = ordered.slice(0, hostsReadMax);
  const charsMax = Math.min(hostOutputCharsMax, Math.floor(outputsCharsMax / Math.max(1, read.length)));
  const parts: string[] = [];
  const seen = new Map<string, Map<string, string>>();
  for (const ended of read) {
    const lines = seen.get(ended.run.agentName) ?? new Map<string, string>();
    seen.set(ended.run.agentName, lines);
    parts.push(hostPart(ended, charsMax, lines));
  }
  const rest = ordered.slice(hostsReadMax);
  if (rest.length > 0) parts.push(restPart(rest));
  return { parts, seen };
};

const hostPart = ({ run, stdout, stderr }: EndedRun, charsMax: number, seen: Map<string, string>): string => {
  const name = nameOf(run.agentName);
  const exit = run.exitCode === null ? '' : `, exit code ${run.exitCode}`;
  const about = `Machine ${name} (${run.platform}): ${run.state}${exit}.`;
  // Errors are short as a rule; where both are long, what was printed as the result gets the larger part.
  const stderrMax = stdout.trim() === '' ? charsMax : Math.min(stderr.length, Math.floor(charsMax / 4));
  const blocks = [
    streamBlock(`${name} stdout`, stdout, charsMax - Math.min(stderr.length, stderrMax), seen),
    streamBlock(`${name} stderr`, stderr, stderrMax, seen),
  ].filter((block) => block !== '');
  return [about, ...(blocks.length > 0 ? blocks : ['It printed nothing.'])].join('\n');
};

const streamBlock = (name: string, output: string, charsMax: number, seen: Map<string, string>): string => {
  if (output.trim() === '') return '';
  const headMax = Math.floor(charsMax * outputHeadShare);
  const { head, tail } = ends(output, headMax, charsMax - headMax);
  const keep = (line: string): string => {
    const shown = plainForModel(cutAt(line, lineCharsMax));
    if (shown.trim() !== '') seen.set(shown.trim(), line.slice(0, lineCharsMax));
    return shown;
  };
  const shown = head.map(keep);
  if (tail !== null) shown.push('(a part was left out here)', ...tail.map(keep));
  return dataBlock(name, shown.join('\n'));
};

/** The whole lines of a text's beginning and end; `tail` is null when the beginning is all of it. */
const ends = (text: string, headMax: number, tailMax: number): { head: string[]; tail: string[] | null } => {
  const whole = text.replace(/\r?\n$/, '');
  if (whole.length <= headMax + tailMax) return { head: whole.split(/\r?\n/), tail: null };
  const head = whole.slice(0, headMax).split(/\r?\n/);
  const tail = whole.slice(-tailMax).split(/\r?\n/);
  // The cut goes through a line; half of it would look like a whole one, unless there is nothing else.
  if (head.length > 1) head.pop();
  if (tail.length > 1) tail.shift();
  return { head, tail };
};

const restPart = (rest: readonly EndedRun[]): string => {
  const named = rest.slice(0, hostsNamedMax).map(({ run }) => `${nameOf(run.agentName)} (${run.state})`);
  const more = rest.length > named.length ? ` and ${rest.length - named.length} more` : '';
  return `The output of ${rest.length} more machines is not shown to you; say so. They are: ${named.join(', ')}${more}.`;
};

const nameOf = (name: string): string => plainForModel(name).replaceAll('\n', ' ');
