import fs from 'node:fs';

/**
 * Every change that the agent makes to its files, one small step each, so that a test can stop the agent between
 * any two of them. All throw the system's error.
 */
export interface Disk {
  /** Makes a directory that only this user may enter; one that is there is fine. */
  makeDir(path: string): void;
  /** Writes a whole file, in place of what was there. */
  write(path: string, bytes: string | Uint8Array): void;
  /** Writes over the beginning of a file that is there and long enough, and leaves its length as it is. */
  overwrite(path: string, bytes: Uint8Array): void;
  /** Creates a file that must not be there. False, and nothing changed, when it is. */
  writeNew(path: string, text: string): boolean;
  rename(from: string, to: string): void;
  /** Resolves when files and directories are durable. Works on all of them at one time. */
  sync(paths: readonly string[]): Promise<void>;
  /**
   * Resolves when what a file holds is durable. Enough where its name and its length were synced before, and then
   * twice as quick: the file system's own journal is not waited for.
   */
  syncData(path: string): Promise<void>;
  /** Removes a file or a directory with all that is in it; what isn't there is fine. */
  remove(path: string): Promise<void>;
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

type Sync = (file: number, done: (error: Error | null) => void) => void;

const syncOne = (path: string, sync: Sync): Promise<void> =>
  new Promise((resolve, reject) => {
    // Windows can't sync a directory: opening one for that fails, and its file system orders such changes itself.
    let file: number;
    try {
      file = fs.openSync(path, process.platform === 'win32' ? 'r+' : 'r');
    } catch (error) {
      if (process.platform === 'win32' && (isCode(error, 'EISDIR') || isCode(error, 'EPERM'))) resolve();
      else reject(error);
      return;
    }
    sync(file, (error) => {
      fs.closeSync(file);
      if (error) reject(error);
      else resolve();
    });
  });

/** The real disk. */
export const nodeDisk: Disk = {
  makeDir(path) {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  write(path, bytes) {
    fs.writeFileSync(path, bytes, { mode: 0o600 });
  },
  overwrite(path, bytes) {
    fs.writeFileSync(path, bytes, { flag: 'r+' });
  },
  writeNew(path, text) {
    try {
      fs.writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  },
  rename(from, to) {
    fs.renameSync(from, to);
  },
  async sync(paths) {
    await Promise.all(paths.map((path) => syncOne(path, fs.fsync)));
  },
  syncData(path) {
    return syncOne(path, fs.fdatasync);
  },
  async remove(path) {
    await fs.promises.rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  },
};
