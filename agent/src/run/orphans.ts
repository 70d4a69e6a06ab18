import fs from 'node:fs';
import { join } from 'node:path';
import { timerMsMax } from '../core/limits.ts';
import type { AgentLog } from '../log.ts';
import type { Disk } from './disk.ts';
import type { RunRecord } from './run-record.ts';
import type { Spool } from './spool.ts';
import { bornOf } from './wrapper-process.ts';

/** The file of one orphan. Its end is told by the machine's uptime, which nobody can set. */
interface Orphan {
  bootId: string;
  pid: number;
  born: string;
  endUptimeMs: number;
  graceMs: number;
}

export interface OrphansParts {
  /** The spool's directory; the files are in its `orphans`. */
  dir: string;
  bootId: string;
  spool: Spool;
  disk: Disk;
  log: AgentLog;
  wallMs: () => number;
  uptimeMs: () => number;
}

/**
 * Scripts whose wrapper was killed. Their runs are lost, and may be freed, but the approval holds for the script as
 * well: it may go on until its time limit, and then its group is ended as the wrapper would have done it. What
 * that takes is in a file of its own, so that another agent of this boot goes on with it. Modes: stopped, watching.
 */
export class Orphans {
  readonly #parts: OrphansParts;
  readonly #dir: string;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(parts: OrphansParts) {
    this.#parts = parts;
    this.#dir = join(parts.dir, 'orphans');
  }

  start(): void {
    this.#parts.disk.makeDir(this.#dir);
    for (const runId of fs.readdirSync(this.#dir)) this.#safely(runId, () => this.#look(runId));
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Takes over the script of a lost run, when it still runs. Its directory may go afterwards. */
  adopt({ runId, document, sameBoot }: RunRecord): void {
    if (!document || !sameBoot) return;
    const { limits } = document;
    this.#safely(runId, () => {
      const { spool, disk, bootId, wallMs, uptimeMs } = this.#parts;
      const script = spool.scriptProcess(runId);
      if (!script || bornOf(script.pid) !== script.born) return;
      const { pid, born } = script;
      // Where only the clock tells when it started, one that was set back must not give it more than its whole time.
      const startMs = script.startUptimeMs ?? uptimeMs() - Math.max(0, wallMs() - script.startedAt);
      const orphan: Orphan = {
        bootId,
        pid,
        born,
        endUptimeMs: startMs + limits.timeoutMs,
        graceMs: limits.killGraceMs,
      };
      // Not synced: in another boot there is nothing left to end.
      disk.write(this.#file(runId), JSON.stringify(orphan));
      this.#look(runId);
    });
  }

  #look(runId: string): void {
    const orphan = JSON.parse(fs.readFileSync(this.#file(runId), 'utf8')) as Orphan;
    const { bootId, uptimeMs, log } = this.#parts;
    // A leader that ended by itself ended the script; what it left behind is left alone, as a wrapper does.
    if (orphan.bootId !== bootId || bornOf(orphan.pid) !== orphan.born) {
      this.#forget(runId);
      return;
    }
    const leftMs = orphan.endUptimeMs - uptimeMs();
    if (leftMs > 0) {
      this.#after(runId, leftMs, () => this.#look(runId));
      return;
    }
    log.warn({ run: runId, pid: orphan.pid }, 'a script without a wrapper is ended: its time is over');
    signal(orphan.pid, 'SIGTERM');
    signal(orphan.pid, 'SIGCONT');
    this.#after(runId, orphan.graceMs, () => this.#kill(runId, orphan));
  }

  #kill(runId: string, { pid, born }: Orphan): void {
    // While anyone of the group is left nobody gets its number, so without a leader it is still this group.
    const leader = bornOf(pid);
    if (leader === null || leader === born) signal(pid, 'SIGKILL');
    this.#forget(runId);
  }

  #forget(runId: string): void {
    this.#timers.delete(runId);
    this.#parts.disk.remove(this.#file(runId)).catch((error) => this.#warn(runId, error));
  }

  #after(runId: string, ms: number, work: () => void): void {
    const timer = setTimeout(() => this.#safely(runId, work), Math.min(ms, timerMsMax));
    this.#timers.set(runId, timer.unref());
  }

  /** One script that can't be watched must neither end the agent nor hide the other ones. */
  #safely(runId: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#warn(runId, error);
    }
  }

  #warn(runId: string, error: unknown): void {
    this.#parts.log.warn({ run: runId, err: String(error) }, 'a script without a wrapper can not be watched');
  }

  #file(runId: string): string {
    return join(this.#dir, runId);
  }
}

/** Signals a process group, or where nobody is in it its leader, who may have gone over to another; gone ones are fine. */
const signal = (leader: number, name: NodeJS.Signals): void => {
  if (!send(-leader, name)) send(leader, name);
};

const send = (to: number, name: NodeJS.Signals): boolean => {
  try {
    return process.kill(to, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
};
