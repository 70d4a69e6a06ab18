import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  RESTJSONErrorCodes,
  type StringSelectMenuInteraction,
} from 'discord.js';
import type { Listing } from '../core/listing.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { HeardOutcome } from '../flow/hear.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Rendered } from './layout.ts';
import { answerWithinMs } from './limits.ts';
import { codeOf } from './outcome.ts';
import { render } from './render.ts';

/** What a person is told who acted; only they see it. */
export type Reply =
  /** The card that changes says it all. */
  | { kind: 'quiet' }
  | { kind: 'note'; text: string }
  | { kind: 'said'; sentence: Sentence }
  | { kind: 'listing'; listing: Listing };

export type Answerable =
  | ButtonInteraction
  | StringSelectMenuInteraction
  | ModalSubmitInteraction
  | ChatInputCommandInteraction;

export interface ReplyParts {
  clock: Clock;
  log: Log;
  /** Where the interaction can't be answered any more: tells the person another way. */
  whisper: (person: Actor, said: Sentence) => Promise<void>;
}

/** What was heard, as told to whoever said it with a command or button. */
export const replyOf = (outcome: HeardOutcome): Reply => {
  switch (outcome.kind) {
    case 'asked':
      return { kind: 'note', text: `#${outcome.card.task} is on its way: its card comes here.` };
    case 'shown':
      return { kind: 'note', text: `The card of #${outcome.card.task} comes here.` };
    case 'listing':
      return { kind: 'listing', listing: outcome.listing };
    case 'refused':
      return { kind: 'said', sentence: outcome.sentence };
    case 'ignored':
      return { kind: 'quiet' };
  }
};

/**
 * Answers an interaction once its work is committed (law 7). What takes too long for Discord's three seconds is
 * acknowledged first and answered when it is done, for as long as the interaction's token lives; past that, or where
 * Discord does not know it any more, the person is told in a direct message.
 */
export const answer = async (
  { clock, log, whisper }: ReplyParts,
  interaction: Answerable,
  by: Actor,
  work: () => Promise<Reply>,
): Promise<void> => {
  const working = work().catch((err: unknown): Reply => {
    log.error({ err, interaction: interaction.id }, 'an interaction failed');
    return { kind: 'said', sentence: sentence('fault', { id: interaction.id }) };
  });
  let end = (): void => {};
  const late = new Promise<null>((resolve) => {
    end = clock.after(answerWithinMs, () => resolve(null));
  });
  const first = await Promise.race([working, late]);
  end();
  try {
    if (first === null) await defer(interaction);
    await tell(interaction, first ?? (await working));
  } catch (err) {
    // Discord has an answer, ours: its receipt was lost on the way, or the same interaction came twice.
    if (isAnswered(err))
      return log.debug({ interaction: interaction.id }, 'an interaction was answered before');
    log.warn({ err, interaction: interaction.id }, 'an interaction could not be answered');
    const reply = await working;
    if (reply.kind === 'said') await whisper(by, reply.sentence);
  }
};

/** True where the interaction belongs to a message that can be acknowledged without words. */
const hasMessage = (
  interaction: Answerable,
): interaction is ButtonInteraction | StringSelectMenuInteraction =>
  interaction.isMessageComponent() || (interaction.isModalSubmit() && interaction.isFromMessage());

const isAnswered = (err: unknown): boolean =>
  codeOf(err) === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged;

const defer = async (interaction: Answerable): Promise<void> => {
  try {
    if (hasMessage(interaction)) await interaction.deferUpdate();
    else await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  } catch (err) {
    if (!isAnswered(err)) throw err;
    // What is said when the work is done comes after that answer all the same.
    interaction.deferred = true;
  }
};

const renderedOf = (reply: Exclude<Reply, { kind: 'quiet' }>): Rendered => {
  if (reply.kind === 'listing') return render.listing(reply.listing);
  return render.said(reply.kind === 'note' ? { text: reply.text } : reply.sentence);
};

const tell = async (interaction: Answerable, reply: Reply): Promise<void> => {
  if (reply.kind === 'quiet' || (reply.kind === 'note' && hasMessage(interaction))) {
    if (hasMessage(interaction)) {
      if (!interaction.deferred) await interaction.deferUpdate();
      return;
    }
    if (interaction.deferred) await interaction.deleteReply();
    else await interaction.reply({ content: 'Done.', flags: MessageFlags.Ephemeral });
    return;
  }
  const message = {
    components: [renderedOf(reply).container],
    flags: [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2] as const,
  };
  if (!interaction.deferred) await interaction.reply(message);
  else if (hasMessage(interaction)) await interaction.followUp(message);
  else await interaction.editReply({ components: message.components, flags: MessageFlags.IsComponentsV2 });
};
