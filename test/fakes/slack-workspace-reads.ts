import { messageJson } from './slack-workspace-messages.ts';
import type { SlackMethod, SlackMethodParts } from './slack-workspace-methods.ts';
import {
  appId,
  botId,
  botUser,
  type Json,
  type SlackChannel,
  type SlackPerson,
  SlackRefusal,
  teamId,
} from './slack-workspace-record.ts';

/** The methods that read: people, groups, channels, and what was said there. */
export const readMethods = ({ record, access }: SlackMethodParts): Record<string, SlackMethod> => {
  const readable = (id: unknown, use: 'read' | 'history'): SlackChannel => {
    const channel = record.channelForBot(id);
    access.checkChannel(use, channel.kind);
    return channel;
  };
  const joined = (id: unknown): SlackChannel => {
    const channel = readable(id, 'history');
    if (!channel.members.has(botUser)) throw new SlackRefusal('not_in_channel');
    return channel;
  };
  const person = (id: unknown): SlackPerson => {
    const found = record.people.get(String(id ?? ''));
    if (!found) throw new SlackRefusal('user_not_found');
    return found;
  };
  const withMetadata = (args: Json): boolean => String(args.include_all_metadata) === 'true';

  return {
    'auth.test': () => ({
      ...{ url: 'https://strict.slack.com/', team: 'Strict', user: 'nerdy' },
      ...{ team_id: teamId, user_id: botUser, bot_id: botId, is_enterprise_install: false },
    }),
    'team.info': () => ({ team: { id: teamId, name: 'Strict', domain: 'strict' } }),
    'bots.info': () => ({ bot: { id: botId, app_id: appId, user_id: botUser, name: 'nerdy' } }),
    'users.info': (args) => ({ user: personJson(person(args.user)) }),
    'users.list': (args) => page([...record.people.values()].map(personJson), args, 'members'),
    'usergroups.list': (args) => ({
      usergroups: [...record.groups.values()].map(({ id, handle, users }) => ({
        ...{ id, handle, name: handle, team_id: teamId, user_count: users.length, date_delete: 0 },
        ...(String(args.include_users) === 'true' ? { users } : {}),
      })),
    }),
    'usergroups.users.list': (args) => {
      const group = record.groups.get(String(args.usergroup ?? ''));
      if (!group) throw new SlackRefusal('no_such_subteam');
      return { users: group.users };
    },
    'conversations.info': (args) => ({ channel: channelJson(readable(args.channel, 'read')) }),
    'conversations.members': (args) => page([...readable(args.channel, 'read').members], args, 'members'),
    'conversations.open': (args) => {
      const [first] = String(args.users ?? '').split(',');
      return { channel: { id: record.directOf(person(first)).id } };
    },
    'conversations.history': (args) => {
      const channel = joined(args.channel);
      const isThere = inBounds(args);
      const tops = channel.messages
        .filter((m) => m.ephemeralTo === null && (m.threadTs === null || m.threadTs === m.ts))
        .filter((m) => isThere(m.ts))
        .reverse();
      return page(
        tops.map((m) => messageJson(m, withMetadata(args))),
        args,
        'messages',
      );
    },
    'conversations.replies': (args) => {
      const channel = joined(args.channel);
      const { ts } = args;
      if (!channel.messages.some((m) => m.ts === ts)) throw new SlackRefusal('thread_not_found');
      const isThere = inBounds(args);
      const thread = channel.messages.filter(
        (m) => m.ephemeralTo === null && (m.ts === ts || (m.threadTs === ts && isThere(m.ts))),
      );
      return page(
        thread.map((m) => messageJson(m, withMetadata(args))),
        args,
        'messages',
      );
    },
  };
};

const inBounds = ({ oldest, latest, inclusive }: Json): ((ts: string) => boolean) => {
  const isInclusive = String(inclusive) === 'true';
  return (ts) => {
    if (oldest !== undefined && (isInclusive ? ts < String(oldest) : ts <= String(oldest))) return false;
    return latest === undefined || (isInclusive ? ts <= String(latest) : ts < String(latest));
  };
};

/** https://docs.slack.dev/apis/web-api/pagination: pages of `limit`, and a cursor to the next. */
const page = (all: unknown[], args: Json, name: string): Json => {
  const limit = Math.min(Number(args.limit ?? 100) || 100, 1_000);
  const from = Number(args.cursor || 0);
  if (!Number.isInteger(from)) throw new SlackRefusal('invalid_cursor');
  const end = from + limit;
  const hasMore = end < all.length;
  return {
    [name]: all.slice(from, end),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(end) : '' },
  };
};

const personJson = ({ id, name, realName, isBot, locale }: SlackPerson): Json => ({
  ...{ id, team_id: teamId, name, real_name: realName, deleted: false, is_bot: isBot, locale },
  ...{ tz: 'Europe/Berlin', profile: { real_name: realName, display_name: name } },
});

const channelJson = (channel: SlackChannel): Json => ({
  id: channel.id,
  ...(channel.kind === 'im' ? {} : { name: channel.name }),
  is_channel: channel.kind === 'public',
  is_group: channel.kind === 'private',
  is_im: channel.kind === 'im',
  is_private: channel.kind !== 'public',
  is_archived: channel.isArchived,
  is_member: channel.members.has(botUser),
  ...(channel.kind === 'im' ? { user: [...channel.members].find((m) => m !== botUser) } : {}),
});
