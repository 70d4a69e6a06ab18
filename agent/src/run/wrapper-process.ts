import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';

/** A wrapper's process number and start time, from its claim: a number alone may be another process by now. */
export interface WrapperProcess {
  pid: number;
  born: string;
}

/** A living process's start time, in the form in which the wrapper writes it; null when there is none. */
export const bornOf = (pid: number): string | null => {
  try {
    if (process.platform === 'linux') {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended; only its parent has not looked yet.
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    }
    const env = { LC_ALL: 'C' };
    return (
      execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8' }).trim() || null
    );
  } catch {
    return null;
  }
};

/**
 * True when the wrapper that claimed the run in `dir` lives. On Windows, where no start time is cheap to have, the
 * wrapper holds the file `alive` open so that nobody else may.
 */
export const isWrapperAlive = (dir: string, wrapper: WrapperProcess): boolean => {
  if (process.platform !== 'win32') return bornOf(wrapper.pid) === wrapper.born;
  try {
    fs.closeSync(fs.openSync(join(dir, 'alive'), 'r+'));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
};

/** True when any wrapper sits in `dir`, whether or not it has claimed: it is the one that reads its named pipe. */
export const isWrapperIn = (dir: string): boolean => {
  if (process.platform === 'win32') return isWrapperAlive(dir, { pid: 0, born: '' });
  return fs.readdirSync(dir).some((name) => name.startsWith('control.') && isRead(join(dir, name)));
};

const isRead = (pipe: string): boolean => {
  try {
    fs.closeSync(openPipe(pipe));
    return true;
  } catch {
    return false;
  }
};

/** Fails at once when nobody reads it. */
const openPipe = (path: string): number => fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);

/**
 * Tells the wrapper in `dir` to end its script, by a line on the named pipe that only it reads: unlike a signal
 * it can't reach a stranger who got the same process number. On Windows by a file for which the wrapper looks.
 *
 * @returns false when no wrapper is there to read it.
 */
export const tellWrapperToCancel = (dir: string, wrapper: WrapperProcess): boolean => {
  if (process.platform === 'win32') {
    fs.writeFileSync(join(dir, 'cancel'), '');
    return true;
  }
  try {
    const pipe = openPipe(join(dir, `control.${wrapper.pid}`));
    try {
      // Twice, as every line on this pipe: the wrapper may lose one.
      fs.writeSync(pipe, 'c\nc\n');
    } finally {
      fs.closeSync(pipe);
    }
    return true;
  } catch {
    return false;
  }
};
