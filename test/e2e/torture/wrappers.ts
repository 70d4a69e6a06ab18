import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { bornOf } from '../../../agent/src/run/wrapper-process.ts';

/** How often it is looked whether a killed wrapper's directory has become a run's. */
const lookMs = 10;

interface Found {
  pid: number;
  born: string;
}

/**
 * The wrappers of one torture, found by what the kernel says of them: their program's file and their working directory
 * are in the torture's own directory. A wrapper is several processes; each of them is one that may be killed.
 */
export class Wrappers {
  readonly #dir: string;
  /** Runs one of whose wrapper's processes was killed. */
  readonly runsHit = new Set<string>();

  constructor(dir: string) {
    this.#dir = dir + sep;
  }

  /**
   * Kills one of those that live now.
   *
   * @param which from 0 to 1 over all of them.
   * @returns false when there is none.
   */
  killOne(which: number): boolean {
    const found = this.#alive();
    const victim = found[Math.floor(which * found.length)];
    if (!victim) return false;
    let directory: number;
    try {
      directory = openSync(`/proc/${victim.pid}/cwd`, 'r');
    } catch {
      return false;
    }
    // The number is looked at last: whoever has it now and was born then is the one that was found.
    if (bornOf(victim.pid) !== victim.born) {
      closeSync(directory);
      return false;
    }
    process.kill(victim.pid, 'SIGKILL');
    this.#noteRun(directory);
    return true;
  }

  /**
   * Whose wrapper it was. By an open descriptor the kernel tells a directory's name even after it has changed: one that
   * waited for an order may have got it this moment, and then becomes the run's. A run's directory keeps its name
   * until its end was told, which takes far longer than one look.
   */
  #noteRun(directory: number): void {
    const name = readlinkSync(`/proc/self/fd/${directory}`);
    const isRun = basename(dirname(name)) === 'runs';
    if (isRun) this.runsHit.add(basename(name));
    if (isRun || name.endsWith(' (deleted)')) closeSync(directory);
    else setTimeout(() => this.#noteRun(directory), lookMs).unref();
  }

  #alive(): Found[] {
    const found: Found[] = [];
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (!(pid > 1)) continue;
      const born = bornOf(pid);
      if (born !== null && this.#isOurs(pid)) found.push({ pid, born });
    }
    return found;
  }

  #isOurs(pid: number): boolean {
    try {
      const [, , , program = ''] = readFileSync(join('/proc', String(pid), 'cmdline'), 'utf8').split('\0');
      const cwd = readlinkSync(join('/proc', String(pid), 'cwd'));
      return (
        program.startsWith(this.#dir) && basename(program).startsWith('wrapper') && cwd.startsWith(this.#dir)
      );
    } catch {
      // It has ended meanwhile, or is another user's.
      return false;
    }
  }
}
