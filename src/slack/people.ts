import { z } from 'zod';
import type { Actor, Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import { nameMs, namesMax, niceWaitMs } from './limits.ts';
import type { SlackWeb } from './web.ts';

const shape = z.object({
  user: z.object({
    name: z.string().optional(),
    real_name: z.string().optional(),
    profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  }),
});

/** Names of people, as they call themselves. For showing only: who somebody is, their id says. */
export class People {
  readonly #web: SlackWeb;
  readonly #clock: Clock;
  readonly #names = new Map<string, { name: Promise<string | null>; at: Instant }>();

  constructor(parts: { web: SlackWeb; clock: Clock }) {
    this.#web = parts.web;
    this.#clock = parts.clock;
  }

  async actor(id: string): Promise<Actor> {
    return { kind: 'person', surface: 'slack', id, name: await this.nameOf(id) };
  }

  /** The id, where Slack doesn't tell the name soon: nobody waits for a nicer card. */
  async nameOf(id: string): Promise<string> {
    const now = this.#clock.now();
    const known = this.#names.get(id);
    const asked = known && known.at + nameMs > now ? known : { name: this.#ask(id), at: now };
    this.#names.delete(id);
    this.#names.set(id, asked);
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= namesMax) break;
      this.#names.delete(oldest);
    }
    const name = await Promise.race([asked.name, this.#patience()]);
    return name ?? id;
  }

  async #ask(id: string): Promise<string | null> {
    const called = await this.#web.call('users.info', { user: id }, shape);
    if (called.kind === 'failed') {
      this.#names.delete(id);
      return null;
    }
    const { name, real_name: realName, profile } = called.result.user;
    return profile?.display_name || realName || profile?.real_name || name || null;
  }

  #patience(): Promise<null> {
    return new Promise((resolve) => this.#clock.after(niceWaitMs, () => resolve(null)));
  }
}
