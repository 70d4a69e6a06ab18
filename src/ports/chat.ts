import type { Card } from '../core/card.ts';
import type { IncidentCard } from '../core/incident-card.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Service } from './service.ts';

/** A message of ours, as the surface knows it. `id` is Slack's timestamp, Discord's snowflake. */
export interface PostedMessage {
  channel: string;
  id: string;
}

/** Where a message goes. */
export interface PostTarget {
  channel: string;
  /** The message in whose thread it stands, by the platform's own id; null at the channel's top. */
  under: string | null;
}

/** What a message shows. A surface renders it anew for each post and update; it never keeps any of it. */
export type ChatContent =
  /** `isAnew`: the earlier message was deleted, and this one, which says so, stands in for it. */
  | { kind: 'card'; card: Card; isAnew: boolean }
  /**
   * The words of an answer while they are written: all so far, each time longer. `callsAsker`: it took long, so the
   * person who asked is named in the message; the same in all that one message shows, as an edit calls nobody.
   */
  | { kind: 'words'; task: number; asker: Actor; text: string; callsAsker: boolean }
  /** The answer of a task that has ended. */
  | { kind: 'answer'; card: Card; callsAsker: boolean }
  /** What the runs printed, whole or as much as is kept, as a file. */
  | { kind: 'output'; task: number; file: OutputFile }
  | { kind: 'incident'; incident: IncidentCard; isAnew: boolean };

export interface OutputFile {
  /** `nerdy-1042.txt`: unique for its post, so that `find` can tell it. */
  name: string;
  title: string;
  bytes: Buffer;
}

export type PostOutcome =
  | { kind: 'posted'; message: PostedMessage }
  /**
   * Try again no earlier than `retryAfterMs` from now: a rate limit, or the far end is down. Put off, a new message
   * holds up all new ones of its channel, so that their order is kept; an update waits alone, and so does a file. `isUnsure`: the call went out and nobody knows whether it was done (a timeout, a
   * connection that broke), so `find` looks before the next try. `refusal`: the platform answered no, perhaps to this
   * message alone; where it goes on doing so, the message gives way to the others, and is tried by itself.
   */
  | { kind: 'later'; retryAfterMs: number; reason: string; isUnsure?: boolean; refusal?: Sentence }
  /** Of an update: somebody deleted the message. The publisher posts it anew. */
  | { kind: 'missing' }
  /**
   * Never: the channel is gone, archived, or the bot was removed. The task goes on without this post. `isShut`: it is the
   * channel that is closed to us, so the post is wanted again once the platform says that we are let in.
   */
  | { kind: 'gone'; reason: Sentence; isShut?: boolean };

/**
 * One surface where messages are posted. Implementations translate and send; they decide nothing.
 *
 * - `postId` is ours and stays the same for each try: the message carries it, so that `find` finds what an earlier
 *   try posted before a crash. What stands in for a deleted message has another one.
 * - `find` is called only where an earlier try may have posted: one of an earlier life, or one that threw or was unsure.
 * - Only the publisher calls `post`, `update` and `find`, one call at a time for each channel, in order.
 * - It keeps the platform's pace by itself: where a call would be too soon it answers `later` at once, and the
 *   publisher shows what is true by then. It never waits inside a call for longer than the call itself takes.
 * - What the far end can cause is an outcome, not a throw. After a throw that post alone waits, and others go on.
 * - Everything in a content is text from people, machines, alerts and models: it is escaped for the platform, so
 *   that nobody is called and nothing is linked but by ourselves (law 5).
 */
export interface ChatSurface {
  readonly surface: string;
  post(postId: string, to: PostTarget, content: ChatContent, signal: AbortSignal): Promise<PostOutcome>;
  update(message: PostedMessage, content: ChatContent, signal: AbortSignal): Promise<PostOutcome>;
  /** The message that carries `postId`, or null when there is none. */
  find(
    postId: string,
    to: PostTarget,
    content: ChatContent,
    signal: AbortSignal,
  ): Promise<PostedMessage | null>;
  /** Tells one person alone, at most once and as well as the platform can; what can't be told is logged. */
  whisper(to: PostTarget, person: Actor, said: Sentence, signal: AbortSignal): Promise<void>;
}

/**
 * A chat platform's connection: started with the server, told apart from its posts. `start` resolves after the first
 * try to connect, be it in vain: it goes on trying by itself, and rejects for faults of ours alone. After `stop`
 * nothing is heard any more, and the surface's posts may answer `later`.
 */
export interface ChatConnection extends Service {
  readonly surface: string;
  /** Why people there can't be heard or answered now; null while all is well. `/ready` is red meanwhile. */
  trouble(): Sentence | null;
  /** What people there go without while all else is well; `/ready` stays green and says it. */
  lacks?(): Sentence | null;
}
