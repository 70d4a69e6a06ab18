import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DiscordChannels } from './discord-channels.ts';
import { DiscordCommands } from './discord-commands.ts';
import { DiscordGateway } from './discord-gateway.ts';
import { DiscordInteractions } from './discord-interactions.ts';
import {
  botUser,
  type Call,
  everyPermission,
  type FakeMessage,
  fakeIds,
  guildPayload,
  interactionPayload,
  memberPayload,
  readBody,
  shown,
  threadPayload,
} from './discord-shapes.ts';

const { application, guild } = fakeIds;

/** Discord over real sockets: a gateway that resumes, REST and interactions, each as strict as its pages say. */
export class FakeDiscord {
  readonly #channels = new DiscordChannels(() => this.#nextId());
  readonly messages = this.#channels.messages;
  readonly threads = this.#channels.threads;
  readonly parents = this.#channels.parents;
  /** Channels by id with Discord's number of their kind. */
  readonly channels = this.#channels.kinds;
  /** What was refused, by Discord's words. */
  readonly refusals = this.#channels.refusals;
  readonly #interactions = new DiscordInteractions({
    messages: this.messages,
    keep: (call, channel) => this.#channels.keep(call, channel),
    shown,
    refuse: this.#channels.refuse,
  });
  readonly answers = this.#interactions.answers;
  /** What people are called, by id; others are called after it. */
  readonly names = new Map<string, string>();
  readonly calls: Call[] = [];
  /** Answers the next call that fits in Discord's place; used once. `isLost`: it was done all the same. */
  readonly faults: {
    fits: (call: Call) => boolean;
    status: number;
    body: unknown;
    headers?: Record<string, string>;
    isLost?: boolean;
  }[] = [];
  /** Looks at each call first: may answer it, or add headers to what is answered. */
  judge: (call: Call) => { status?: number; body?: unknown; headers?: Record<string, string> } = () => ({});
  readonly commands = new DiscordCommands();
  guilds = [{ id: guild, name: 'ops', permissions: everyPermission }];
  applicationFlags = 0;
  memberRoles: string[] = [];
  /** What everybody may, us included. */
  everyone: string = everyPermission;
  readonly gateway: DiscordGateway;
  readonly #listeners = new Set<() => void>();
  readonly #server: Server;
  #ids = 1_000_000_000_000_000_000n;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.gateway = new DiscordGateway(this.#server, {
      onChange: () => this.#tell(),
      guild: () => this.#guild(),
    });
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

  /** Tells the time by which interactions are answered in time or late. */
  set clock(now: () => number) {
    this.#interactions.now = now;
  }

  /** Ids tell the time: what is said from now on is that much later. */
  passes(ms: number): void {
    this.#ids += BigInt(ms) << 22n;
  }

  /** What happens in it the gateway tells nobody, as during an outage. */
  silently(happens: () => void): void {
    this.gateway.isSilent = true;
    happens();
    this.gateway.isSilent = false;
  }

  /** A moderator takes them away: one, or several of one channel at once. */
  erase(...ids: string[]): void {
    const [id = ''] = ids;
    const channel_id = this.messages.get(id)?.channel_id;
    for (const each of ids) this.messages.delete(each);
    const which = ids.length > 1 ? { ids } : { id };
    const name = ids.length > 1 ? 'MESSAGE_DELETE_BULK' : 'MESSAGE_DELETE';
    this.gateway.dispatch(name, { ...which, channel_id, guild_id: guild });
  }

  /** A moderator takes a thread away, with all that stands in it. */
  eraseThread(id: string): void {
    const parent_id = this.#channels.parentOf(id);
    this.threads.delete(id);
    for (const message of this.in(id)) this.messages.delete(message.id);
    this.gateway.dispatch('THREAD_DELETE', { id, parent_id, guild_id: guild, type: 11 });
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
    return this.#channels.in(channel);
  }

  /** A person writes. Without the intent of message content Discord leaves out what doesn't concern the bot. */
  say(user: string, content: string, options: { channel?: string; readsAll?: boolean } = {}): string {
    const channel = options.channel ?? fakeIds.channel;
    const isDirect = this.channels.get(channel) === 1;
    const isMention = content.includes(`<@${application}>`);
    const id = this.#nextId();
    const author = { id: user, username: this.#nameOf(user), discriminator: '0', avatar: null };
    const isSeen = isMention || isDirect || options.readsAll;
    const message = {
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
    };
    this.#channels.said.set(id, message);
    this.gateway.dispatch('MESSAGE_CREATE', {
      ...message,
      channel_type: isDirect ? 1 : this.threads.has(channel) ? 11 : 0,
      ...(isDirect ? {} : { guild_id: guild, member: memberPayload(this.memberRoles) }),
    });
    return id;
  }

  /** Somebody opens a thread by themselves, or we have opened it before. */
  openThread(id: string): void {
    this.threads.add(id);
    this.gateway.dispatch('THREAD_CREATE', threadPayload(id, this.#channels.parentOf(id), null));
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
    const parent = this.threads.has(channel) ? this.#channels.parentOf(channel) : null;
    const isDirect = this.channels.get(channel) === 1;
    const facts = { id, user, name: this.#nameOf(user), channel, parent, isDirect, roles: this.memberRoles };
    const { type, message } = data as { type: number; message?: { id: string } };
    this.#interactions.begin(id, type, message?.id ?? null);
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

  /** As the gateway tells it when it is there. */
  #guild(): object {
    const all = this.#channels;
    const [texts, threads] = [[...this.channels].filter(([, type]) => type === 0), [...this.threads]];
    return guildPayload({
      channels: texts.map(([id]) => ({ id, last: all.lastIn(id) })),
      threads: threads.map((id) => ({ id, last: all.lastIn(id), parent: all.parentOf(id) })),
      everyone: this.everyone,
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { body, files } = await readBody(Buffer.concat(chunks), request.headers['content-type'] ?? '');
    const url = new URL(request.url ?? '', 'http://discord');
    const path = url.pathname.replace(/^\/api\/v10/, '').replaceAll('%40', '@');
    const call: Call = {
      ...{ method: request.method ?? '', path, query: url.searchParams, body, files, status: null },
    };
    this.calls.push(call);
    const at = this.faults.findIndex((fault) => fault.fits(call));
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    if (fault?.isLost) this.#answer(call);
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
    const { path } = call;
    const [kind, id = '', sub, subId = '', last] = path.split('/').slice(1);
    const found = (value: unknown) => ({ status: 200, body: value });
    if (path === '/applications/@me')
      return found({ id: application, name: 'Nerdy', flags: this.applicationFlags });
    if (path === '/gateway/bot') {
      const { port } = this.#server.address() as AddressInfo;
      const limit = { total: 1_000, remaining: 999, reset_after: 0, max_concurrency: 1 };
      return found({ url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit });
    }
    if (kind === 'applications') return this.commands.answer(call);
    if (kind === 'guilds' && sub === 'members')
      return found({ ...memberPayload(this.memberRoles), user: { id: subId } });
    if (path === '/users/@me/guilds') return found(this.guilds);
    if (path === '/users/@me/channels') return found({ id: fakeIds.direct, type: 1 });
    if (kind === 'interactions') return this.#interactions.first(id, call);
    if (kind === 'webhooks')
      return this.#interactions.after((sub ?? '').replace('token-', ''), last ?? null, call);
    if (kind === 'channels') return this.#channels.answer(call);
    return { status: 404, body: { code: 0, message: '404: Not Found' } };
  }
}
