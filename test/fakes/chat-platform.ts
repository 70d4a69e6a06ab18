import { sentence } from '../../src/core/sentences.ts';
import type { ChatAdapter, ChatParts } from '../../src/flow/chat-adapter.ts';
import type { Heard, HeardOutcome } from '../../src/flow/hear.ts';
import type { ChatContent, PostedMessage, PostOutcome, PostTarget } from '../../src/ports/chat.ts';

export interface PlatformMessage extends PostedMessage {
  postId: string;
  under: string | null;
  content: ChatContent;
}

/** A chat platform within the process: it keeps what was posted, and people say things in it. */
export class ChatPlatform {
  readonly messages: PlatformMessage[] = [];
  /** What its connection did, in order. */
  readonly calls: string[] = [];
  /** Who is in which group. */
  readonly groups = new Map<string, readonly string[]>();
  isDown = false;
  readonly #surface: string;
  #parts: ChatParts | null = null;
  #events = 0;
  readonly #listeners = new Set<() => void>();

  constructor(surface: string) {
    this.#surface = surface;
  }

  get parts(): ChatParts {
    if (!this.#parts) throw new Error('no adapter was made of it');
    return this.#parts;
  }

  readonly make = (parts: ChatParts): ChatAdapter => {
    this.#parts = parts;
    const surface = this.#surface;
    const path = `/${surface}/events`;
    return {
      surface: {
        surface,
        post: async (postId, to, content) => this.#keep(postId, to, content),
        update: async (message, content) => this.#change(message, content),
        find: async (postId) => this.messages.find((m) => m.postId === postId) ?? null,
        whisper: async () => {},
      },
      connection: {
        surface,
        name: surface,
        start: async () => void this.calls.push('start'),
        stop: async () => void this.calls.push('stop'),
        trouble: () => (this.isDown ? sentence('surface_missing', { surface }) : null),
      },
      route: {
        path,
        answer: async ({ headers, body }) => ({
          status: 202,
          headers: { 'content-type': 'text/plain' },
          body: `${headers['x-signature']} ${body.toString('hex')}`,
        }),
      },
      groups: { groupsOf: (identity) => this.groups.get(identity) ?? [] },
    };
  };

  /** A person says something to us, at the channel's top unless told otherwise. */
  say(text: string, over: Partial<Heard> = {}): Promise<HeardOutcome> {
    this.#events++;
    return this.parts.hearing.hear({
      surface: this.#surface,
      channel: 'C1',
      under: null,
      text,
      context: null,
      on: null,
      by: { kind: 'person', surface: this.#surface, id: 'U1', name: 'Ada' },
      eventId: `${this.#surface}-${this.#events}`,
      isAddressed: true,
      ...over,
    });
  }

  /** Resolves with the first message that fits, now or once it is posted or updated so. */
  shows(fits: (message: PlatformMessage) => boolean): Promise<PlatformMessage> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.messages.find(fits);
        if (!found) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  #keep(postId: string, { channel, under }: PostTarget, content: ChatContent): PostOutcome {
    const id = `${this.#surface}-m${this.messages.length + 1}`;
    this.messages.push({ postId, channel, under, id, content });
    this.#tell();
    return { kind: 'posted', message: { channel, id } };
  }

  #change({ id, channel }: PostedMessage, content: ChatContent): PostOutcome {
    const known = this.messages.find((m) => m.id === id && m.channel === channel);
    if (!known) return { kind: 'missing' };
    known.content = content;
    this.#tell();
    return { kind: 'posted', message: { channel, id } };
  }

  #tell(): void {
    for (const look of [...this.#listeners]) look();
  }
}
