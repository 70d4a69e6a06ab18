import type { Card } from '../core/card.ts';
import type { Place } from '../core/task.ts';
import type { Desk } from '../flow/desk.ts';
import { pageTasksMax, repliesMax, threadsKnownMax, threadsSearchedMax } from './limits.ts';

/** Where the console's people talk: one channel, one thread for each task that heads one. */
export const consolePlace = (root: number | null): Place => ({
  surface: 'web',
  channel: 'console',
  thread: root === null ? null : String(root),
});

/** A task that heads a thread, and its follow-ups, oldest first. */
export interface Thread {
  head: Card;
  replies: readonly Card[];
}

/**
 * Knows which thread a task is in. A card doesn't say it, so it is learned from the desk by place and remembered:
 * a task never changes its thread. Tasks of other surfaces head threads of their own here, so that a console without
 * any chat configured shows all there is to decide.
 */
export class Threads {
  readonly #desk: Desk;
  readonly #rootOf = new Map<number, number>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The number of the task that heads this card's thread. */
  async rootOf(card: Card): Promise<number> {
    const known = this.#rootOf.get(card.task);
    if (known !== undefined) return known;
    if (card.asker.surface !== 'web') return this.#learn(card.task, card.task);
    const heads = await this.#desk.cards({ place: consolePlace(null), limit: threadsSearchedMax });
    for (const head of heads) this.#learn(head.task, head.task);
    for (const head of heads) {
      if (this.#rootOf.has(card.task)) break;
      if (head.task < card.task) await this.#replies(head.task);
    }
    return this.#rootOf.get(card.task) ?? this.#learn(card.task, card.task);
  }

  /** Remembers what the caller knows: a task that was just asked in this thread. */
  note(task: number, root: number): void {
    this.#learn(task, root);
  }

  /** The newest threads, oldest of them first, and where the page before them ends. */
  async newest(before: number | null): Promise<{ threads: Thread[]; before: number | null }> {
    const cards = await this.#desk.cards({ limit: pageTasksMax, ...(before === null ? {} : { before }) });
    const roots = new Map<number, Card | null>();
    for (const card of cards) {
      const root = await this.rootOf(card);
      if (root === card.task) roots.set(root, card);
      // A follow-up brings its whole thread along, however old its head is.
      else if (!roots.has(root)) roots.set(root, null);
    }
    const threads: Thread[] = [];
    for (const root of [...roots.keys()].sort((a, b) => a - b)) {
      const thread = await this.thread(root, roots.get(root) ?? null);
      if (thread) threads.push(thread);
    }
    return { threads, before: cards.length < pageTasksMax ? null : (cards.at(-1)?.task ?? null) };
  }

  /** One thread, null when there is no such task. */
  async thread(root: number, known: Card | null = null): Promise<Thread | null> {
    const head = known ?? (await this.#desk.card(root));
    if (!head) return null;
    return { head, replies: await this.#replies(root) };
  }

  async #replies(root: number): Promise<Card[]> {
    const cards = await this.#desk.cards({ place: consolePlace(root), limit: repliesMax });
    for (const card of cards) this.#learn(card.task, root);
    return cards.sort((a, b) => a.task - b.task);
  }

  #learn(task: number, root: number): number {
    this.#rootOf.set(task, root);
    if (this.#rootOf.size > threadsKnownMax) {
      const eldest = this.#rootOf.keys().next().value;
      if (eldest !== undefined) this.#rootOf.delete(eldest);
    }
    return root;
  }
}
