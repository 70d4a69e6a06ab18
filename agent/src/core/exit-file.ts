/** What a wrapper left behind when the script had ended. */
export interface ExitFacts {
  how: 'exited' | 'timed_out' | 'cancelled';
  exitCode: number;
  /** True when a process that the script left behind still held an output open. */
  open: boolean;
  /** Bytes in the output files when it ended; null when they are closed and their sizes say it. */
  sizes: { stdout: number; stderr: number } | null;
}

const hows: readonly string[] = ['exited', 'timed_out', 'cancelled'];

/** Reads `exit`, one line: how, code, `open` or `closed`, and when open the two sizes. Null for anything else. */
export const parseExit = (text: string): ExitFacts | null => {
  const match = /^(\w+) (-?\d+) (?:(closed)|open (\d+) (\d+))\s*$/.exec(text);
  if (!match) return null;
  const [, how = '', code, closed, stdout, stderr] = match;
  if (!hows.includes(how)) return null;
  const sizes = closed ? null : { stdout: Number(stdout), stderr: Number(stderr) };
  return { how: how as ExitFacts['how'], exitCode: Number(code), open: !closed, sizes };
};
