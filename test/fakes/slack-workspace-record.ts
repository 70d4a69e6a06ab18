/** Whatever travels as JSON: a block, a view, a payload. */
export type Json = Record<string, unknown>;

export interface SlackPerson {
  id: string;
  /** What people write after the @. */
  name: string;
  realName: string;
  isBot: boolean;
  locale: string;
}

export interface SlackChannel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'mpim' | 'im';
  members: Set<string>;
  isArchived: boolean;
  messages: SlackMessage[];
}

export interface SlackMessage {
  ts: string;
  channel: string;
  user: string;
  isOurs: boolean;
  /** Of another app's bot that wrote it; undefined for people and for ours. */
  botId?: string;
  text: string;
  blocks: Json[];
  threadTs: string | null;
  metadata: Json | null;
  files: SlackFile[];
  /** Of a person's own eyes only; null for everybody's. */
  ephemeralTo: string | null;
  edits: number;
  /** While it is streamed. */
  isStreaming: boolean;
  /** What stays of a message that was deleted and had replies. */
  isTombstone: boolean;
}

export interface SlackFile {
  id: string;
  name: string;
  title: string;
  bytes: Buffer;
}

/** An answer with `ok: false`, by Slack's own name of the error. */
export class SlackRefusal extends Error {
  readonly fields: Json;
  constructor(error: string, fields: Json = {}) {
    super(error);
    this.name = 'SlackRefusal';
    this.fields = fields;
  }
}

export const botUser = 'U0NERDYBOT';
export const teamId = 'T0TEAM';
export const appId = 'A0NERDY';
export const botId = 'B0NERDY';

/** Everything that a workspace remembers; it knows no sockets. */
export class SlackRecord {
  readonly people = new Map<string, SlackPerson>();
  readonly channels = new Map<string, SlackChannel>();
  readonly groups = new Map<string, { id: string; handle: string; users: string[] }>();
  readonly #waiting = new Set<() => void>();
  readonly #onMessage: ((kind: MessageChange, message: SlackMessage, before: SlackMessage | null) => void)[] =
    [];
  #count = 0;

  constructor() {
    this.addPerson(botUser, 'nerdy', { isBot: true });
  }

  /** A fresh id with Slack's kind of letter in front. */
  makeId(letter: string): string {
    this.#count++;
    return `${letter}${String(this.#count).padStart(8, '0')}`;
  }

  /** Timestamps are the ids of messages: unique in a channel, and in order. */
  makeTs(): string {
    this.#count++;
    return `${Math.floor(Date.now() / 1000)}.${String(this.#count).padStart(6, '0')}`;
  }

  /** Slack gives an id to each block that comes without one. */
  withIds(blocks: readonly Json[]): Json[] {
    return blocks.map((block) => (block.block_id ? block : { ...block, block_id: this.makeId('b') }));
  }

  addPerson(id: string, name: string, { isBot = false, locale = 'en-US' } = {}): SlackPerson {
    const person = { id, name, realName: name, isBot, locale };
    this.people.set(id, person);
    return person;
  }

  addChannel(name: string, kind: SlackChannel['kind'], members: readonly string[]): SlackChannel {
    const id = this.makeId(kind === 'im' ? 'D' : 'C');
    const channel = { id, name, kind, members: new Set(members), isArchived: false, messages: [] };
    this.channels.set(id, channel);
    return channel;
  }

  personNamed(name: string): SlackPerson {
    const person = [...this.people.values()].find((p) => p.name === name || p.id === name);
    if (!person) throw new Error(`nobody is called ${name}`);
    return person;
  }

  channelNamed(name: string): SlackChannel {
    const channel = [...this.channels.values()].find((c) => c.name === name || c.id === name);
    if (!channel) throw new Error(`no channel is called ${name}`);
    return channel;
  }

  /** The direct messages between a person and the bot, opened when first needed. */
  directOf(person: SlackPerson): SlackChannel {
    const name = `dm-${person.name}`;
    const known = [...this.channels.values()].find((c) => c.name === name);
    return known ?? this.addChannel(name, 'im', [person.id, botUser]);
  }

  /** As the bot finds it: what it can't see doesn't exist for it. */
  channelForBot(id: unknown): SlackChannel {
    const channel = this.channels.get(String(id ?? ''));
    const isHidden = channel && channel.kind !== 'public' && !channel.members.has(botUser);
    if (!channel || isHidden) throw new SlackRefusal('channel_not_found');
    return channel;
  }

  messageIn(channel: SlackChannel, ts: unknown): SlackMessage | null {
    return channel.messages.find((m) => m.ts === ts && m.ephemeralTo === null && !m.isTombstone) ?? null;
  }

  add(made: Pick<SlackMessage, 'channel' | 'user' | 'text'> & Partial<SlackMessage>): SlackMessage {
    const message: SlackMessage = {
      ts: this.makeTs(),
      isOurs: made.user === botUser,
      blocks: [],
      threadTs: null,
      metadata: null,
      files: [],
      ephemeralTo: null,
      edits: 0,
      isStreaming: false,
      isTombstone: false,
      ...made,
    };
    this.channelNamed(message.channel).messages.push(message);
    this.#tell('posted', message, null);
    return message;
  }

  change(message: SlackMessage, fields: Partial<SlackMessage>): void {
    const before = { ...message };
    Object.assign(message, fields, { edits: message.edits + 1 });
    this.#tell('changed', message, before);
  }

  remove(message: SlackMessage): void {
    const { messages } = this.channelNamed(message.channel);
    const before = { ...message };
    if (messages.some((m) => m.threadTs === message.ts)) {
      Object.assign(message, {
        isTombstone: true,
        text: 'This message was deleted.',
        blocks: [],
        metadata: null,
      });
    } else {
      messages.splice(messages.indexOf(message), 1);
    }
    this.#tell('deleted', message, before);
  }

  onMessage(tell: (kind: MessageChange, message: SlackMessage, before: SlackMessage | null) => void): void {
    this.#onMessage.push(tell);
  }

  /** Something that isn't a message has changed: a view, a socket, a call. */
  changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves with what `look` finds, looking again after each change. */
  until<T>(look: () => T | null | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const tryAgain = (): void => {
        try {
          const found = look();
          if (found === null || found === undefined) return;
          this.#waiting.delete(tryAgain);
          resolve(found);
        } catch (err) {
          this.#waiting.delete(tryAgain);
          reject(err);
        }
      };
      this.#waiting.add(tryAgain);
      tryAgain();
    });
  }

  #tell(kind: MessageChange, message: SlackMessage, before: SlackMessage | null): void {
    for (const tell of this.#onMessage) tell(kind, message, before);
    this.changed();
  }
}

export type MessageChange = 'posted' | 'changed' | 'deleted';
