import { type Interaction, type Message, REST, Routes } from 'discord.js';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { ChatParts, MakeChat } from '../flow/chat-adapter.ts';
import { press } from './buttons.ts';
import { DiscordChat } from './chat.ts';
import { registerCommands } from './commands.ts';
import { DiscordConnection } from './connection.ts';
import { hearMessage } from './mention.ts';
import { codeOf } from './outcome.ts';
import { actorOf, People } from './people.ts';
import { vitalMissing } from './permissions.ts';
import { restOptions } from './rest-options.ts';
import type { DiscordSettings } from './settings.ts';
import { askAbout, autocomplete, slash } from './slash.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** Discord, wired: what comes in goes to the hearing or the desk, what goes out comes from the publisher. */
export const discordSurface =
  (settings: DiscordSettings): MakeChat =>
  (parts) => {
    const { clock, log } = parts;
    const rest = new REST(restOptions(settings)).setToken(settings.token);
    const people = new People({
      groups: parts.groups,
      clock,
      ask: (guild, user) => rolesOf(rest, guild, user),
    });
    const chat = new DiscordChat({
      rest,
      me: () => connection.me,
      isOutage: () => connection.isOutage(),
      clock,
      log,
    });
    const handlers = handlersOf(parts, { chat, people, readsAll: () => connection.readsAll });
    const connection: DiscordConnection = new DiscordConnection({
      ...{ settings, rest, restOptions: restOptions(settings), clock, log, chat, people, handlers },
      onReady: async (application) => {
        const isWritten = await registerCommands(rest, application, settings.guildId);
        log.info(
          { application, guild: settings.guildId, isWritten },
          'the commands of Discord are as they should be',
        );
      },
    });
    return { surface: chat, connection, route: null, groups: people };
  };

/** Null where Discord can't say; nobody's roles where they are no member. */
const rolesOf = async (rest: REST, guild: string, user: string): Promise<readonly string[] | null> => {
  try {
    const { roles } = (await rest.get(Routes.guildMember(guild, user))) as { roles: string[] };
    return roles;
  } catch (err) {
    return codeOf(err) === null ? null : [];
  }
};

export interface Handlers {
  onMessage(message: Message): Promise<void>;
  onInteraction(interaction: Interaction): Promise<void>;
}

const handlersOf = (
  parts: ChatParts,
  { chat, people, readsAll }: { chat: DiscordChat; people: People; readsAll: () => boolean },
): Handlers => {
  const whisper = (person: Actor, said: Sentence): Promise<void> =>
    chat.whisper({ channel: '', under: null }, person, said, new AbortController().signal);
  const reply = chat.reply.bind(chat);
  const parentOf = chat.parentOf.bind(chat);
  return {
    onMessage: async (message) => {
      const { member, guildId, author } = message;
      if (guildId !== null && member) people.note(author.id, guildId, [...member.roles.cache.keys()]);
      else if (!author.bot) await people.learn(author.id);
      const by = actorOf(author, member?.nickname ?? null);
      await hearMessage({ ...parts, readsAll, reply, whisper, parentOf }, message, by);
    },
    onInteraction: async (interaction) => {
      const { user, member, guildId } = interaction;
      const roles =
        member === null ? [] : 'cache' in member.roles ? [...member.roles.cache.keys()] : member.roles;
      if (guildId !== null && member) people.note(user.id, guildId, roles);
      else await people.learn(user.id);
      if (interaction.isAutocomplete()) return autocomplete({ ...parts, whisper }, interaction);
      const nickname = member && 'nickname' in member ? member.nickname : null;
      const by = actorOf(user, nickname);
      const where = whereaboutsOf(channelOf(interaction));
      if (interaction.isMessageContextMenuCommand()) return askAbout({ ...parts, whisper }, interaction);
      if (interaction.isChatInputCommand()) {
        const missing = guildId === null ? [] : missingHere(interaction, where.under !== null);
        if (missing.length === 0) return slash({ ...parts, whisper }, interaction, by, where);
        const said = sentence('discord_permissions_missing_here', { names: missing });
        await interaction.reply({ content: said.text, flags: 'Ephemeral' });
      }
      if (interaction.isButton() || interaction.isStringSelectMenu() || interaction.isModalSubmit())
        return press({ ...parts, whisper }, { interaction, by, where });
    },
  };
};

const channelOf = ({ channel, channelId }: Interaction) => ({
  id: channelId ?? '',
  type: channel?.type ?? 0,
  parentId: channel?.isThread() ? channel.parentId : null,
});

/** A set without anything is one that was not told. */
const missingHere = ({ appPermissions }: Interaction, isThread: boolean): string[] =>
  appPermissions.bitfield === 0n ? [] : vitalMissing(appPermissions.bitfield, isThread);
