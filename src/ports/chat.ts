import type { Card } from '../core/card.ts';
import type { Place } from '../core/task.ts';

/** A message that shows a task, as the surface knows it. `id` is Slack's timestamp, Discord's snowflake. */
export interface PostedMessage {
  channel: string;
  id: string;
}

export type PostOutcome =
  | { kind: 'posted'; message: PostedMessage }
  /** Try again no earlier than `retryAfterMs` from now: a rate limit, or the far end is down. */
  | { kind: 'later'; retryAfterMs: number; reason: string }
  /** Never: the channel is gone or the bot was removed. The task goes on without this post. */
  | { kind: 'gone'; reason: string };

/**
 * One surface where cards are posted. Implementations translate and send; they decide nothing.
 *
 * - `postId` is ours and stays the same for each try: the message carries it, so that `find` finds what an earlier
 *   try posted before a crash.
 * - Only the publisher calls it, one call at a time for each place, in order.
 * - What the far end can cause is an outcome, not a throw.
 */
export interface ChatSurface {
  readonly surface: string;
  post(postId: string, place: Place, card: Card, signal: AbortSignal): Promise<PostOutcome>;
  update(message: PostedMessage, card: Card, signal: AbortSignal): Promise<PostOutcome>;
  /** The message that carries `postId`, or null when there is none. */
  find(postId: string, place: Place, signal: AbortSignal): Promise<PostedMessage | null>;
}
