import {
  type APIApplicationCommand,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  DiscordAPIError,
  InteractionContextType,
  type REST,
  type RESTPostAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import { requestCharsMax } from '../core/limits.ts';
import { ListKind } from '../core/listing.ts';
import { clearedGuildsMax } from './limits.ts';

export const commandName = 'nerdy';
/** On a message's menu under "Apps". */
export const aboutName = 'Ask Nerdy about this';

/** The subcommand whose words are those of "watch …". */
export const watchName = 'watch';

const listWords: Readonly<Record<ListKind, string>> = {
  agents: 'The machines and how they are',
  tasks: 'The latest tasks',
  runbooks: 'What works at once',
  alerts: 'The open incidents',
  watches: 'What is looked at again and again',
  help: 'What can be said here',
};

/** The application's commands, as Discord takes them. */
const commands: readonly RESTPostAPIApplicationCommandsJSONBody[] = [
  {
    type: ApplicationCommandType.ChatInput,
    name: commandName,
    description: 'Ask for something on a server; read the script; approve it; get the answer',
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'ask',
        description: 'Ask for something, in your own words',
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'request',
            description: 'For example: check memory on db1',
            required: true,
            autocomplete: true,
            max_length: requestCharsMax,
          },
          {
            type: ApplicationCommandOptionType.String,
            name: 'machine',
            description: 'A machine, or a label like role=db, where the words name none',
            autocomplete: true,
            max_length: 200,
          },
        ],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'task',
        description: "One task's card, here",
        options: [
          {
            type: ApplicationCommandOptionType.Integer,
            name: 'number',
            description: 'The number: 1042',
            required: true,
            autocomplete: true,
            min_value: 1,
            max_value: 999_999_999,
          },
        ],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: watchName,
        description: 'Have something looked at again and again, and be told when it goes wrong',
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'what',
            description: 'For example: disk on db1 every 5 minutes when disk > 90 %; or: remove disk-db1',
            required: true,
            max_length: requestCharsMax,
          },
        ],
      },
      ...Object.values(ListKind).map((kind) => ({
        type: ApplicationCommandOptionType.Subcommand as const,
        name: kind,
        description: listWords[kind],
      })),
    ],
  },
  { type: ApplicationCommandType.Message, name: aboutName },
];

/** Where global commands may be used: in servers, and in direct messages with us. */
const reach = {
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
  integration_types: [ApplicationIntegrationType.GuildInstall],
};

/** As both sides say the same: Discord adds ids, versions and what is left at its default. */
const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const known = ['type', 'name', 'description', 'options', 'autocomplete', 'required', 'contexts'];
  const bounds = ['max_length', 'min_length', 'max_value', 'min_value', 'choices'];
  const kept = Object.entries(value)
    .filter(([key, part]) => [...known, ...bounds].includes(key) && part !== null && part !== undefined)
    .filter(([, part]) => part !== false && part !== '' && !(Array.isArray(part) && part.length === 0))
    .map(([key, part]) => [key, comparable(part)] as const);
  return Object.fromEntries(kept.sort(([a], [b]) => a.localeCompare(b)));
};

const isSame = (there: readonly unknown[], ours: readonly unknown[]): boolean => {
  const lines = (list: readonly unknown[]): string[] =>
    list.map((one) => JSON.stringify(comparable(one))).sort();
  return JSON.stringify(lines(there)) === JSON.stringify(lines(ours));
};

const routeOf = (application: string, guild: string | null) =>
  guild === null
    ? Routes.applicationCommands(application)
    : Routes.applicationGuildCommands(application, guild);

/** A guild's commands have no contexts of their own. */
const oursIn = (guild: string | null): readonly RESTPostAPIApplicationCommandsJSONBody[] =>
  guild === null ? commands.map((command) => ({ ...command, ...reach })) : commands;

/** True where Discord has our commands as they are now. */
export const areRegistered = async (
  rest: REST,
  application: string,
  guild: string | null,
): Promise<boolean> => {
  const there = (await rest.get(routeOf(application, guild))) as APIApplicationCommand[];
  const known = guild === null ? there : there.map(({ contexts: _, ...command }) => command);
  return isSame(known, oursIn(guild));
};

/**
 * Sees to it that Discord has our commands as they are now, in one guild or everywhere; writes only where they differ,
 * since a day has few writes (https://docs.discord.com/developers/interactions/application-commands#registering-a-command).
 *
 * @param guilds the servers that we are in; what is ours there and not wanted there is taken away.
 * @returns whether they had to be written, and how many were taken away.
 */
export const registerCommands = async (
  rest: REST,
  application: string,
  guild: string | null,
  guilds: readonly string[],
): Promise<{ isWritten: boolean; cleared: number }> => {
  const isWritten = await writeCommands(rest, application, guild);
  return { isWritten, cleared: await clearOthers(rest, application, guild, guilds) };
};

const writeCommands = async (rest: REST, application: string, guild: string | null): Promise<boolean> => {
  // Where they can't be read they may still be written.
  const isThere = await areRegistered(rest, application, guild).catch((err: unknown) => {
    if (err instanceof DiscordAPIError) return false;
    throw err;
  });
  if (isThere) return false;
  await rest.put(routeOf(application, guild), { body: oursIn(guild) });
  return true;
};

/**
 * Takes our commands away everywhere but where they are registered now: in Discord both kinds stand side by side, so that
 * after a change from one server to everywhere people would be offered each twice, and an old one beside its successor.
 * Commands of other names are somebody else's. What can't be read or taken away stays, and is tried again at the next start.
 *
 * @param guilds the servers that we are in.
 * @returns how many were taken away.
 */
const clearOthers = async (
  rest: REST,
  application: string,
  guild: string | null,
  guilds: readonly string[],
): Promise<number> => {
  const others = guilds.filter((id) => id !== guild).slice(0, clearedGuildsMax);
  let cleared = 0;
  for (const other of [...(guild === null ? [] : [null]), ...others]) {
    try {
      const route = routeOf(application, other);
      for (const command of (await rest.get(route)) as APIApplicationCommand[]) {
        if (!isOurs(command)) continue;
        await rest.delete(`${route}/${command.id}`);
        cleared += 1;
      }
    } catch (err) {
      if (!(err instanceof DiscordAPIError)) throw err;
    }
  }
  return cleared;
};

const isOurs = ({ type, name }: APIApplicationCommand): boolean =>
  commands.some((ours) => ours.name === name && ours.type === type);
