import type { Sentence } from '../../src/core/sentences.ts';
import type { Actor } from '../../src/core/task.ts';
import type {
  ChatContent,
  ChatSurface,
  PostedMessage,
  PostOutcome,
  PostTarget,
} from '../../src/ports/chat.ts';

export interface FakeMessage {
  postId: string;
  to: PostTarget;
  content: ChatContent;
}

const numberOf = (content: ChatContent): number => {
  switch (content.kind) {
    case 'card':
    case 'answer':
      return content.card.task;
    case 'incident':
      return content.incident.number;
    default:
      return content.task;
  }
};

/** A chat that keeps what was posted, carries our post ids, and answers as a test says. */
export class FakeChat implements ChatSurface {
  readonly surface: string;
  readonly messages = new Map<string, FakeMessage>();
  /** `post card 1001`, `update answer 1001`, in order. */
  readonly calls: string[] = [];
  readonly whispers: { to: PostTarget; person: Actor; said: Sentence }[] = [];
  /** Answers the next calls in place of the chat. */
  next: (() => PostOutcome | Promise<PostOutcome>)[] = [];
  /** The same for every call; undefined for the chat's own answer. */
  always: () => PostOutcome | undefined = () => undefined;
  /** What happens between the chat's doing and its answer. */
  onAnswer: (signal: AbortSignal) => void | Promise<void> = () => {};
  /** In place of the chat's answer to what it has done. */
  afterwards: () => PostOutcome | undefined = () => undefined;
  readonly #busy = new Set<string>();
  #ids = 0;
  overlaps = 0;

  constructor(surface = 'chat') {
    this.surface = surface;
  }

  post(postId: string, to: PostTarget, content: ChatContent, signal: AbortSignal): Promise<PostOutcome> {
    return this.#call(`post ${content.kind} ${numberOf(content)}`, to.channel, signal, () => {
      const id = `m${++this.#ids}`;
      this.messages.set(id, { postId, to, content });
      return { kind: 'posted', message: { channel: to.channel, id } };
    });
  }

  update(message: PostedMessage, content: ChatContent, signal: AbortSignal): Promise<PostOutcome> {
    return this.#call(`update ${content.kind} ${numberOf(content)}`, message.channel, signal, () => {
      const known = this.messages.get(message.id);
      if (!known) return { kind: 'missing' };
      this.messages.set(message.id, { ...known, content });
      return { kind: 'posted', message };
    });
  }

  async find(postId: string, to: PostTarget): Promise<PostedMessage | null> {
    this.calls.push(`find ${postId}`);
    const found = [...this.messages].find(([, m]) => m.postId === postId);
    return found ? { channel: to.channel, id: found[0] } : null;
  }

  async whisper(to: PostTarget, person: Actor, said: Sentence): Promise<void> {
    this.whispers.push({ to, person, said });
  }

  /** What stands there now, in the order in which it was posted. */
  shown(): { to: PostTarget; content: ChatContent }[] {
    return [...this.messages.values()].map(({ to, content }) => ({ to, content }));
  }

  async #call(
    what: string,
    channel: string,
    signal: AbortSignal,
    act: () => PostOutcome,
  ): Promise<PostOutcome> {
    this.calls.push(what);
    if (this.#busy.has(channel)) this.overlaps++;
    this.#busy.add(channel);
    try {
      const outcome = (await this.next.shift()?.()) ?? this.always() ?? act();
      await this.onAnswer(signal);
      return this.afterwards() ?? outcome;
    } finally {
      this.#busy.delete(channel);
    }
  }
}
