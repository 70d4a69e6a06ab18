import type { SlackAccess } from './slack-workspace-access.ts';
import type { SlackDelivery } from './slack-workspace-delivery.ts';
import { messageJson } from './slack-workspace-messages.ts';
import {
  botUser,
  type Json,
  type SlackChannel,
  type SlackMessage,
  type SlackRecord,
  teamId,
} from './slack-workspace-record.ts';

/** The scope without which Slack doesn't let an app subscribe: https://docs.slack.dev/reference/events. */
const scopeOfEvent: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  assistant_thread_started: 'assistant:write',
  assistant_thread_context_changed: 'assistant:write',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
};

interface EventParts {
  record: SlackRecord;
  access: SlackAccess;
  delivery: SlackDelivery;
  /** What the app is subscribed to. */
  events: ReadonlySet<string>;
}

/** https://docs.slack.dev/reference/events/member_joined_channel: the scope of the channel's kind lets it through. */
const readScopes = { public: 'channels:read', private: 'groups:read', mpim: 'mpim:read', im: 'im:read' };

/** Tells the app what happens, as far as it is subscribed, may hear it and stands there. @returns the way to tell it. */
export const subscribe = ({ record, access, delivery, events }: EventParts) => {
  const tell = (name: string, event: Json): void => {
    const scope = scopeOfEvent[name];
    if (!events.has(name) || (scope !== undefined && !access.scopes.has(scope))) return;
    void delivery.event(event);
  };
  record.onMessage((kind, message, before) => {
    const channel = record.channelNamed(message.channel);
    if (message.ephemeralTo !== null || !channel.members.has(botUser)) return;
    const family = { public: 'channel', private: 'group', mpim: 'mpim', im: 'im' }[channel.kind];
    const event = {
      ...eventOf(kind, message, before),
      ...{ channel: channel.id, channel_type: family, event_ts: message.ts },
    };
    tell(messageEvents[channel.kind], event);
    // "Messages sent to your app in direct message conversations are not dispatched via app_mention."
    const isDirect = channel.kind === 'im' || channel.kind === 'mpim';
    const isMention = message.text.includes(`<@${botUser}>`) && !message.isOurs && !isDirect;
    if (kind === 'posted' && isMention) tell('app_mention', { ...event, type: 'app_mention' });
  });
  return {
    tell,
    /** Somebody stands in the channel from now on: told to an app that stands there too. */
    joins: (channel: SlackChannel, user: string): void => {
      channel.members.add(user);
      if (!channel.members.has(botUser) || !access.scopes.has(readScopes[channel.kind])) return;
      const letter = channel.kind === 'public' ? 'C' : 'G';
      const event = { type: 'member_joined_channel', user, channel: channel.id, channel_type: letter };
      tell('member_joined_channel', { ...event, team: teamId });
    },
  };
};

const messageEvents = {
  ...{ public: 'message.channels', private: 'message.groups', mpim: 'message.mpim', im: 'message.im' },
} as const satisfies Record<SlackChannel['kind'], string>;

const eventOf = (
  kind: 'posted' | 'changed' | 'deleted',
  message: SlackMessage,
  before: SlackMessage | null,
): Json => {
  const previous = before === null ? {} : { previous_message: messageJson(before, false) };
  if (kind === 'posted') return { ...messageJson(message, true), ...richText(message) };
  if (kind === 'deleted') {
    return { type: 'message', subtype: 'message_deleted', hidden: true, deleted_ts: message.ts, ...previous };
  }
  const changed = { message: messageJson(message, false), ...previous };
  return { type: 'message', subtype: 'message_changed', hidden: true, ...changed };
};

/** People's messages come with their text as rich text too; ours as we sent them. */
const richText = ({ isOurs, text, ts }: SlackMessage): Json => {
  if (isOurs) return {};
  const elements = [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }];
  return { client_msg_id: `client-${ts}`, blocks: [{ type: 'rich_text', block_id: 'said', elements }] };
};
