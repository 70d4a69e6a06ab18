export interface FakeMessage {
  id: string;
  channel_id: string;
  author: { id: string; username: string; bot?: boolean };
  content: string;
  components: Component[];
  flags: number;
  files: { name: string; text: string }[];
  allowed_mentions: unknown;
  message_reference?: { message_id: string };
}

/** A component as far as a test reads it. */
export interface Component {
  type: number;
  id?: number;
  content?: string;
  custom_id?: string;
  label?: string;
  value?: string;
  components?: Component[];
  accessory?: Component;
  component?: Component;
  options?: { value: string }[];
}

/** How an interaction was answered: the callback, and what came after it. */
export interface FakeAnswer {
  type: number;
  data: {
    custom_id?: string;
    title?: string;
    components?: Component[];
    flags?: number;
    content?: string;
    choices?: { value: unknown }[];
  };
}

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  files: FakeMessage['files'];
  /** How it was answered; null while it is not. */
  status: number | null;
}

const application = '900000000000000001';
const guild = '800000000000000001';
export const fakeIds = {
  application,
  guild,
  channel: '700000000000000001',
  direct: '700000000000000002',
} as const;
export const everyPermission = '2251799813685247';

export const guildPayload = ({
  channels,
  threads,
  everyone,
}: {
  everyone: string;
  channels: readonly { id: string; last: string | null }[];
  threads: readonly { id: string; last: string | null; parent: string }[];
}) => {
  return {
    ...{
      id: guild,
      name: 'ops',
      owner_id: '1',
      unavailable: false,
      large: false,
      member_count: 2,
      members: [{ ...memberPayload([]), user: botUser() }],
      emojis: [],
    },
    ...{
      roles: [{ id: guild, name: '@everyone', permissions: everyone, position: 0, color: 0, flags: 0 }],
    },
    ...{
      channels: channels.map(({ id, last }) => ({
        ...{ id, type: 0, name: 'ops', position: 0, permission_overwrites: [], last_message_id: last },
      })),
    },
    ...{
      threads: threads.map(({ id, last, parent }) => threadPayload(id, parent, last)),
      voice_states: [],
      presences: [],
      stage_instances: [],
      stickers: [],
      guild_scheduled_events: [],
    },
    ...{
      features: [],
      premium_tier: 0,
      verification_level: 0,
      explicit_content_filter: 0,
      mfa_level: 0,
      nsfw_level: 0,
    },
  };
};

export const threadPayload = (id: string, parent: string, last: string | null) => {
  const metadata = { archived: false, auto_archive_duration: 4_320, locked: false };
  return {
    ...{ id, type: 11, name: 'a thread', parent_id: parent, guild_id: guild, owner_id: application },
    ...{ last_message_id: last },
    thread_metadata: { ...metadata, archive_timestamp: new Date(0).toISOString() },
  };
};

export const botUser = () => {
  return { id: application, username: 'nerdy', discriminator: '0000', bot: true, avatar: null };
};

export const shown = (message: FakeMessage) => {
  const { files: _, allowed_mentions: __, ...rest } = message;
  return {
    ...{
      ...rest,
      timestamp: new Date(0).toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
    },
    ...{ mentions: [], mention_roles: [], attachments: [], embeds: [], pinned: false, type: 0 },
  };
};

export const readBody = async (
  bytes: Buffer,
  type: string,
): Promise<{ body: unknown; files: FakeMessage['files'] }> => {
  if (bytes.length === 0) return { body: null, files: [] };
  if (!type.startsWith('multipart/')) return { body: JSON.parse(bytes.toString('utf8')), files: [] };
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const files: FakeMessage['files'] = [];
  for (const [, value] of form)
    if (typeof value !== 'string') files.push({ name: value.name, text: await value.text() });
  return { body: JSON.parse(String(form.get('payload_json'))), files };
};

/** All components of a message or form, nested ones too. */
export const flat = (components: readonly Component[] = []): Component[] =>
  components.flatMap((one) => [
    one,
    ...flat(one.components),
    ...(one.accessory ? [one.accessory] : []),
    ...(one.component ? [one.component] : []),
  ]);

/** What a reader sees of it, as one text. */
export const textOf = (components: readonly Component[] = []): string =>
  flat(components)
    .flatMap(({ content }) => content ?? [])
    .join('\n');

export const memberPayload = (roles: readonly string[]) => ({
  ...{ roles, joined_at: new Date(0).toISOString(), deaf: false, mute: false, flags: 0, nick: null },
});

/** What every interaction carries, whatever it is. */
export const interactionPayload = (facts: {
  id: string;
  user: string;
  name: string;
  channel: string;
  /** Of a thread, the channel that it hangs in. */
  parent: string | null;
  isDirect: boolean;
  roles: readonly string[];
}) => {
  const { id, user, name, channel, parent, isDirect, roles } = facts;
  const account = {
    id: user,
    username: name,
    discriminator: '0',
    avatar: null,
    global_name: null,
  };
  const thread = { parent_id: parent, guild_id: guild, thread_metadata: {} };
  return {
    ...{
      id,
      application_id: application,
      token: `token-${id}`,
      version: 1,
      locale: 'en-US',
      entitlements: [],
    },
    channel_id: channel,
    channel: { id: channel, type: parent ? 11 : isDirect ? 1 : 0, ...(parent ? thread : {}) },
    ...{ app_permissions: everyPermission, authorizing_integration_owners: {} },
    ...(isDirect
      ? { user: account }
      : { guild_id: guild, member: { ...memberPayload(roles), user: account, permissions: '0' } }),
  };
};
