import type { ChannelType } from 'discord.js';
import { kindOfChannel } from './chat.ts';

/** As much of a channel as tells the conversation. */
export interface DiscordChannel {
  id: string;
  type: ChannelType;
  /** Of a thread, the channel that it hangs in. */
  parentId?: string | null;
}

export interface Whereabouts {
  channel: string;
  /** The message in whose thread it is; null at the channel's top. */
  under: string | null;
  isDirect: boolean;
}

/** A thread is a channel of its own to Discord; to us it is its message's conversation, whose id it has. */
export const whereaboutsOf = (channel: DiscordChannel): Whereabouts => {
  const kind = kindOfChannel(channel.type);
  return kind === 'thread' && channel.parentId
    ? { channel: channel.parentId, under: channel.id, isDirect: false }
    : { channel: channel.id, under: null, isDirect: kind === 'direct' };
};
