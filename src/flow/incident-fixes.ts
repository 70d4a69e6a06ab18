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

  /** Those that have ended since the last call, with the incident in whose thread they stand. */
  async take(): Promise<{ incident: number; record: TaskRecord }[]> {
    if (this.#last === null) await this.#begin();
    const touched = [...this.#touched].sort((a, b) => a - b);
    this.#touched.clear();
    const found: { incident: number; record: TaskRecord }[] = [];
    for (const number of touched) {
      this.#last = Math.max(this.#last ?? 0, number);
      const record = await this.#store.getTask(number);
      const incident = record && threadIncidentOf(record.task.place);
      if (!record || incident === null) continue;
      if (!isTaskEnded(record.task.state)) this.#watched.add(number);
      else {
        this.#watched.delete(number);
        if (isFix(record)) found.push({ incident, record });
      }
    }
    return found;
  }

  /** What ended while no server ran is among the latest; who asks twice is told that it was checked. */
  async #begin(): Promise<void> {
    const latest = await this.#store.listTasks({ limit: threadTasksLookedAt });
    this.#last = latest[0]?.number ?? 0;
    for (const task of latest) if (threadIncidentOf(task.place) !== null) this.#touched.add(task.number);
  }
}

const isFix = ({ task, proposal }: TaskRecord): boolean =>
  task.state === TaskState.done &&
  task.runsTotal > 0 &&
  (proposal?.scripts.some((s) => s.risk.risk !== Risk.readOnly) ?? false);
