import { ServerDown } from '../../../src/cli/exit-code.ts';
import type { Card } from '../../../src/core/card.ts';
import type { Scene } from './scene.ts';

/** One event stream for all tasks, taken up again after each death of the server from the last event on. */
export class TaskWatch {
  readonly #scene: Scene;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<number, Set<() => void>>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Reads events until `stop`. */
  async run(): Promise<void> {
    const position = { last: null as string | null };
    while (!this.#stop.signal.aborted) {
      try {
        await this.#scene.call(async (client) => {
          try {
            for await (const event of client.events(this.#stop.signal, position))
              this.#wake(event?.task ?? null);
          } catch (err) {
            // The stream's end is how the server's death is told; to call again is no repeated request.
            if (!(err instanceof ServerDown)) throw err;
          }
        });
      } catch (err) {
        if (!this.#stop.signal.aborted) throw err;
      }
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** The card as soon as it is as wanted. */
  async reached(task: number, isThere: (card: Card) => boolean): Promise<Card> {
    for (;;) {
      let wake = (): void => {};
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const wakes = this.#waiting.get(task) ?? new Set();
      this.#waiting.set(task, wakes.add(wake));
      try {
        const card = await this.#scene.call((client) => client.card(task));
        if (isThere(card)) return card;
        await changed;
      } finally {
        wakes.delete(wake);
        if (wakes.size === 0) this.#waiting.delete(task);
      }
    }
  }

  /** Everyone looks again when the stream begins: it tells only what happens from there on. */
  #wake(task: number | null): void {
    const wakes = task === null ? [...this.#waiting.values()] : [this.#waiting.get(task) ?? new Set()];
    for (const some of wakes) for (const wake of some) wake();
  }
}
