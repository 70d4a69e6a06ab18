import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DiscordGateway } from './discord-gateway.ts';
import {
  botUser,
  type Call,
  everyPermission,
  type FakeAnswer,
  type FakeMessage,
  fakeIds,
  interactionPayload,
  memberPayload,
  readBody,
  shown,
} from './discord-shapes.ts';

const { application, guild } = fakeIds;

/** Discord over real sockets, as far as a first whole path needs it: a gateway that resumes, and REST. */
export class FakeDiscord {
  readonly messages = new Map<string, FakeMessage>();
  readonly answers = new Map<string, FakeAnswer[]>();
  readonly threads = new Set<string>();
  /** Channels by id with Discord's number of their kind, and of threads the channel that they hang in. */
  readonly channels = new Map<string, number>([
    [fakeIds.channel, 0],
    [fakeIds.direct, 1],
  ]);
  readonly parents = new Map<string, string>();
  /** What people are called, by id; others are called after it. */
  readonly names = new Map<string, string>();
  readonly calls: Call[] = [];
  /** Answers the next call that fits in Discord's place; used once. */
  readonly faults: {
    fits: (call: Call) => boolean;
    status: number;
    body: unknown;
    headers?: Record<string, string>;
  }[] = [];
  /** Looks at each call first: may answer it, or add headers to what is answered. */
  judge: (call: Call) => { status?: number; body?: unknown; headers?: Record<string, string> } = () => ({});
  commands: unknown[] = [];
  guilds = [{ id: guild, name: 'ops', permissions: everyPermission }];
  applicationFlags = 0;
  memberRoles: string[] = [];
  readonly gateway: DiscordGateway;
  readonly #nonces = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  readonly #server: Server;
  #ids = 1_000_000_000_000_000_000n;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.gateway = new DiscordGateway(this.#server, () => this.#tell());
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.gateway.end();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get identifies(): { intents: number }[] {
    return this.gateway.identifies;
  }

  get resumes(): number {
    return this.gateway.resumes;
  }

  /** Cuts the gateway's connections as a network does; the session can be resumed. */
  cut(code = 4_000): void {
    this.gateway.cut(code);
  }

  /** A moderator takes it away. */
  erase(message: string): void {
    const channel_id = this.messages.get(message)?.channel_id;
    this.messages.delete(message);
    this.gateway.dispatch('MESSAGE_DELETE', { id: message, channel_id, guild_id: guild });
  }

  /** The first result that is neither null nor undefined, looked for again after each thing that happens. */
  async until<T>(look: () => T | null | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== null && found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const once = (): void => {
          this.#listeners.delete(once);
          resolve();
        };
        this.#listeners.add(once);
      });
    }
  }

  /** Ours in that channel, oldest first. */
  in(channel: string): FakeMessage[] {
    return [...this.messages.values()].filter((m) => m.channel_id === channel && m.author.bot);
  }

  /** A person writes. Without the intent of message content Discord leaves out what doesn't concern the bot. */
  say(user: string, content: string, options: { channel?: string; readsAll?: boolean } = {}): string {
    const channel = options.channel ?? fakeIds.channel;
    const isDirect = this.channels.get(channel) === 1;
    const isMention = content.includes(`<@${application}>`);
    const id = this.#nextId();
    const author = { id: user, username: this.#nameOf(user), discriminator: '0', avatar: null };
    const isSeen = isMention || isDirect || options.readsAll;
    this.gateway.dispatch('MESSAGE_CREATE', {
      ...{
        id,
        channel_id: channel,
        author,
        content: isSeen ? content : '',
        timestamp: new Date(0).toISOString(),
      },
      ...{
        tts: false,
        mention_everyone: false,
        mention_roles: [],
        attachments: [],
        embeds: [],
        pinned: false,
        type: 0,
      },
      mentions: isMention ? [botUser()] : [],
      channel_type: isDirect ? 1 : this.threads.has(channel) ? 11 : 0,
      ...(isDirect ? {} : { guild_id: guild, member: memberPayload(this.memberRoles) }),
    });
    return id;
  }

  /** Somebody opens a thread by themselves, or we have opened it before. */
  openThread(id: string): void {
    this.threads.add(id);
    const metadata = {
      archived: false,
      auto_archive_duration: 4_320,
      archive_timestamp: new Date(0).toISOString(),
    };
    this.gateway.dispatch('THREAD_CREATE', {
      ...{
        id,
        type: 11,
        name: 'a thread',
        parent_id: this.#parentOf(id),
        guild_id: guild,
        owner_id: application,
      },
      thread_metadata: { ...metadata, locked: false },
    });
  }

  press(user: string, message: FakeMessage, customId: string, values?: string[]): string {
    return this.#interact(user, message.channel_id, {
      type: 3,
      message: shown(message),
      data: { custom_id: customId, component_type: values ? 3 : 2, ...(values ? { values } : {}) },
    });
  }

  submit(
    user: string,
    channel: string,
    customId: string,
    fields: Record<string, string>,
    message?: FakeMessage,
  ): string {
    return this.#interact(user, channel, {
      type: 5,
      ...(message ? { message: shown(message) } : {}),
      data: {
        custom_id: customId,
        components: Object.entries(fields).map(([name, value]) => ({
          type: 18,
          component: { type: 4, custom_id: name, value },
        })),
      },
    });
  }

  command(
    user: string,
    subcommand: string,
    options: { name: string; type: number; value: unknown; focused?: boolean }[] = [],
    channel: string = fakeIds.channel,
  ): string {
    return this.#interact(user, channel, {
      type: options.some((option) => option.focused) ? 4 : 2,
      data: { id: '1', name: 'nerdy', type: 1, options: [{ type: 1, name: subcommand, options }] },
    });
  }

  about(user: string, content: string): string {
    const id = this.#nextId();
    const target = shown({
      ...{
        id,
        channel_id: fakeIds.channel,
        author: { id: '5', username: 'monitor', bot: true },
        content,
        flags: 0,
      },
      ...{ components: [], files: [], allowed_mentions: null },
    });
    return this.#interact(user, fakeIds.channel, {
      type: 2,
      data: {
        id: '2',
        name: 'Ask Nerdy about this',
        type: 3,
        target_id: id,
        resolved: { messages: { [id]: target } },
      },
    });
  }

  #interact(user: string, channel: string, data: object): string {
    const id = this.#nextId();
    const parent = this.threads.has(channel) ? this.#parentOf(channel) : null;
    const isDirect = this.channels.get(channel) === 1;
    const facts = { id, user, name: this.#nameOf(user), channel, parent, isDirect, roles: this.memberRoles };
    this.gateway.dispatch('INTERACTION_CREATE', { ...interactionPayload(facts), ...data });
    return id;
  }

  #nextId(): string {
    this.#ids += 1n;
    return String(this.#ids);
  }

  #nameOf(user: string): string {
    return this.names.get(user) ?? `user${user.slice(-1)}`;
  }

  #parentOf(thread: string): string {
    return this.parents.get(thread) ?? fakeIds.channel;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { body, files } = await readBody(Buffer.concat(chunks), request.headers['content-type'] ?? '');
    const path = (request.url ?? '').replace(/^\/api\/v10/, '').replace(/\?.*$/, '');
    const call: Call = { method: request.method ?? '', path, body, files, status: null };
    this.calls.push(call);
    const at = this.faults.findIndex((fault) => fault.fits(call));
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    const judged = fault ? {} : this.judge(call);
    const given = fault ?? (judged.status === undefined ? this.#answer(call) : judged);
    const { status = 200, body: answer } = given;
    const headers = fault?.headers ?? judged.headers;
    call.status = status;
    response.writeHead(status, {
      ...(answer === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
    this.#tell();
  }

  #answer(call: Call): { status: number; body?: unknown } {
    const { method, path } = call;
    const body = call.body as Record<string, unknown>;
    const parts = path.split('/').slice(1);
    const [kind, id = '', sub, subId = '', last] = parts;
    const found = (value: unknown) => ({ status: 200, body: value });
    if (path === '/applications/@me')
      return found({ id: application, name: 'Nerdy', flags: this.applicationFlags });
    if (path === '/gateway/bot') {
      const { port } = this.#server.address() as AddressInfo;
      const limit = { total: 1_000, remaining: 999, reset_after: 0, max_concurrency: 1 };
      return found({ url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit });
    }
    if (kind === 'applications') {
      if (method === 'PUT')
        this.commands = (call.body as object[]).map((one) => ({
          id: '1',
          version: '1',
          nsfw: false,
          ...one,
        }));
      return found(this.commands);
    }
    if (kind === 'guilds' && sub === 'members')
      return found({ ...memberPayload(this.memberRoles), user: { id: subId } });
    if (path === '/users/@me/guilds') return found(this.guilds);
    if (path === '/users/@me/channels') return found({ id: fakeIds.direct, type: 1 });
    if (kind === 'interactions') {
      this.answers.set(id, [...(this.answers.get(id) ?? []), body as unknown as FakeAnswer]);
      return { status: 204 };
    }
    if (kind === 'webhooks') {
      const interaction = (sub ?? '').replace('token-', '');
      this.answers.set(interaction, [
        ...(this.answers.get(interaction) ?? []),
        { type: 0, data: body } as FakeAnswer,
      ]);
      return found(shown(this.#keep(call, 'ephemeral')));
    }
    if (kind === 'channels' && sub === undefined) return this.#channel(id);
    if (kind === 'channels' && sub === 'messages' && last === 'threads') {
      if (this.threads.has(subId))
        return {
          status: 400,
          body: { code: 160_004, message: 'A thread has already been created for this message' },
        };
      this.threads.add(subId);
      this.parents.set(subId, id);
      return { status: 201, body: { id: subId, type: 11, parent_id: id } };
    }
    if (kind === 'channels' && sub === 'messages') return this.#message(call, id, subId);
    return { status: 404, body: { code: 0, message: '404: Not Found' } };
  }

  #channel(id: string): { status: number; body: unknown } {
    if (this.threads.has(id))
      return { status: 200, body: { id, type: 11, parent_id: this.#parentOf(id), guild_id: guild } };
    const type = this.channels.get(id);
    if (type !== undefined)
      return { status: 200, body: { id, type, ...(type === 1 ? {} : { guild_id: guild }) } };
    return { status: 404, body: { code: 10_003, message: 'Unknown Channel' } };
  }

  #message(call: Call, channel: string, id: string): { status: number; body?: unknown } {
    if (this.#channel(channel).status === 404)
      return { status: 404, body: { code: 10_003, message: 'Unknown Channel' } };
    const nonce = (call.body as { nonce?: string } | null)?.nonce;
    if (call.method === 'GET')
      return {
        status: 200,
        body: this.in(channel)
          .reverse()
          .map((m) => shown(m)),
      };
    if (call.method === 'PATCH') {
      const old = this.messages.get(id);
      if (!old) return { status: 404, body: { code: 10_008, message: 'Unknown Message' } };
      const edited = { ...old, ...(call.body as object), files: call.files };
      this.messages.set(id, edited);
      return { status: 200, body: shown(edited) };
    }
    const known = nonce === undefined ? undefined : this.messages.get(this.#nonces.get(nonce) ?? '');
    const message = known ?? this.#keep(call, channel);
    if (nonce !== undefined) this.#nonces.set(nonce, message.id);
    return { status: 200, body: shown(message) };
  }

  #keep({ body, files }: Call, channel: string): FakeMessage {
    const id = this.#nextId();
    const message = {
      ...{
        id,
        channel_id: channel,
        author: botUser(),
        content: '',
        components: [],
        flags: 0,
        allowed_mentions: null,
      },
      ...(body as object),
      files,
    };
    this.messages.set(id, message);
    return message;
  }
}
