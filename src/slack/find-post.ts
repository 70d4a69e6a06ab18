import { z } from 'zod';
import type { PostedMessage, PostTarget } from '../ports/chat.ts';
import { findPageMessages, findPagesMax } from './limits.ts';
import { postIdIn } from './post-metadata.ts';
import type { CallFailure, SlackWeb } from './web.ts';

/** Nobody can say whether an earlier try was posted: Slack didn't tell. The publisher tries again later. */
export class FindError extends Error {
  readonly code = 'find_failed';
  readonly failure: CallFailure;
  constructor(failure: CallFailure) {
    super(`looking for a message of ours failed: ${failure.error}`);
    this.name = 'FindError';
    this.failure = failure;
  }
}

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      bot_id: z.string().optional(),
      metadata: z.unknown().optional(),
      files: z.array(z.object({ id: z.string(), name: z.string().nullish() })).optional(),
    }),
  ),
  has_more: z.boolean().optional(),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Where there is nothing to find, nothing was posted: the channel is gone, or the thread's first message. */
const nowhere: readonly string[] = ['channel_not_found', 'not_in_channel', 'thread_not_found', 'is_archived'];

/**
 * The message that carries `postId`, among the latest of its channel or those of its thread; of a file the id, since
 * uploads carry no metadata and are known by their names.
 *
 * @throws FindError where Slack didn't answer.
 */
export const findPost = async (
  web: SlackWeb,
  wanted: { postId: string; fileName: string | null },
  to: PostTarget,
  signal: AbortSignal,
): Promise<PostedMessage | null> => {
  let cursor: string | undefined;
  for (let pages = 0; pages < findPagesMax; pages += 1) {
    const args = {
      channel: to.channel,
      limit: findPageMessages,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const called =
      to.under === null
        ? await web.call('conversations.history', args, page, signal)
        : await web.call('conversations.replies', { ...args, ts: to.under }, page, signal);
    if (called.kind === 'failed') {
      if (nowhere.includes(called.error)) return null;
      throw new FindError(called);
    }
    for (const message of called.result.messages) {
      if (message.bot_id === undefined) continue;
      const file = message.files?.find(({ name }) => name === wanted.fileName);
      if (wanted.fileName !== null && file) return { channel: to.channel, id: file.id };
      if (wanted.fileName === null && postIdIn(message.metadata) === wanted.postId) {
        return { channel: to.channel, id: message.ts };
      }
    }
    cursor = called.result.response_metadata?.next_cursor || undefined;
    if (cursor === undefined || called.result.has_more === false) return null;
  }
  return null;
};
