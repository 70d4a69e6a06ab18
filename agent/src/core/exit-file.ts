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
  const [how = '', code = '', outputs, stdout, stderr] = text.trim().split(/\s+/);
  const exitCode = Number(code);
  if (!hows.includes(how) || !Number.isInteger(exitCode)) return null;
  const open = outputs === 'open';
  const sizes = open ? { stdout: Number(stdout), stderr: Number(stderr) } : null;
  if (sizes && !(Number.isSafeInteger(sizes.stdout) && Number.isSafeInteger(sizes.stderr))) return null;
  return { how: how as ExitFacts['how'], exitCode, open, sizes };
};
