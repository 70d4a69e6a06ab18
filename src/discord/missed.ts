import {
  type Client,
  type Guild,
  type GuildBasedChannel,
  type Message,
  PermissionFlagsBits,
  type TextBasedChannel,
} from 'discord.js';
import type { Log } from '../ports/log.ts';
import {
  directsReadMax,
  missedAgeMsMax,
  missedChannelsMax,
  missedMessagesMax,
  missedOverlapMs,
  rememberedMax,
} from './limits.ts';
import { remember } from './remembered.ts';

/** Discord's ids tell the time in all but their last 22 bits (https://docs.discord.com/developers/reference#snowflakes). */
const idsOf = (ms: number): bigint => BigInt(ms) << 22n;
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * What was said while nobody told us: where a session can't be resumed, and during an outage, Discord never sends it. So
 * with each server's return the channels that have news are read from the last message on that we know of, and the direct
 * ones of whoever spoke with us lately. All times are those of Discord's ids. Only one life of the server is covered: what
 * was said before it started is nobody's.
 */
export class Missed {
  readonly #log: Log;
  /** By server, the latest message of it. */
  readonly #guilds = new Map<string, bigint>();
  /** By direct channel, the latest message in it. */
  readonly #directs = new Map<string, bigint>();
  readonly #heard = new Map<string, true>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** What was before is not missed. */
  start(): void {
    for (const map of [this.#guilds, this.#directs, this.#heard]) map.clear();
  }

  /** @returns false for a message that was noted before. */
  note({ id, guildId, channelId }: Message): boolean {
    const isNew = !this.#heard.has(id);
    remember(this.#heard, id, true, rememberedMax);
    if (guildId === null) remember(this.#directs, channelId, BigInt(id), directsReadMax);
    else this.#guilds.set(guildId, later(this.#guilds.get(guildId) ?? 0n, BigInt(id)));
    return isNew;
  }

  /** What was missed in a server that is there again, oldest first in each channel; nothing the first time. */
  async inGuild(guild: Guild): Promise<Message[]> {
    const channels = [...guild.channels.cache.values()].filter((one) => one.isTextBased());
    const newest = channels.map(latestIn).reduce(later, 0n);
    const known = this.#guilds.get(guild.id);
    this.#guilds.set(guild.id, later(known ?? 0n, newest));
    if (known === undefined) return [];
    const since = later(known - idsOf(missedOverlapMs), newest - idsOf(missedAgeMsMax));
    const told = channels
      .filter((channel) => latestIn(channel) > known - idsOf(missedOverlapMs) && mayRead(channel))
      .sort((a, b) => (latestIn(a) > latestIn(b) ? -1 : 1));
    if (told.length > missedChannelsMax)
      this.#log.warn({ channels: told.length }, 'not all channels are read for what was missed');
    const read = told.slice(0, missedChannelsMax).map((channel) => this.#read(channel, since));
    return (await Promise.all(read)).flat();
  }

  /** The same of direct messages. */
  async inDirects(client: Client): Promise<Message[]> {
    const read = [...this.#directs].map(async ([id, known]) => {
      const channel = await client.channels.fetch(id).catch(() => null);
      return channel?.isDMBased() && channel.isTextBased() ? this.#read(channel, known) : [];
    });
    return (await Promise.all(read)).flat();
  }

  async #read(channel: TextBasedChannel, since: bigint): Promise<Message[]> {
    try {
      const after = String(later(since, 0n));
      const found = await channel.messages.fetch({ after, limit: missedMessagesMax, cache: false });
      return [...found.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    } catch (err) {
      this.#log.warn({ err, channel: channel.id }, 'what was missed in a channel could not be read');
      return [];
    }
  }
}

const latestIn = (channel: GuildBasedChannel): bigint =>
  'lastMessageId' in channel && channel.lastMessageId ? BigInt(channel.lastMessageId) : 0n;

const mayRead = (channel: GuildBasedChannel): boolean => {
  const { me } = channel.guild.members;
  const needed = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.ReadMessageHistory];
  return me !== null && (channel.permissionsFor(me)?.has(needed) ?? false);
};
