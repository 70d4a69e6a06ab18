import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** The file of a secret holds none. */
export class SecretFileError extends Error {
  readonly code = 'secret_file_empty';
  constructor(path: string) {
    super(`${path} is empty. Restore it from a backup, or remove it: the next start makes a new one.`);
    this.name = 'SecretFileError';
  }
}

/** The name of a new file is only on disk when its directory is (fsync(2)). Windows can't do that, and needn't. */
const syncDirectory = (path: string): void => {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/**
 * Reads a secret of this server's, or makes it: readable by the owner alone, whole on disk before anyone uses it.
 * Two that make it at once end with the same one: the second finds the first's.
 */
export const secretFile = (path: string, make: () => string): string => {
  if (!existsSync(path)) {
    // Never a name that an earlier life may have left: in a container the process id is always the same.
    const fresh = `${path}.${randomUUID()}`;
    const fd = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(fd, make());
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    try {
      linkSync(fresh, path);
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'EEXIST') throw err;
    } finally {
      unlinkSync(fresh);
    }
    syncDirectory(dirname(path));
  }
  const secret = readFileSync(path, 'utf8').trim();
  // A disk that lost it, or someone who emptied it: an empty secret is one that everybody knows.
  if (secret === '') throw new SecretFileError(path);
  return secret;
};
