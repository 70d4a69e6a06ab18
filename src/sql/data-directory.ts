import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { DataDirInUseError, DataDirUnwritableError } from './errors.ts';

/** In the data directory. */
export const databaseFileName = 'nerdyops.db';

/** A data directory that is ours alone until `release`. */
export interface DataDirectory {
  /** Of the database file; it exists and only its owner may read it. */
  readonly databasePath: string;
  release(): void;
}

/**
 * Makes the directory if need be, closes it to other users and takes its lock.
 *
 * The lock is SQLite's own exclusive lock on a file beside the database: the kernel drops it with the process,
 * however that ends, so it is never stale. It is apart from the database so that people may look into that.
 *
 * @throws {DataDirUnwritableError} @throws {DataDirInUseError}
 */
export const openDataDirectory = (path: string): DataDirectory => {
  const databasePath = join(path, databaseFileName);
  const lockPath = join(path, 'lock.db');
  try {
    makeDirectory(path);
    closeToOthers(path, 0o700);
    for (const file of [databasePath, lockPath]) ensureFile(file);
  } catch (error) {
    throw new DataDirUnwritableError(path, error);
  }
  const release = lock(path, lockPath);
  return { databasePath, release };
};

/** By hand, as Node's recursive `mkdirSync` never returns where a file system answers ENOENT for ever (/proc). */
const makeDirectory = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
};

const closeToOthers = (path: string, mode: number): void => {
  if ((statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
};

/**
 * A file that exists is not opened: closing any descriptor of a file drops all locks that this process has on it
 * (fcntl(2)), and another store of this process may hold them.
 */
const ensureFile = (path: string): void => {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    closeToOthers(path, 0o600);
  }
};

const lock = (path: string, lockPath: string): (() => void) => {
  let connection: Database.Database | null = null;
  try {
    connection = new Database(lockPath, { timeout: 0 });
    connection.exec('begin exclusive');
  } catch (error) {
    connection?.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new DataDirInUseError(path, error);
    throw new DataDirUnwritableError(path, error);
  }
  const held = connection;
  return () => {
    held.close();
  };
};
