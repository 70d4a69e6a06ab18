import { type Message, MessageType } from 'discord.js';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Hearing } from '../flow/hear.ts';
import type { PostOutcome } from '../ports/chat.ts';
import type { Log } from '../ports/log.ts';
import type { Rendered } from './layout.ts';
import { vitalMissing } from './permissions.ts';
import { plainText, withoutUs } from './plain-text.ts';
import { render } from './render.ts';
import { whereaboutsOf } from './whereabouts.ts';

export interface MentionParts {
  hearing: Hearing;
  log: Log;
  /** The channel that a thread hangs in, where the message doesn't tell: an archived one that somebody wrote in. */
  parentOf: (thread: string) => Promise<string | null>;
  /** True where Discord gives us what is written without a mention. */
  readsAll: () => boolean;
  reply: (channel: string, message: string, rendered: Rendered) => Promise<PostOutcome>;
  whisper: (person: Actor, said: Sentence) => Promise<void>;
}

/** Whom a message means: us by name, by our role, by answering us, or nobody. */
type Meant = 'us' | 'role' | 'nobody';

/** Hears a message that may be meant for us, and answers what needs no card. */
export const hearMessage = async (parts: MentionParts, message: Message, by: Actor): Promise<void> => {
  if (message.author.bot || message.webhookId !== null || message.system) return;
  if (message.type !== MessageType.Default && message.type !== MessageType.Reply) return;
  const { channel, under, isDirect } = whereaboutsOf(await channelOf(parts, message));
  const meant = meantBy(message);
  const isAddressed = isDirect || meant !== 'nobody';
  if (!isAddressed && (under === null || !parts.readsAll())) return;
  if (!isAddressed && under !== null && !(await parts.hearing.isOurThread('discord', channel, under))) return;
  // Of a mention of our role alone Discord tells only that it was there.
  if (meant === 'role' && message.content === '')
    return tell(parts, message, by, render.said(sentence('discord_role_mentioned', {})));
  const missing = missingAt(message);
  if (isAddressed && missing)
    return parts.whisper(by, sentence('discord_permissions_missing_there', missing));
  const said = {
    ...{ surface: 'discord', channel, under: under ?? answeredOf(message, isDirect), text: textOf(message) },
    ...{ context: null, on: null, by, eventId: `discord:${message.id}`, isAddressed },
  };
  try {
    const outcome = await parts.hearing.hear(said);
    if (outcome.kind === 'refused') await tell(parts, message, by, render.said(outcome.sentence));
    if (outcome.kind === 'listing') await tell(parts, message, by, render.listing(outcome.listing));
  } catch (err) {
    parts.log.error({ err, message: message.id }, 'a message could not be heard');
    await tell(parts, message, by, render.said(sentence('fault', { id: message.id })));
  }
};

const channelOf = async ({ parentOf }: MentionParts, { channel }: Message) => ({
  ...{ id: channel.id, type: channel.type },
  parentId: channel.isThread() ? (channel.parentId ?? (await parentOf(channel.id))) : null,
});

/** Null where a card can stand, and where Discord has not told us whether it can. */
const missingAt = ({ guild, channel }: Message): { channel: string; names: string[] } | null => {
  const me = guild?.members.me;
  if (!me || channel.isDMBased()) return null;
  // A thread that is not known comes without the channel whose rules it has.
  const has = channel.isThread() && !channel.parent ? null : channel.permissionsFor(me);
  const names = has ? vitalMissing(has.bitfield, channel.isThread()) : [];
  return names.length > 0 ? { channel: channel.name, names } : null;
};

/** A mention beside ours that everybody gets ("@everyone") is not ours. */
const meantBy = ({ mentions, client, guild }: Message): Meant => {
  if (client.user && mentions.users.has(client.user.id)) return 'us';
  const role = guild?.members.me?.roles.botRole;
  return role && mentions.roles.has(role.id) ? 'role' : 'nobody';
};

/** Who answers one of our messages at a channel's top speaks in the thread under it. */
const answeredOf = ({ mentions, client, reference }: Message, isDirect: boolean): string | null =>
  !isDirect && mentions.repliedUser?.id === client.user?.id ? (reference?.messageId ?? null) : null;

const textOf = ({ content, client, guild, mentions }: Message): string => {
  const role = guild?.members.me?.roles.botRole?.id;
  const us = [client.user?.id, role].filter((id) => id !== undefined);
  return plainText(withoutUs(content, us), {
    user: (id) => mentions.users.get(id)?.username ?? null,
    role: (id) => mentions.roles.get(id)?.name ?? null,
    channel: (id) => {
      const found = mentions.channels.get(id);
      return found && 'name' in found ? found.name : null;
    },
  });
};

/** In the channel where we can; else to the person alone, with the reason. */
const tell = async (parts: MentionParts, message: Message, by: Actor, rendered: Rendered): Promise<void> => {
  const outcome = await parts.reply(message.channelId, message.id, rendered);
  if (outcome.kind === 'gone') await parts.whisper(by, outcome.reason);
  else if (outcome.kind !== 'posted')
    parts.log.warn({ outcome, message: message.id }, 'a reply was not sent');
};
