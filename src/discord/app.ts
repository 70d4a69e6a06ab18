import { type Interaction, REST, Routes } from 'discord.js';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { ChatParts, MakeChat } from '../flow/chat-adapter.ts';
import { press } from './buttons.ts';
import { DiscordChat } from './chat.ts';
import { registerCommands } from './commands.ts';
import { DiscordConnection } from './connection.ts';
import type { Handlers } from './gateway-events.ts';
import { hearMessage } from './mention.ts';
import { codeOf } from './outcome.ts';
import { actorOf, People } from './people.ts';
import { vitalMissing } from './permissions.ts';
import { answer } from './reply.ts';
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
      isOutage: (channel) => connection.isOutage(channel),
      clock,
      log,
    });
    const handlers = handlersOf(parts, { chat, people, readsAll: () => connection.readsAll });
    const connection: DiscordConnection = new DiscordConnection({
      ...{ settings, rest, restOptions: restOptions(settings), clock, log, chat, people, handlers },
      onReady: async (application, guilds) => {
        const { guildId: guild } = settings;
        const came = await registerCommands(rest, application, guild, guilds);
        log.info({ application, guild, ...came }, 'the commands of Discord are as they should be');
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

const handlersOf = (
  parts: ChatParts,
  { chat, people, readsAll }: { chat: DiscordChat; people: People; readsAll: () => boolean },
): Handlers => {
  const whisper = (person: Actor, said: Sentence): Promise<void> =>
    chat.whisper({ channel: '', under: null }, person, said, new AbortController().signal);
  const reply = chat.reply.bind(chat);
  const parentOf = chat.parentOf.bind(chat);
  return {
    onMessage: async (message, isMissed) => {
      const { guildId, author } = message;
      // What is read afterwards comes without its member: what is still remembered of them may be out of date.
      const member = isMissed ? null : message.member;
      if (guildId !== null && member) people.note(author.id, guildId, [...member.roles.cache.keys()]);
      else if (!author.bot) await people.learn(author.id);
      const by = actorOf(author, member?.nickname ?? null);
      await hearMessage({ ...parts, readsAll, reply, whisper, parentOf }, message, by);
    },
    onInteraction: async (interaction) => {
      const { user, member, guildId } = interaction;
      const roles =
        member === null ? [] : 'cache' in member.roles ? [...member.roles.cache.keys()] : member.roles;
      // Awaited with the work, so that who takes long to be known doesn't miss Discord's three seconds.
      const known = guildId !== null && member ? people.note(user.id, guildId, roles) : people.learn(user.id);
      if (interaction.isAutocomplete()) {
        await known;
        return autocomplete({ ...parts, whisper }, interaction);
      }
      const nickname = member && 'nickname' in member ? member.nickname : null;
      const by = actorOf(user, nickname);
      const where = whereaboutsOf(channelOf(interaction));
      if (interaction.isMessageContextMenuCommand()) return askAbout({ ...parts, whisper }, interaction);
      if (interaction.isChatInputCommand()) {
        const missing = guildId === null ? [] : missingHere(interaction, where.under !== null);
        if (missing.length === 0) return slash({ ...parts, whisper }, { interaction, by, where, known });
        const said = sentence('discord_permissions_missing_here', { names: missing });
        return answer({ ...parts, whisper }, interaction, by, async () => ({ kind: 'said', sentence: said }));
      }
      if (interaction.isButton() || interaction.isStringSelectMenu() || interaction.isModalSubmit())
        return press({ ...parts, whisper }, { interaction, by, where, known });
    },
    onMessageGone: (message) => parts.hearing.messageGone('discord', message),
    onThreadGone: (channel, under) => {
      chat.forgetThread(under);
      return parts.hearing.threadGone('discord', channel, under);
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
