import type { Card } from '../core/card.ts';
import type { Place } from '../core/task.ts';
import type { Desk } from '../flow/desk.ts';
import { pageTasksMax, threadTasksMax } from './limits.ts';

/** Where the console's people talk. A request asked here at the top begins a thread of its own. */
export const consolePlace: Place = { surface: 'web', channel: 'console', thread: null };

/** A task that heads a thread, and its follow-ups, oldest first. */
export interface Thread {
  head: Card;
  replies: readonly Card[];
}

/**
 * Threads as the console shows them: all tasks of one place are one thread, whatever surface it was begun on, headed
 * by the eldest of them. So a console without any chat configured shows all there is to decide.
 */
export class Threads {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The number of the task that heads this card's thread. */
  async rootOf({ task, place }: Card): Promise<number> {
    const named = Number(place.thread);
    if (named === task) return task;
    // Where the platform or a program names its threads, the number may be no task's, or one of elsewhere.
    const head = Number.isSafeInteger(named) && named > 0 ? await this.#desk.card(named) : null;
    return head && isSamePlace(head.place, place) ? named : this.#eldest(place, task);
  }

  /** Where to ask a follow-up of this task; null when there is no such task. */
  async placeOf(task: number): Promise<Place | null> {
    return (await this.#desk.card(task))?.place ?? null;
  }

  /** The newest threads, oldest of them first, and where the page before them ends. */
  async newest(before: number | null): Promise<{ threads: Thread[]; before: number | null }> {
    const cards = await this.#desk.cards({ limit: pageTasksMax, ...(before === null ? {} : { before }) });
    // A follow-up brings its whole thread along, however old its head is.
    const roots = new Set(await Promise.all(cards.map((card) => this.rootOf(card))));
    const threads = await Promise.all([...roots].sort((a, b) => a - b).map((root) => this.thread(root)));
    return {
      threads: threads.filter((thread) => thread !== null),
      before: cards.length < pageTasksMax ? null : (cards.at(-1)?.task ?? null),
    };
  }

  /** One thread, null when there is no such task. */
  async thread(root: number): Promise<Thread | null> {
    const head = await this.#desk.card(root);
    if (!head) return null;
    const cards = await this.#desk.cards({ place: head.place, limit: threadTasksMax });
    return { head, replies: cards.filter((card) => card.task !== root).reverse() };
  }

  async #eldest(place: Place, known: number): Promise<number> {
    for (let eldest = known; ; ) {
      const older = await this.#desk.cards({ place, before: eldest, limit: threadTasksMax });
      eldest = older.at(-1)?.task ?? eldest;
      if (older.length < threadTasksMax) return eldest;
    }
  }
}

const isSamePlace = (a: Place, b: Place): boolean =>
  a.surface === b.surface && a.channel === b.channel && a.thread === b.thread;
