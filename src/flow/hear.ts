import type { Card } from '../core/card.ts';
import type { Listing } from '../core/listing.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { PostedMessage } from '../ports/chat.ts';

/** What a person said on a chat surface, its markup turned into plain text and our own name cut off. */
export interface Heard {
  surface: string;
  channel: string;
  /** The message in whose thread it was said, by the platform's own id; null at the channel's top. */
  under: string | null;
  text: string;
  /** A message that somebody pointed at ("ask about this"): data of whoever wrote it, never typed by the asker (law 5). */
  context: string | null;
  /** Machines chosen beside the words; null for none. */
  on: string | null;
  by: Actor;
  /** The delivery's own unique id, so that a redelivery acts once. */
  eventId: string;
  /** False for a message that only stands in a thread of ours: it may be meant for a colleague. */
  isAddressed: boolean;
}

export type HeardOutcome =
  /** A task was made; the publisher posts its card. */
  | { kind: 'asked'; card: Card }
  /** That task's card will be posted here too, and follows from now on. */
  | { kind: 'shown'; card: Card }
  | { kind: 'listing'; listing: Listing }
  | { kind: 'refused'; sentence: Sentence }
  /** Said in a thread that is not ours, or empty there: nothing to answer. */
  | { kind: 'ignored' };

/**
 * Where chat surfaces bring what they hear; it finds the conversation and reads commands, so that a word means the
 * same everywhere. Committed when its promise resolves (law 7).
 */
export interface Hearing {
  hear(heard: Heard): Promise<HeardOutcome>;
  /** True where a message of ours, or a task, stands there: replies are then heard without a mention. */
  isOurThread(surface: string, channel: string, under: string): Promise<boolean>;
  /** The platform lets us into a channel, perhaps again: what could not be shown there meanwhile is. */
  letIn(surface: string, channel: string): Promise<void>;
  /** Somebody deleted a message: what of ours is still open is posted anew. */
  messageGone(surface: string, message: PostedMessage): Promise<void>;
  /**
   * The same of a thread with all in it.
   *
   * @param under the message that it hung under; its own id on a platform whose threads are channels.
   */
  threadGone(surface: string, channel: string, under: string): Promise<void>;
}
