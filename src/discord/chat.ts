import { createHash } from 'node:crypto';
import {
  type APIChannel,
  type APIMessage,
  ChannelType,
  MessageFlags,
  type RawFile,
  type REST,
  RESTJSONErrorCodes,
  Routes,
} from 'discord.js';
import type { Sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { ChatContent, ChatSurface, PostedMessage, PostOutcome, PostTarget } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Rendered } from './layout.ts';
import {
  findMessagesMax,
  nonceCharsMax,
  oldEditRetryMs,
  rememberedMax,
  threadArchiveMinutes,
} from './limits.ts';
import { codeOf, outcomeOf } from './outcome.ts';
import { remember } from './remembered.ts';
import { render, threadName } from './render.ts';

export interface DiscordChatParts {
  rest: REST;
  /** Our own user id once it is known; null before. */
  me: () => string | null;
  /** True while Discord can't serve the server that this channel is in. */
  isOutage: (channel: string) => boolean;
  clock: Clock;
  log: Log;
}

/** Where a message really goes: a thread is a channel of its own. */
interface Spot {
  channel: string;
  /** The message that it answers, where there is no thread to stand in. */
  replyTo: string | null;
}

type ChannelKind = 'direct' | 'thread' | 'channel';

const nonceOf = (postId: string): string =>
  createHash('sha256').update(postId).digest('base64url').slice(0, nonceCharsMax);

/** The container's own number: it stays with the message, so that it is found again when the nonce is forgotten. */
const markOf = (postId: string): number =>
  // Below two to the thirtieth: Discord says "32 bit integer", not whether it has a sign.
  (createHash('sha256').update(postId).digest().readUInt32BE(0) >>> 2) + 1;

/** What Discord takes of a message, posted or edited. */
export const bodyOf = (rendered: Rendered, mark: number | null) => ({
  flags: MessageFlags.IsComponentsV2,
  components: [mark === null ? rendered.container : { ...rendered.container, id: mark }],
  allowed_mentions: { parse: [], users: rendered.calls, replied_user: false },
  attachments: rendered.files.map(({ name }, id) => ({ id, filename: name })),
});

export const filesOf = (rendered: Rendered): RawFile[] =>
  rendered.files.map(({ name, bytes }) => ({ name, data: bytes }));

/**
 * Discord as a surface. A thread has the id of the message that it hangs under, so a target says all that is needed;
 * it is opened when the first message goes into it.
 */
export class DiscordChat implements ChatSurface {
  readonly surface = 'discord';
  readonly #parts: DiscordChatParts;
  readonly #kinds = new Map<string, ChannelKind>();
  /** Marks by message, so that an edit keeps what `find` looks for. */
  readonly #marks = new Map<string, number>();
  #isStopped = false;

  constructor(parts: DiscordChatParts) {
    this.#parts = parts;
  }

  /** From now on every post is answered `later`: after the next start. */
  stop(): void {
    this.#isStopped = true;
  }

  start(): void {
    this.#isStopped = false;
  }

  async post(
    postId: string,
    to: PostTarget,
    content: ChatContent,
    signal: AbortSignal,
  ): Promise<PostOutcome> {
    return this.#tell(to.channel, signal, async (own) => {
      const rendered = render.content(content);
      const spot = await this.#spotFor(to, content, own);
      const message = await this.#create(postId, spot, rendered, own).catch(async (err: unknown) => {
        // Deleted since something was last written in it.
        const isThreadGone = spot.channel === to.under && codeOf(err) === RESTJSONErrorCodes.UnknownChannel;
        if (!isThreadGone) throw err;
        this.forgetThread(spot.channel);
        return this.#create(postId, await this.#spotFor(to, content, own), rendered, own);
      });
      remember(this.#marks, message.id, markOf(postId), rememberedMax);
      return posted(message);
    });
  }

  /** Told that it is deleted: the next message that belongs there opens another. */
  forgetThread(thread: string): void {
    this.#kinds.delete(thread);
  }

  async update(message: PostedMessage, content: ChatContent, signal: AbortSignal): Promise<PostOutcome> {
    const rendered = render.content(content);
    const route = Routes.channelMessage(message.channel, message.id);
    const body = bodyOf(rendered, this.#marks.get(message.id) ?? null);
    const { rest } = this.#parts;
    return this.#tell(message.channel, signal, async (own) => {
      const edit = () => rest.patch(route, { body, files: filesOf(rendered), signal: own });
      try {
        await edit();
      } catch (err) {
        if (codeOf(err) !== RESTJSONErrorCodes.InvalidActionOnArchivedThread) throw err;
        // Only an edit asks for this: a new message brings a thread back by itself.
        await rest.patch(Routes.channel(message.channel), { body: { archived: false }, signal: own });
        await edit();
      }
      return { kind: 'posted', message };
    });
  }

  async find(
    postId: string,
    to: PostTarget,
    _content: ChatContent,
    signal: AbortSignal,
  ): Promise<PostedMessage | null> {
    const { rest } = this.#parts;
    const query = new URLSearchParams({ limit: String(findMessagesMax) });
    const found = await linked(signal, async (own) => {
      const kind = await this.#kindOf(to.channel, own);
      const channel = kind === 'channel' && to.under !== null ? to.under : to.channel;
      return (await rest.get(Routes.channelMessages(channel), { query, signal: own })) as APIMessage[];
    }).catch((err: unknown): APIMessage[] => {
      // A thread that was never opened, or a channel that is gone: the post tells which.
      if (codeOf(err) !== null) return [];
      throw err;
    });
    const mark = markOf(postId);
    const message = found.find(
      (one) => one.author.id === this.#parts.me() && one.components?.some(({ id }) => id === mark),
    );
    if (!message) return null;
    remember(this.#marks, message.id, mark, rememberedMax);
    return { channel: message.channel_id, id: message.id };
  }

  async whisper(_to: PostTarget, person: Actor, said: Sentence, signal: AbortSignal): Promise<void> {
    const { rest, log } = this.#parts;
    try {
      await linked(signal, async (own) => {
        const body = { recipient_id: person.id };
        const direct = (await rest.post(Routes.userChannels(), { body, signal: own })) as APIChannel;
        const message = bodyOf(render.said(said), null);
        await rest.post(Routes.channelMessages(direct.id), { body: message, signal: own });
      });
    } catch (err) {
      if (signal.aborted) throw err;
      log.warn({ err, person: person.id, code: said.code }, 'a person could not be told');
    }
  }

  /** The channel that a thread hangs in; null for what is no thread, or can't be seen. */
  async parentOf(thread: string): Promise<string | null> {
    const channel = (await this.#parts.rest
      .get(Routes.channel(thread))
      .catch(() => null)) as APIChannel | null;
    return channel && 'parent_id' in channel ? (channel.parent_id ?? null) : null;
  }

  /** Answers a message where it stands; the same message is answered once. */
  async reply(channel: string, message: string, rendered: Rendered): Promise<PostOutcome> {
    const { signal } = new AbortController();
    return this.#tell(channel, signal, async (own) =>
      posted(await this.#create(`reply ${message}`, { channel, replyTo: message }, rendered, own)),
    );
  }

  /** Posts once for `postId`, however often it is called within Discord's memory of nonces. */
  async #create(
    postId: string,
    { channel, replyTo }: Spot,
    rendered: Rendered,
    signal: AbortSignal,
  ): Promise<APIMessage> {
    const body = {
      ...bodyOf(rendered, markOf(postId)),
      nonce: nonceOf(postId),
      enforce_nonce: true,
      ...(replyTo === null ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
    };
    const route = Routes.channelMessages(channel);
    return (await this.#parts.rest.post(route, { body, files: filesOf(rendered), signal })) as APIMessage;
  }

  async #spotFor({ channel, under }: PostTarget, content: ChatContent, signal: AbortSignal): Promise<Spot> {
    if (under === null) return { channel, replyTo: null };
    const kind = await this.#kindOf(channel, signal);
    if (kind === 'thread') return { channel, replyTo: null };
    if (kind === 'direct') return { channel, replyTo: under };
    if (this.#kinds.get(under) === 'thread') return { channel: under, replyTo: null };
    return this.#openThread(channel, under, content, signal);
  }

  /** Where no thread can be opened the message stands in the channel: an answer that nobody sees is worse. */
  async #openThread(
    channel: string,
    under: string,
    content: ChatContent,
    signal: AbortSignal,
  ): Promise<Spot> {
    const { rest, log } = this.#parts;
    const body = { name: threadName(content), auto_archive_duration: threadArchiveMinutes };
    try {
      await rest.post(Routes.threads(channel, under), { body, signal });
    } catch (err) {
      if (codeOf(err) === null) throw err;
      // A thread that somebody opened by itself hangs under no message; one whose message was deleted stays; and one
      // that was there may be deleted by now.
      const isThere = (await this.#kindOf(under, signal).catch(() => null)) === 'thread';
      if (!isThere) {
        log.warn({ err, channel, under }, 'no thread could be opened, so the answer stands in the channel');
        return { channel, replyTo: under };
      }
    }
    remember(this.#kinds, under, 'thread', rememberedMax);
    return { channel: under, replyTo: null };
  }

  async #kindOf(id: string, signal: AbortSignal): Promise<ChannelKind> {
    const known = this.#kinds.get(id);
    if (known) return known;
    const { type } = (await this.#parts.rest.get(Routes.channel(id), { signal })) as APIChannel;
    const kind = kindOfChannel(type);
    remember(this.#kinds, id, kind, rememberedMax);
    return kind;
  }

  async #tell(
    channel: string,
    signal: AbortSignal,
    call: (own: AbortSignal) => Promise<PostOutcome>,
  ): Promise<PostOutcome> {
    if (this.#isStopped) return { kind: 'later', retryAfterMs: 1_000, reason: 'the server is stopping' };
    try {
      return await linked(signal, call);
    } catch (err) {
      if (signal.aborted) throw err;
      const outcome = outcomeOf(err);
      // What Discord denies during its own outage is there again afterwards.
      return outcome.kind === 'gone' && this.#parts.isOutage(channel)
        ? { kind: 'later', retryAfterMs: oldEditRetryMs, reason: 'an outage of Discord' }
        : outcome;
    }
  }
}

/** A signal of the call's own: the library never takes its listeners off, and the publisher's signal lives as long as it. */
const linked = async <T>(signal: AbortSignal, call: (own: AbortSignal) => Promise<T>): Promise<T> => {
  const own = new AbortController();
  const end = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    return await call(own.signal);
  } finally {
    signal.removeEventListener('abort', end);
  }
};

const posted = (message: APIMessage): PostOutcome => ({
  kind: 'posted',
  message: { channel: message.channel_id, id: message.id },
});

export const kindOfChannel = (type: ChannelType): ChannelKind => {
  if (type === ChannelType.DM || type === ChannelType.GroupDM) return 'direct';
  const threads: readonly ChannelType[] = [
    ChannelType.PublicThread,
    ChannelType.PrivateThread,
    ChannelType.AnnouncementThread,
  ];
  return threads.includes(type) ? 'thread' : 'channel';
};
