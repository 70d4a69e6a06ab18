import { z } from 'zod';
import type { PostedMessage, PostTarget } from '../ports/chat.ts';
import { findPageMessages, findPagesMax } from './limits.ts';
import { postIdIn, postMetadata } from './post-metadata.ts';
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

const anything = z.object({});
const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      bot_id: z.string().optional(),
      metadata: z.unknown().optional(),
      streaming_state: z.string().optional(),
      files: z.array(z.object({ id: z.string(), name: z.string().nullish() })).optional(),
    }),
  ),
  has_more: z.boolean().optional(),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Where there is nothing to find, nothing was posted: the channel is gone, or the thread's first message. */
const nowhere: readonly string[] = ['channel_not_found', 'not_in_channel', 'thread_not_found', 'is_archived'];

/** A stream ends as `completed` by our word alone; Slack ends it as `errored` some minutes after the last. */
const openStreams: readonly (string | undefined)[] = ['in_progress', 'errored'];

interface WantedPost {
  postId: string;
  fileName: string | null;
  /** Ours: another app may write any metadata into its own messages. Null while it isn't known. */
  bot: string | null;
  /** It may be a stream that was left open. */
  isStreamed: boolean;
}

/**
 * The message that carries `postId`, among the latest of its channel or those of its thread; of a file the id, since
 * uploads carry no metadata and are known by their names.
 *
 * @throws FindError where Slack didn't answer.
 */
export const findPost = async (
  web: SlackWeb,
  wanted: WantedPost,
  to: PostTarget,
  signal: AbortSignal,
): Promise<PostedMessage | null> => {
  let cursor: string | undefined;
  let stream: PostedMessage | null = null;
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
      if (message.bot_id === undefined || (wanted.bot ?? message.bot_id) !== message.bot_id) continue;
      const file = message.files?.find(({ name }) => name === wanted.fileName);
      if (wanted.fileName !== null && file) return { channel: to.channel, id: file.id };
      if (wanted.fileName === null && postIdIn(message.metadata) === wanted.postId) {
        return { channel: to.channel, id: message.ts };
      }
      const isOpen = message.metadata === undefined && openStreams.includes(message.streaming_state);
      if (isOpen && wanted.isStreamed && wanted.bot !== null)
        stream ??= { channel: to.channel, id: message.ts };
    }
    cursor = called.result.response_metadata?.next_cursor || undefined;
    if (cursor === undefined || called.result.has_more === false) break;
  }
  return stream && adopt(web, stream, wanted.postId, signal);
};

/** Ends a stream of an earlier life and marks it, so that no other post takes it for its own. */
const adopt = async (
  web: SlackWeb,
  stream: PostedMessage,
  postId: string,
  signal: AbortSignal,
): Promise<PostedMessage> => {
  const at = { channel: stream.channel, ts: stream.id, metadata: postMetadata(postId) };
  const stopped = await web.call('chat.stopStream', at, anything, signal);
  if (stopped.kind === 'ok') return stream;
  const marked = await web.call('chat.update', { ...at, text: '…' }, anything, signal);
  if (marked.kind === 'failed') throw new FindError(marked);
  return stream;
};
