import { parseCommand } from '../core/command.ts';
import type { Place } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import type { Desk } from './desk.ts';
import type { Heard, HeardOutcome, Hearing } from './hear.ts';

/** Hears for every chat: finds the conversation that a message belongs to, and tells a command from a request. */
export class Listener implements Hearing {
  readonly #store: Store;
  readonly #desk: Desk;

  constructor(parts: { store: Store; desk: Desk }) {
    this.#store = parts.store;
    this.#desk = parts.desk;
  }

  async hear(heard: Heard): Promise<HeardOutcome> {
    const { text, on, by, eventId } = heard;
    const place = await this.#placeOf(heard);
    if (place === null || (!heard.isAddressed && text.trim() === '')) return { kind: 'ignored' };
    const command = heard.context === null ? parseCommand(text) : null;
    if (command?.kind === 'list') {
      const title = command.list;
      const listing = { kind: command.list, title, rows: [], empty: 'There is nothing yet.', foot: null };
      return { kind: 'listing', listing };
    }
    const outcome = await this.#desk.ask({ request: text, on, asker: by, place, eventId });
    return outcome.kind === 'refused' ? outcome : { kind: 'asked', card: outcome.card };
  }

  async isOurThread(surface: string, channel: string, under: string): Promise<boolean> {
    const [task] = await this.#store.listTasks({ place: { surface, channel, thread: under }, limit: 1 });
    return task !== undefined;
  }

  /** Null for what was said to nobody in a thread that is not ours. */
  async #placeOf({ surface, channel, under, isAddressed }: Heard): Promise<Place | null> {
    const isOurs = under !== null && (await this.isOurThread(surface, channel, under));
    return isOurs || isAddressed ? { surface, channel, thread: under } : null;
  }
}
