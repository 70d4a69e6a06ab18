import type { Replied } from './discord-interactions.ts';
import { messageFaults } from './discord-rules.ts';
import { botUser, type Call, type FakeMessage, fakeIds, shown } from './discord-shapes.ts';

const { guild } = fakeIds;

/** What a person wrote, as the gateway tells it and as it is read again. */
export interface SaidMessage {
  id: string;
  channel_id: string;
}

/** Channels, threads and the messages in them, behind the calls that write and read them. */
export class DiscordChannels {
  /** Ours. */
  readonly messages = new Map<string, FakeMessage>();
  /** Everybody else's. */
  readonly said = new Map<string, SaidMessage>();
  readonly threads = new Set<string>();
  /** With Discord's number of their kind. */
  readonly kinds = new Map<string, number>([
    [fakeIds.channel, 0],
    [fakeIds.direct, 1],
  ]);
  /** Of threads the channel that they hang in. */
  readonly parents = new Map<string, string>();
  readonly refusals: string[] = [];
  readonly #nonces = new Map<string, string>();
  readonly #nextId: () => string;

  constructor(nextId: () => string) {
    this.#nextId = nextId;
  }

  readonly refuse = (status: number, code: number, message: string): Replied => {
    this.refusals.push(message);
    return { status, body: { code, message } };
  };

  /** Ours in that channel, oldest first. */
  in(channel: string): FakeMessage[] {
    return [...this.messages.values()].filter((m) => m.channel_id === channel && m.author.bot);
  }

  parentOf(thread: string): string {
    return this.parents.get(thread) ?? fakeIds.channel;
  }

  /** The id of what was written there last, by whomever; null for nothing. */
  lastIn(channel: string): string | null {
    return this.#allIn(channel).at(-1)?.id ?? null;
  }

  /** `/channels/<id>` and what is under it. */
  answer(call: Call): Replied {
    const [, id = '', sub, message = '', last] = call.path.split('/').slice(1);
    const kind = this.#kindOf(id);
    if (kind === null) return { status: 404, body: { code: 10_003, message: 'Unknown Channel' } };
    if (sub === undefined) return this.#channel(id, kind);
    if (last === 'threads') return this.#openThread(id, message, call);
    if (sub !== 'messages') return { status: 404, body: { code: 0, message: '404: Not Found' } };
    if (call.method === 'GET') return { status: 200, body: this.#read(id, call.query) };
    const files = call.files.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) }));
    const faults = messageFaults(call.body, files);
    if (faults.length > 0) return this.refuse(400, 50_035, `Invalid Form Body: ${faults.join('; ')}`);
    return call.method === 'PATCH' ? this.#edit(message, call) : this.#post(id, call);
  }

  keep({ body, files }: Call, channel: string): FakeMessage {
    const id = this.#nextId();
    const message = {
      ...{ id, channel_id: channel, author: botUser(), content: '', components: [], flags: 0 },
      ...{ allowed_mentions: null, ...(body as object), files },
    };
    this.messages.set(id, message);
    return message;
  }

  #kindOf(id: string): number | null {
    return this.threads.has(id) ? 11 : (this.kinds.get(id) ?? null);
  }

  #channel(id: string, type: number): Replied {
    const parent = type === 11 ? { parent_id: this.parentOf(id) } : {};
    return { status: 200, body: { id, type, ...parent, ...(type === 1 ? {} : { guild_id: guild }) } };
  }

  #openThread(channel: string, message: string, { body }: Call): Replied {
    const { name } = body as { name: string };
    if (name.length < 1 || name.length > 100) return this.refuse(400, 50_035, 'Invalid Form Body: name');
    if (this.threads.has(message))
      return { status: 400, body: { code: 160_004, message: 'A thread has already been created' } };
    this.threads.add(message);
    this.parents.set(message, channel);
    return { status: 201, body: { id: message, type: 11, parent_id: channel } };
  }

  #allIn(channel: string): SaidMessage[] {
    const all = [...this.messages.values(), ...this.said.values()].filter((m) => m.channel_id === channel);
    return all.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }

  /** The newest first; after a message, those that came next. */
  #read(channel: string, query: URLSearchParams): object[] {
    const [after, limit] = [query.get('after'), Number(query.get('limit') ?? 50)];
    const all = this.#allIn(channel);
    const wanted =
      after === null ? all.slice(-limit) : all.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit);
    return wanted.reverse().map((one) => ('files' in one ? shown(one as FakeMessage) : one));
  }

  #edit(id: string, call: Call): Replied {
    const old = this.messages.get(id);
    if (!old) return { status: 404, body: { code: 10_008, message: 'Unknown Message' } };
    const edited = { ...old, ...(call.body as object), files: call.files };
    this.messages.set(id, edited);
    return { status: 200, body: shown(edited) };
  }

  #post(channel: string, call: Call): Replied {
    const { nonce } = call.body as { nonce?: string };
    const known = nonce === undefined ? undefined : this.messages.get(this.#nonces.get(nonce) ?? '');
    const message = known ?? this.keep(call, channel);
    if (nonce !== undefined) this.#nonces.set(nonce, message.id);
    return { status: 200, body: shown(message) };
  }
}
