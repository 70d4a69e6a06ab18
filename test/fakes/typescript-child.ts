import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** A TypeScript program of the tests in a process of its own, to be killed or starved like a server. */
export interface TypescriptChild {
  readonly process: ChildProcessWithoutNullStreams;
  /** Calls back for each line that it prints. */
  onLine(listener: (line: string) => void): void;
  /** Resolves when it is gone and all of its output was told. */
  readonly ended: Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles `entry` (a path in the repository) and runs it; Node of the oldest version that we support reads no
 * TypeScript itself. The bundle lies in the repository, where its packages are found.
 *
 * @param fileBlocksMax bounds each file that it writes, in blocks of 1 KiB (`ulimit -f` of bash): a full disk.
 */
export const startTypescript = (
  entry: string,
  args: readonly string[],
  fileBlocksMax: number | null = null,
): TypescriptChild => {
  const directory = join(root, 'node_modules/.cache/nerdyops-test');
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, `child-${process.pid}-${++count}.mjs`);
  buildSync({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  const limit = fileBlocksMax === null ? '' : `ulimit -f ${fileBlocksMax}; `;
  const command = `${limit}exec "$@"`;
  const child = spawn('bash', ['-c', command, 'bash', process.execPath, outfile, ...args]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout });
  const ended = Promise.all([once(child, 'close'), once(lines, 'close')]).then(() => {
    rmSync(outfile, { force: true });
  });
  return { process: child, onLine: (listener) => lines.on('line', listener), ended };
};

let count = 0;
