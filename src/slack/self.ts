import { z } from 'zod';
import type { CallFailure, SlackWeb } from './web.ts';

export interface SlackSelf {
  user: string;
  bot: string;
  team: string;
  teamName: string;
}

const shape = z.object({
  user_id: z.string(),
  bot_id: z.string(),
  team_id: z.string(),
  team: z.string().optional(),
});

/** Who we are in Slack: without it a message of ours and our name in another's can't be told. */
export class Self {
  readonly #web: SlackWeb;
  #known: SlackSelf | null = null;
  #failure: CallFailure | null = null;

  constructor(web: SlackWeb) {
    this.#web = web;
  }

  get known(): SlackSelf | null {
    return this.#known;
  }

  /** Why it isn't known, once it was asked for in vain. */
  get failure(): CallFailure | null {
    return this.#failure;
  }

  /** @returns whether it is known now. */
  async learn(signal: AbortSignal): Promise<boolean> {
    if (this.#known) return true;
    const called = await this.#web.call('auth.test', {}, shape, signal);
    if (called.kind === 'failed') {
      this.#failure = called;
      return false;
    }
    const { user_id: user, bot_id: bot, team_id: team, team: teamName = team } = called.result;
    this.#known = { user, bot, team, teamName };
    this.#failure = null;
    return true;
  }
}
