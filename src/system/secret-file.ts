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

/**
 * Reads a secret of this server's, or makes it: readable by the owner alone, whole on disk before anyone uses it.
 * Two that make it at once end with the same one: the second finds the first's.
 */
export const secretFile = (path: string, make: () => string): string => {
  if (!existsSync(path)) {
    const fresh = `${path}.${process.pid}`;
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
  }
  return readFileSync(path, 'utf8').trim();
};
