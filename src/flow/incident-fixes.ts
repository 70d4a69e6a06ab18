import { threadIncidentOf } from '../core/place.ts';
import { Risk } from '../core/risk/effect.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import type { Store, TaskRecord } from '../ports/store.ts';
import { threadTasksLookedAt } from './limits.ts';

/**
 * Finds the fixes: tasks in an incident's thread that have changed something and ended. Every commit names tasks, and
 * reading one means reading its runs; so each is looked at once when it is new, and again only where it stands in such a
 * thread.
 *
 * Modes: new, until the first `take` has looked at the latest tasks there are; then following what commits name.
 */
export class IncidentFixes {
  readonly #store: Store;
  readonly #touched = new Set<number>();
  readonly #watched = new Set<number>();
  #last: number | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  note(tasks: ReadonlySet<number>): void {
    for (const task of tasks) {
      if (this.#last === null || task > this.#last || this.#watched.has(task)) this.#touched.add(task);
    }
  }

  /**
   * Those that have ended since the last call, each brought with the incident in whose thread it stands. One that could
   * not be looked at or checked is looked at again by the next call.
   */
  async take(check: (incident: number, fix: TaskRecord) => Promise<void>): Promise<void> {
    if (this.#last === null) await this.#begin();
    for (const number of [...this.#touched].sort((a, b) => a - b)) {
      // Before it is read: what comes of it meanwhile is looked at again.
      this.#touched.delete(number);
      try {
        await this.#look(number, check);
      } catch (err) {
        this.#touched.add(number);
        throw err;
      }
    }
  }

  async #look(number: number, check: (incident: number, fix: TaskRecord) => Promise<void>): Promise<void> {
    this.#last = Math.max(this.#last ?? 0, number);
    const record = await this.#store.getTask(number);
    const incident = record && threadIncidentOf(record.task.place);
    if (!record || incident === null) return;
    if (!isTaskEnded(record.task.state)) {
      this.#watched.add(number);
      return;
    }
    if (isFix(record)) await check(incident, record);
    this.#watched.delete(number);
  }

  /** What ended while no server ran is among the latest; who asks twice is told that it was checked. */
  async #begin(): Promise<void> {
    const latest = await this.#store.listTasks({ limit: threadTasksLookedAt });
    this.#last = latest[0]?.number ?? 0;
    for (const task of latest) if (threadIncidentOf(task.place) !== null) this.#touched.add(task.number);
  }
}

/** What the alert itself asked is the look, whatever it changed. */
const isFix = ({ task, proposal }: TaskRecord): boolean =>
  task.state === TaskState.done &&
  task.asker.kind !== 'alert' &&
  task.runsTotal > 0 &&
  (proposal?.scripts.some((s) => s.risk.risk !== Risk.readOnly) ?? false);
