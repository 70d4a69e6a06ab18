/** What a wrapper left behind when the script had ended. */
export interface ExitFacts {
  how: 'exited' | 'timed_out' | 'cancelled';
  exitCode: number;
  /**
   * `open` when a process that the script left behind still held an output; `torn` when a part of one could not be
   * written.
   */
  outputs: 'closed' | 'torn' | 'open';
  /** Bytes in the output files when it ended; null unless `open`, as the files' sizes say it then. */
  sizes: { stdout: number; stderr: number } | null;
}

const hows: readonly string[] = ['exited', 'timed_out', 'cancelled'];

/** Reads `exit`, one line: how, code, the outputs, and when these are open the two sizes. Null for anything else. */
export const parseExit = (text: string): ExitFacts | null => {
  const match = /^(\w+) (-?\d+) (?:(closed|torn)|open (\d+) (\d+))\s*$/.exec(text);
  if (!match) return null;
  const [, how = '', code, ended, stdout, stderr] = match;
  if (!hows.includes(how)) return null;
  const sizes = ended ? null : { stdout: Number(stdout), stderr: Number(stderr) };
  const outputs = (ended ?? 'open') as ExitFacts['outputs'];
  return { how: how as ExitFacts['how'], exitCode: Number(code), outputs, sizes };
};
