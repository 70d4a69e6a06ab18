import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/**
 * What is done to the file of keys, one small step each, so that a test can stop the server between any two of them.
 * All throw the system's error.
 */
export interface KeyDisk {
  /** The file's text; null where there is none. */
  read(path: string): string | null;
  /** Permission bits; null where the system has none (Windows). */
  modeOf(path: string): number | null;
  /** Writes a new file that only its owner may read, durably. */
  writeNew(path: string, text: string): void;
  rename(from: string, to: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** Removes a file; one that isn't there is fine. */
  remove(path: string): void;
}

/** The real disk. */
export const nodeKeyDisk: KeyDisk = {
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw err;
    }
  },
  modeOf(path) {
    return process.platform === 'win32' ? null : statSync(path).mode & 0o777;
  },
  writeNew(path, text) {
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  rename(from, to) {
    renameSync(from, to);
  },
  syncDirectory(path) {
    // Windows can't do that, and needn't.
    if (process.platform === 'win32') return;
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  remove(path) {
    rmSync(path, { force: true });
  },
};
