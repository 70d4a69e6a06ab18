import {
  type APIApplication,
  REST,
  type RESTAPIPartialCurrentUserGuild,
  type RESTGetAPIGatewayBotResult,
  Routes,
} from 'discord.js';
import { type Sentence, sentence } from '../core/sentences.ts';
import { areRegistered } from './commands.ts';
import { mayReadAll } from './connection.ts';
import { sessionsLeftMin } from './limits.ts';
import { codeOf } from './outcome.ts';
import { inviteLink, missingPermissions } from './permissions.ts';
import { restOptions } from './rest-options.ts';
import type { DiscordSettings } from './settings.ts';

/** One thing that was looked at: all is well, or what is missing and where it is put right. */
export type Finding = { ok: true; words: string } | { ok: false; sentence: Sentence };

const good = (words: string): Finding => ({ ok: true, words });
const bad = (said: Sentence): Finding => ({ ok: false, sentence: said });

/**
 * Looks at all that must be right for people to be heard and answered in Discord, and changes nothing. The last
 * finding is the link that adds the bot to a server. Names in it are Discord's: data.
 */
export const diagnoseDiscord = async (settings: DiscordSettings | null): Promise<Finding[]> => {
  if (!settings) return [bad(sentence('discord_not_configured', {}))];
  const rest = new REST(restOptions(settings)).setToken(settings.token);
  let application: APIApplication;
  try {
    application = (await rest.get(Routes.currentApplication())) as APIApplication;
  } catch (err) {
    return [failed(err)];
  }
  return [
    good(`The token is that of the application "${application.name}".`),
    intentOf(settings, application),
    await gatewayOf(rest).catch(failed),
    ...(await serversOf(rest, application.id, settings).catch((err: unknown) => [failed(err)])),
    await commandsOf(rest, application.id, settings).catch(failed),
    good(`This link adds the bot to a server, with the least that it needs: ${inviteLink(application.id)}`),
  ];
};

const failed = (err: unknown): Finding => {
  if (err instanceof Error && 'status' in err && err.status === 401)
    return bad(sentence('discord_token_refused', {}));
  const words = err instanceof Error ? err.message : String(err);
  const reason = codeOf(err) === null ? words : `${codeOf(err)}: ${words}`;
  return bad(sentence('discord_unreachable', { reason }));
};

const intentOf = ({ messageContent }: DiscordSettings, application: APIApplication): Finding => {
  if (!messageContent)
    return good('Replies in threads are heard with a mention; no privileged intent is asked for.');
  return mayReadAll(application)
    ? good('Replies in threads are heard without a mention.')
    : bad(sentence('discord_intent_missing', {}));
};

const gatewayOf = async (rest: REST): Promise<Finding> => {
  const { session_start_limit: limit } = (await rest.get(Routes.gatewayBot())) as RESTGetAPIGatewayBotResult;
  const { remaining: left, total: of } = limit;
  return left < sessionsLeftMin
    ? bad(sentence('discord_starts_scarce', { left, of }))
    : good(`The gateway answers; it takes ${left} more starts of ${of} today.`);
};

const serversOf = async (
  rest: REST,
  application: string,
  { guildId: guild }: DiscordSettings,
): Promise<Finding[]> => {
  const link = inviteLink(application);
  const guilds = (await rest.get(Routes.userGuilds())) as RESTAPIPartialCurrentUserGuild[];
  if (guilds.length === 0) return [bad(sentence('discord_in_no_server', { link }))];
  const isAstray = guild !== null && !guilds.some(({ id }) => id === guild);
  return [
    ...guilds.map(({ name: server, permissions }) => {
      const missing = missingPermissions(BigInt(permissions)).map(({ name, why }) => `${name} (${why})`);
      return missing.length === 0
        ? good(`In the server "${server}" the bot may all that it needs; a channel may deny it some of that.`)
        : bad(sentence('discord_server_lacks', { server, missing, link }));
    }),
    ...(isAstray ? [bad(sentence('discord_guild_astray', { guild }))] : []),
  ];
};

const commandsOf = async (
  rest: REST,
  application: string,
  { guildId }: DiscordSettings,
): Promise<Finding> => {
  const where = guildId === null ? 'everywhere' : `in the server ${guildId}`;
  return (await areRegistered(rest, application, guildId))
    ? good(`/nerdy is registered ${where}.`)
    : bad(sentence('discord_commands_missing', { where }));
};
