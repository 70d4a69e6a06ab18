import type { Card } from '../core/card.ts';
import type { Listing } from '../core/listing.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { HeardOutcome, Hearing } from '../flow/hear.ts';
import type { Errands } from './errands.ts';
import { contextCharsMax } from './limits.ts';
import type { Once } from './once.ts';
import type { People } from './people.ts';
import { plainText } from './plain-text.ts';
import { renderListing } from './render-listing.ts';
import { isDirect, type Say } from './say.ts';

/** What somebody said, still with Slack's marks in it. */
export interface Said {
  channel: string;
  under: string | null;
  user: string;
  text: string;
  context: string | null;
  on: string | null;
  isAddressed: boolean;
  /** True for a text that Slack has put no marks into: a modal's field. */
  isPlain?: boolean;
  /** Told by what was said, not by its delivery: a mention comes as two events. */
  eventId: string;
}

/** How the person is answered where it was said. What becomes of a request, the publisher posts. */
export interface Answers {
  asked?: (card: Card) => Promise<void>;
  listing(listing: Listing, signal: AbortSignal): Promise<void>;
  refused(sentence: Sentence, signal: AbortSignal): Promise<void>;
}

export interface EarParts {
  hearing: Hearing;
  people: People;
  once: Once;
  errands: Errands;
  say: Say;
  /** Our own user id, once it is known. */
  us: () => string | null;
}

/** Brings to `Hearing` what was said in Slack, and answers what no post will. */
export class Ear {
  readonly #parts: EarParts;

  constructor(parts: EarParts) {
    this.#parts = parts;
  }

  get us(): string | null {
    return this.#parts.us();
  }

  isOurThread(channel: string, under: string): Promise<boolean> {
    return this.#parts.hearing.isOurThread('slack', channel, under);
  }

  letIn(channel: string): Promise<void> {
    return this.#parts.hearing.letIn('slack', channel);
  }

  /** Resolves once it is committed (law 7); what is answered then waits for nobody. Once for each event. */
  async hear(said: Said, answers: Answers): Promise<void> {
    const { once, errands } = this.#parts;
    await once.run(said.eventId, async () => {
      const outcome = await this.ask(said);
      if (outcome.kind === 'asked') await answers.asked?.(outcome.card);
      if (outcome.kind === 'listing') {
        errands.run('a list', (signal) => answers.listing(outcome.listing, signal));
      }
      if (outcome.kind === 'refused') {
        errands.run('a refusal', (signal) => answers.refused(outcome.sentence, signal));
      }
    });
  }

  /** Brings it, and leaves the answering to the caller. */
  async ask(said: Said): Promise<HeardOutcome> {
    const { hearing, people } = this.#parts;
    return hearing.hear({
      surface: 'slack',
      channel: said.channel,
      under: said.under,
      text: said.isPlain ? said.text : plainText(said.text, this.us),
      context: said.context === null ? null : plainText(said.context, null).slice(0, contextCharsMax),
      on: said.on,
      by: await people.actor(said.user),
      eventId: said.eventId,
      isAddressed: said.isAddressed,
    });
  }

  actor(user: string): Promise<Actor> {
    return this.#parts.people.actor(user);
  }

  /** @param beneath the message under which a list is shown; null where it needs no thread of its own. */
  inPlace(
    { channel, under, user }: Pick<Said, 'channel' | 'under' | 'user'>,
    beneath: string | null,
  ): Answers {
    const { say } = this.#parts;
    return {
      listing: (listing, signal) => {
        const thread = under ?? (isDirect(channel) ? null : beneath);
        return say.post({ channel, under: thread }, renderListing(listing), signal);
      },
      refused: (sentence, signal) => say.whisper({ channel, under }, user, sentence, signal),
    };
  }
}
