import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Instant } from '../core/task.ts';

/** A console session as it is kept: only hashes, so that who reads the file can't act with it. */
export interface StoredSession {
  /** SHA-256 of the cookie's value, in hex. */
  idHash: string;
  /** SHA-256 of the write token, in hex. */
  writeHash: string;
  createdAt: Instant;
  usedAt: Instant;
}

/** Where sessions outlive a restart. `save` gets all of them each time; there are few. */
export interface SessionStore {
  /** All sessions; empty when there are none yet or they can't be read as sessions. */
  load(): Promise<StoredSession[]>;
  /** Replaces all. Rejects when it can't be written. */
  save(sessions: readonly StoredSession[]): Promise<void>;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const fileShape = z.array(
  z.object({ idHash: hash, writeHash: hash, createdAt: z.number(), usedAt: z.number() }),
);

/** Sessions that end with the process. */
export const memorySessionStore = (): SessionStore => {
  let kept: StoredSession[] = [];
  return {
    load: async () => [...kept],
    save: async (sessions) => {
      kept = [...sessions];
    },
  };
};

/** Sessions in one JSON file that only this user may read (0600), replaced by rename so that it is never half written. */
export const fileSessionStore = (path: string): SessionStore => {
  // Saves follow each other: two renames at once could leave the older one in place.
  let last: Promise<void> = Promise.resolve();
  const write = async (text: string): Promise<void> => {
    const next = `${path}.next`;
    await writeFile(next, text, { mode: 0o600 });
    // The mode above counts only for a file that didn't exist.
    await chmod(next, 0o600);
    await rename(next, path);
  };
  return {
    load: async () => {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
      return parse(text);
    },
    save: (sessions) => {
      const text = JSON.stringify(sessions);
      const done = last.then(() => write(text));
      last = done.catch(() => undefined);
      return done;
    },
  };
};

/** A file that holds something else means that everybody opens a fresh link, not that the server doesn't start. */
const parse = (text: string): StoredSession[] => {
  try {
    return fileShape.parse(JSON.parse(text));
  } catch {
    return [];
  }
};
