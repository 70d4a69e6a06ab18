import type {
  ApplicationCommandOptionChoiceData,
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  Message,
  MessageContextMenuCommandInteraction,
} from 'discord.js';
import type { Actor } from '../core/task.ts';
import type { RunbookDesk } from '../flow/runbook-desk.ts';
import type { ButtonParts } from './buttons.ts';
import { watchName } from './commands.ts';
import { cut, plain } from './escape.ts';
import { fieldCharsMax, menuOptionsMax, optionCharsMax } from './limits.ts';
import { aboutModal } from './render-modal.ts';
import { answer, replyOf } from './reply.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface SlashParts extends ButtonParts {
  runbooks: Pick<RunbookDesk, 'summaries'>;
}

export interface Commanded {
  interaction: ChatInputCommandInteraction;
  by: Actor;
  where: Whereabouts;
  /** Resolves once their roles are known, or can't be. */
  known: Promise<void> | void;
}

/** `/nerdy …`: each subcommand is a word that means the same in a message. */
export const slash = (
  parts: SlashParts,
  { interaction, by, where: { channel, under }, known }: Commanded,
): Promise<void> =>
  answer(parts, interaction, by, async () => {
    await known;
    const { options } = interaction;
    const subcommand = options.getSubcommand();
    const text = textOf(interaction);
    const on = subcommand === 'ask' ? options.getString('machine')?.trim() || null : null;
    const eventId = `discord:${interaction.id}`;
    const heard = {
      surface: 'discord',
      channel,
      under,
      text,
      context: null,
      on,
      by,
      eventId,
      isAddressed: true,
    };
    return replyOf(await parts.hearing.hear(heard));
  });

/** As it would be said in a message. */
const textOf = ({ options }: ChatInputCommandInteraction): string => {
  const subcommand = options.getSubcommand();
  switch (subcommand) {
    case 'ask':
      return options.getString('request', true);
    case 'task':
      return `#${options.getInteger('number', true)}`;
    case watchName: {
      const what = options.getString('what', true).trim();
      return /^(?:add|remove|list)\b/i.test(what) ? `watch ${what}` : `watch add ${what}`;
    }
    default:
      return subcommand;
  }
};

/** "Ask Nerdy about this": what is asked is typed into a form, beside the message that it is about. */
export const askAbout = async (
  { log }: SlashParts,
  interaction: MessageContextMenuCommandInteraction,
): Promise<void> => {
  const { targetMessage } = interaction;
  const form = aboutModal(targetMessage.id, wordsOf(targetMessage));
  await interaction.showModal({ toJSON: () => form }).catch((err: unknown) => {
    log.warn({ err, interaction: interaction.id }, 'a form could not be opened');
  });
};

/** All words of a message, also those of embeds, in which monitoring posts its alerts. */
const wordsOf = ({ content, embeds }: Message): string =>
  [
    content,
    ...embeds.flatMap(({ title, description, fields }) => [
      title,
      description,
      ...fields.map(({ name, value }) => `${name}: ${value}`),
    ]),
  ]
    .filter((words) => typeof words === 'string' && words.trim() !== '')
    .join('\n')
    .slice(0, fieldCharsMax);

/** Offers what fits the letters so far: requests of the runbooks, machines, the latest tasks. */
export const autocomplete = async (
  parts: SlashParts,
  interaction: AutocompleteInteraction,
): Promise<void> => {
  try {
    const mayLook = parts.desk.lookRefusal({ surface: 'discord', id: interaction.user.id }) === null;
    if (!mayLook) return await interaction.respond([]);
    const { name, value } = interaction.options.getFocused(true);
    const typed = String(value).trim().toLowerCase();
    const choices =
      name === 'number'
        ? await taskChoices(parts, typed)
        : (name === 'machine' ? await machineNames(parts) : requestsOf(parts.runbooks))
            .filter((text) => text.length <= optionCharsMax && text.toLowerCase().includes(typed))
            .map((text) => ({ name: plain(text), value: text }));
    await interaction.respond(choices.slice(0, menuOptionsMax));
  } catch (err) {
    // Suggestions that come too late are only missed.
    parts.log.debug({ err }, 'no suggestions');
  }
};

const requestsOf = (runbooks: SlashParts['runbooks']): string[] =>
  runbooks.summaries().flatMap(({ examples }) => examples.slice(0, 2));

const machineNames = async ({ desk }: SlashParts): Promise<string[]> => {
  const agents = await desk.agents();
  const labels = agents.flatMap((agent) =>
    Object.entries(agent.labels).map(([key, value]) => `${key}=${value}`),
  );
  const online = agents.filter((agent) => agent.online).map((agent) => agent.name);
  return [...new Set([...online, ...agents.map((agent) => agent.name), ...labels])];
};

const taskChoices = async (
  { desk }: SlashParts,
  typed: string,
): Promise<ApplicationCommandOptionChoiceData<number>[]> =>
  (await desk.cards({ limit: menuOptionsMax }))
    .map(({ task, request }) => ({ name: cut(`#${task} ${plain(request)}`, optionCharsMax), value: task }))
    .filter(({ name }) => name.toLowerCase().includes(typed));
