import { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import { directsMax, directWaitMs } from './limits.ts';
import type { SlackWeb } from './web.ts';

const shape = z.object({ channel: z.object({ id: z.string() }) });

/**
 * The direct messages with each person, by their channel's id. A person's own id leads there too, but what they reply
 * comes from the channel: a conversation that is kept under the person's id would not be found again by it.
 */
export class Directs {
  readonly #web: SlackWeb;
  readonly #clock: Clock;
  readonly #known = new Map<string, Promise<string | null>>();

  constructor(parts: { web: SlackWeb; clock: Clock }) {
    this.#web = parts.web;
    this.#clock = parts.clock;
  }

  /** Opens them, where that isn't done yet. The person's id where Slack doesn't say soon: what is posted arrives. */
  async of(user: string): Promise<string> {
    const asked = this.#known.get(user) ?? this.#ask(user);
    this.#known.delete(user);
    this.#known.set(user, asked);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= directsMax) break;
      this.#known.delete(oldest);
    }
    return (await Promise.race([asked, this.#patience()])) ?? user;
  }

  /** https://docs.slack.dev/reference/methods/conversations.open: the same channel however often it is opened. */
  async #ask(user: string): Promise<string | null> {
    const called = await this.#web.call('conversations.open', { users: user }, shape);
    if (called.kind === 'ok') return called.result.channel.id;
    this.#known.delete(user);
    return null;
  }

  #patience(): Promise<null> {
    return new Promise((resolve) => this.#clock.after(directWaitMs, () => resolve(null)));
  }
}
