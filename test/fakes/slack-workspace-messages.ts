import { markdownCharsMax, postTextCharsMax, updateTextCharsMax } from './slack-workspace-limits.ts';
import type { SlackMethod, SlackMethodParts } from './slack-workspace-methods.ts';
import {
  botId,
  botUser,
  type Json,
  type SlackChannel,
  type SlackMessage,
  SlackRefusal,
  teamId,
} from './slack-workspace-record.ts';

/** The methods that write messages. */
export const messageMethods = ({ record, pace, rules }: SlackMethodParts): Record<string, SlackMethod> => {
  /** Where the bot may write: it stands there, and the channel lives. */
  const writable = (id: unknown): SlackChannel => {
    // A person's id opens the direct messages with them.
    const person = record.people.get(String(id ?? ''));
    const channel = person ? record.directOf(person) : record.channelForBot(id);
    if (channel.isArchived) throw new SlackRefusal('is_archived');
    if (!channel.members.has(botUser)) throw new SlackRefusal('not_in_channel');
    return channel;
  };

  const checkBlocks = (args: Json): Json[] => {
    const { blocks, text = '' } = args;
    if (blocks === undefined) return [];
    if (!Array.isArray(blocks)) throw new SlackRefusal('invalid_blocks_format');
    const broken = rules.message(String(text), blocks);
    if (broken.length > 0)
      throw new SlackRefusal('invalid_blocks', { response_metadata: { messages: broken } });
    return record.withIds(blocks as Json[]);
  };

  const threadOf = (channel: SlackChannel, ts: unknown): string | null => {
    if (ts === undefined) return null;
    const parent = channel.messages.find((m) => m.ts === ts && m.ephemeralTo === null);
    if (!parent) throw new SlackRefusal('thread_not_found');
    // A reply's own ts is no thread: Slack's page warns of it, and what is posted so is lost from view.
    if (parent.threadTs !== null && parent.threadTs !== parent.ts) {
      throw new SlackRefusal('cannot_reply_to_message');
    }
    return parent.ts;
  };

  const metadataOf = (metadata: unknown): Json | null => {
    if (metadata === undefined) return null;
    const { event_type, event_payload } = (metadata ?? {}) as Json;
    if (typeof event_type !== 'string' || typeof event_payload !== 'object' || event_payload === null) {
      throw new SlackRefusal('invalid_metadata_format');
    }
    return { event_type, event_payload };
  };

  const textOf = (args: Json, charsMax: number): string => {
    const text = String(args.text ?? '');
    if (text.length > charsMax) throw new SlackRefusal('msg_too_long');
    return text;
  };

  const ours = (channel: SlackChannel, ts: unknown, refusal: string): SlackMessage => {
    const message = record.messageIn(channel, ts);
    if (!message) throw new SlackRefusal('message_not_found');
    if (!message.isOurs) throw new SlackRefusal(refusal);
    return message;
  };

  const streaming = (channel: SlackChannel, ts: unknown): SlackMessage => {
    const message = ours(channel, ts, 'message_not_owned_by_app');
    if (!message.isStreaming) throw new SlackRefusal('message_not_in_streaming_state');
    return message;
  };

  const markdownOf = (args: Json): string => {
    const text = String(args.markdown_text ?? '');
    if (text.length > markdownCharsMax) throw new SlackRefusal('msg_too_long');
    return text;
  };

  return {
    'chat.postMessage': (args) => {
      const channel = writable(args.channel);
      const blocks = checkBlocks(args);
      const text = textOf(args, postTextCharsMax);
      if (text === '' && blocks.length === 0) throw new SlackRefusal('no_text');
      const threadTs = threadOf(channel, args.thread_ts);
      const metadata = metadataOf(args.metadata);
      pace.takeMessage(channel.id);
      const message = record.add({ channel: channel.id, user: botUser, text, blocks, threadTs, metadata });
      return { channel: channel.id, ts: message.ts, message: messageJson(message, true) };
    },
    'chat.postEphemeral': (args) => {
      const channel = writable(args.channel);
      const blocks = checkBlocks(args);
      const text = textOf(args, postTextCharsMax);
      if (text === '' && blocks.length === 0) throw new SlackRefusal('no_text');
      const user = String(args.user ?? '');
      if (!channel.members.has(user)) throw new SlackRefusal('user_not_in_channel');
      const threadTs = threadOf(channel, args.thread_ts);
      const { ts } = record.add({
        ...{ channel: channel.id, user: botUser, text, blocks, threadTs },
        ephemeralTo: user,
      });
      return { message_ts: ts };
    },
    'chat.update': (args) => {
      const channel = writable(args.channel);
      const message = ours(channel, args.ts, 'cant_update_message');
      // "Cannot update a streaming message", until chat.stopStream.
      if (message.isStreaming) throw new SlackRefusal('streaming_state_conflict');
      const blocks = args.blocks === undefined ? message.blocks : checkBlocks(args);
      const text = args.text === undefined ? message.text : textOf(args, updateTextCharsMax);
      if (text === '' && blocks.length === 0) throw new SlackRefusal('no_text');
      const metadata = args.metadata === undefined ? message.metadata : metadataOf(args.metadata);
      record.change(message, { text, blocks, metadata });
      return { channel: channel.id, ts: message.ts, text, message: messageJson(message, true) };
    },
    'chat.delete': (args) => {
      const channel = writable(args.channel);
      const message = ours(channel, args.ts, 'cant_delete_message');
      record.remove(message);
      return { channel: channel.id, ts: message.ts };
    },
    'chat.getPermalink': (args) => {
      const channel = record.channelForBot(args.channel);
      if (!record.messageIn(channel, args.message_ts)) throw new SlackRefusal('message_not_found');
      const name = String(args.message_ts).replace('.', '');
      return { channel: channel.id, permalink: `https://strict.slack.com/archives/${channel.id}/p${name}` };
    },
    'chat.startStream': (args) => {
      const channel = writable(args.channel);
      const threadTs = threadOf(channel, args.thread_ts);
      if (channel.kind !== 'im' && !(args.recipient_user_id && args.recipient_team_id)) {
        throw new SlackRefusal(
          args.recipient_user_id ? 'missing_recipient_team_id' : 'missing_recipient_user_id',
        );
      }
      const text = markdownOf(args);
      pace.takeMessage(channel.id);
      const at = { channel: channel.id, user: botUser, threadTs };
      const { ts } = record.add({ ...at, text, isStreaming: true });
      return { channel: channel.id, ts };
    },
    'chat.appendStream': (args) => {
      const channel = writable(args.channel);
      const message = streaming(channel, args.ts);
      const more = markdownOf(args);
      if (more === '' && args.chunks === undefined) throw new SlackRefusal('no_text');
      record.change(message, { text: message.text + more });
      return { channel: channel.id, ts: message.ts };
    },
    'chat.stopStream': (args) => {
      const channel = writable(args.channel);
      const message = streaming(channel, args.ts);
      const blocks = checkBlocks(args);
      const metadata = metadataOf(args.metadata);
      record.change(message, { text: message.text + markdownOf(args), blocks, metadata, isStreaming: false });
      return { channel: channel.id, ts: message.ts, message: messageJson(message, true) };
    },
  };
};

/** A message as the Web API and events tell it. */
export const messageJson = (message: SlackMessage, withMetadata: boolean): Json => ({
  type: 'message',
  user: message.user,
  ts: message.ts,
  team: teamId,
  text: message.text,
  ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
  ...(message.isOurs ? { bot_id: botId, app_id: 'A0NERDY' } : {}),
  ...(message.botId === undefined ? {} : { bot_id: message.botId }),
  ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
  ...(message.edits > 0 ? { edited: { user: message.user, ts: message.ts } } : {}),
  ...(message.files.length > 0
    ? { files: message.files.map(({ id, name, title }) => ({ id, name, title })) }
    : {}),
  ...(message.isStreaming ? { streaming_state: 'in_progress' } : {}),
  ...(message.isTombstone ? { subtype: 'tombstone', hidden: true } : {}),
  ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
});
