import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { emptyWorkMs } from '../core/limits.ts';
import type { AgentLog } from '../log.ts';
import type { RunUser } from './run-user.ts';

/**
 * Where scripts of another user work: that user can't enter the spool, and must not. A place is `<folder>/<data
 * directory's digest>/<run id>/` with the script, which the user may only read, and `work/`, which is its own. The
 * places of one run user hold nothing that the agent trusts: claims, outputs and ends are in the spool.
 */
export class Workplaces {
  readonly #part: string;
  readonly #log: AgentLog;
  readonly #emptyMs: number;
  /** The users whose places may be there, by their folder. */
  readonly #users = new Map<string, RunUser>();

  /** @param dataDir tells the places of several agents on one machine apart. */
  constructor(dataDir: string, log: AgentLog, emptyMs = emptyWorkMs) {
    this.#part = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
    this.#log = log;
    this.#emptyMs = emptyMs;
  }

  /**
   * Makes the place of a run, or finds it made: a second wrapper for one run must not take the first one's away.
   *
   * @param script the file to run, which is copied there under its name.
   * @throws the system's error.
   */
  make(runId: string, user: RunUser, script: { path: string; name: string }): string {
    this.#users.set(user.folder, user);
    const part = join(user.folder, this.#part);
    fs.mkdirSync(part, { recursive: true });
    // Whatever umask this agent was started with.
    fs.chmodSync(part, 0o711);
    const place = join(part, runId);
    if (!fs.existsSync(place)) {
      const draft = `${place}.${randomUUID()}`;
      fs.mkdirSync(draft, { mode: 0o700 });
      fs.mkdirSync(join(draft, 'work'), { mode: 0o700 });
      fs.chownSync(join(draft, 'work'), user.uid, user.gid);
      fs.copyFileSync(script.path, join(draft, script.name));
      fs.chownSync(join(draft, script.name), 0, user.gid);
      fs.chmodSync(join(draft, script.name), 0o440);
      fs.chownSync(draft, 0, user.gid);
      fs.chmodSync(draft, 0o710);
      fs.renameSync(draft, place);
    }
    return place;
  }

  /**
   * Takes away the places that a killed agent left of runs that are over. Never rejects.
   *
   * @param known says which are not.
   */
  async sweep(user: RunUser | null, known: (runId: string) => boolean): Promise<void> {
    if (user === null) return;
    this.#users.set(user.folder, user);
    const part = join(user.folder, this.#part);
    for (const name of namesIn(part)) if (!known(name)) await this.#remove(join(part, name), user);
  }

  /** Takes away the place of a run, where it has one. Never rejects: what stays is seen at the next sweep. */
  async remove(runId: string): Promise<void> {
    for (const [folder, user] of this.#users) await this.#remove(join(folder, this.#part, runId), user);
  }

  /**
   * What its user made is removed by that user: with root's rights, a link that is put in the place of a directory
   * while that is being emptied would lead anywhere. What its user left running can hold that up, but not for ever.
   */
  async #remove(place: string, { drop }: RunUser): Promise<void> {
    if (!fs.existsSync(place)) return;
    const [file = '', ...args] = drop;
    const work = join(place, 'work');
    await new Promise<void>((resolve) => {
      const child = spawn(file, [...args, '/bin/sh', '-c', emptyScript, 'sh', work], {
        stdio: 'ignore',
        cwd: '/',
        env: { PATH: '/usr/bin:/bin' },
        timeout: this.#emptyMs,
        killSignal: 'SIGKILL',
      });
      child.unref();
      child.once('error', () => resolve()).once('exit', () => resolve());
    });
    try {
      fs.rmdirSync(work);
      for (const name of fs.readdirSync(place)) fs.unlinkSync(join(place, name));
      fs.rmdirSync(place);
    } catch (error) {
      this.#log.warn({ place, err: String(error) }, 'a working directory could not be taken away');
    }
  }
}

const namesIn = (dir: string): string[] => {
  try {
    return fs.readdirSync(dir);
  } catch {
    return [];
  }
};

/** Directories that were made unreadable are opened again first; `rm` alone would leave them. */
const emptyScript = 'cd "$1" && chmod -R u+rwx . ; find . -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +';
