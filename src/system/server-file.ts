import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where the server of a data directory listens, for the command line: no port needs to be told twice. */
export interface ServerNote {
  url: string;
  /** Null once it has stopped in order. */
  pid: number | null;
}

const note = z.object({ url: z.url(), pid: z.int().positive().nullable() });

const serverFileName = 'server.json';

/** Left once the server listens; whole or not there at all. */
export const writeServerNote = (dataDir: string, { url, pid }: ServerNote): void => {
  const path = join(dataDir, serverFileName);
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify({ url, pid })}\n`, { mode: 0o600 });
  renameSync(fresh, path);
};

/** At a stop in order: where it was stays told, and one that was killed is known by the process id that it left. */
export const noteServerStopped = (dataDir: string): void => {
  const left = readServerNote(dataDir);
  if (left === null) return;
  try {
    writeServerNote(dataDir, { url: left.url, pid: null });
  } catch {
    // A full disk is no reason not to stop; without a note it reads as stopped all the same.
    rmSync(join(dataDir, serverFileName), { force: true });
  }
};

/** What the last server left, null where none did or where nobody can read it. */
export const readServerNote = (dataDir: string): ServerNote | null => {
  try {
    return note.parse(JSON.parse(readFileSync(join(dataDir, serverFileName), 'utf8')));
  } catch {
    return null;
  }
};

/** True while a process of that id lives: the server, or after a restart of the machine perhaps another. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'EPERM';
  }
};
