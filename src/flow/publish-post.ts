import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor, Instant } from '../core/task.ts';
import type { ChatContent, ChatSurface, PostedMessage, PostOutcome, PostTarget } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Post, PostPart, type TaskRecord } from '../ports/store.ts';
import {
  fileRetryAgeFraction,
  fileTriedMs,
  publishFaultRetryMs,
  publishHeldWaitMs,
  publishWaitMs,
  refusedHoldMs,
  refusedRetryMsMax,
  refusedRetryMsMin,
  refusedTriedMs,
} from './limits.ts';
import { withoutMessage } from './new-post.ts';
import { type ContentParts, followingPosts, type Wanted, wantedOf } from './publish-content.ts';
import { whitherOf } from './publish-place.ts';

export interface ShowParts extends ContentParts {
  surfaces: ReadonlyMap<string, ChatSurface>;
  clock: Clock;
  log: Log;
  /** A message that this publisher has not seen posted may be there all the same where the row is older than this. */
  startedAt: Instant;
  /** Posts of which a try ended so that nobody knows whether it posted. */
  unsure: Set<string>;
}

/** `later`: the channel waits that long. `content`: what a message shows now; null where none does. */
export type Shown =
  | { kind: 'settled'; content: ChatContent['kind'] | null }
  | { kind: 'later'; retryAfterMs: number };

const settled: Shown = { kind: 'settled', content: null };

/**
 * Renders one post and brings it to its surface. Whatever comes of it is in the row, but that the channel has to wait:
 * then the row is as it was, first in its order, and the next life tries at once.
 */
export const showPost = async (
  parts: ShowParts,
  post: Post,
  words: string | null,
  signal: AbortSignal,
): Promise<Shown> => {
  const surface = parts.surfaces.get(post.place.surface);
  if (!surface) return giveUp(parts, post, sentence('surface_missing', { surface: post.place.surface }));
  const wanted = await wantedOf(parts, post, words);
  switch (wanted.kind) {
    case 'missing':
      return giveUp(parts, post, sentence('post_subject_missing', {}));
    case 'nothing':
      return settle(parts, post, (p) => ({ ...p, shownRevision: wanted.revision }));
    case 'whisper':
      return whisper(parts, surface, post, wanted, signal);
    case 'content':
      return showContent(parts, surface, post, wanted, signal);
  }
};

type Content = Extract<Wanted, { kind: 'content' }>;

const showContent = async (
  parts: ShowParts,
  surface: ChatSurface,
  post: Post,
  wanted: Content,
  signal: AbortSignal,
): Promise<Shown> => {
  const known = messageOf(post);
  const whither = known ? { kind: 'known' as const, message: known } : await whitherOf(parts.store, post);
  if (whither.kind === 'wait') {
    const { until } = whither;
    const retryAt = (now: Instant): Instant =>
      Math.min(Math.max(until, now + publishWaitMs), now + publishHeldWaitMs);
    return settle(parts, post, (p, now) => ({ ...p, retryAt: retryAt(now) }));
  }
  if (whither.kind === 'gone') {
    const { reason: gone, isShut } = whither;
    return settle(parts, post, (p) => ({ ...p, gone, isShut }));
  }
  const { content } = wanted;
  let outcome: PostOutcome;
  try {
    outcome =
      whither.kind === 'known'
        ? await surface.update(whither.message, content, signal)
        : await postOnce(parts, surface, post, whither.to, content, signal);
  } catch (err) {
    parts.unsure.add(post.id);
    // Stopped in the middle: whether it was posted shows at the next start, by `find`.
    if (signal.aborted) return settled;
    parts.log.error({ err, post: post.id }, 'a surface failed');
    const faulty = (p: Post, now: Instant): Post => ({ ...p, retryAt: now + publishFaultRetryMs });
    // An answer doesn't wait for a card that is there and can't be brought up to date.
    return settle(parts, post, faulty, wanted.record);
  }
  return settleOutcome(parts, post, wanted, outcome);
};

/** Looks first whether an earlier try has posted it, where one may have. */
const postOnce = async (
  { startedAt, unsure }: ShowParts,
  surface: ChatSurface,
  post: Post,
  to: PostTarget,
  content: ChatContent,
  signal: AbortSignal,
): Promise<PostOutcome> => {
  // Platforms remember the id of a message that was deleted, and would take the next one for a repetition.
  const id = post.timesAnew > 0 ? `${post.id}-${post.timesAnew}` : post.id;
  const mayStand = post.createdAt < startedAt || unsure.has(post.id);
  const found = mayStand ? await surface.find(id, to, content, signal) : null;
  return found ? surface.update(found, content, signal) : surface.post(id, to, content, signal);
};

const messageOf = (post: Post): PostedMessage | null =>
  post.messageId !== null && post.messageChannel !== null
    ? { id: post.messageId, channel: post.messageChannel }
    : null;

const settleOutcome = async (
  parts: ShowParts,
  post: Post,
  shown: Content,
  outcome: PostOutcome,
): Promise<Shown> => {
  const { log, unsure } = parts;
  // What is put off says nothing of the try before it.
  if (outcome.kind !== 'later') unsure.delete(post.id);
  switch (outcome.kind) {
    case 'later': {
      const { retryAfterMs, reason, refusal } = outcome;
      if (outcome.isUnsure) unsure.add(post.id);
      log.debug({ post: post.id, retryAfterMs, reason }, 'a post was put off');
      if (post.part === PostPart.output) return putOffFile(parts, post, retryAfterMs);
      return refusal
        ? putOffRefused(parts, post, shown.record, { refusal, retryAfterMs })
        : { kind: 'later', retryAfterMs };
    }
    case 'gone':
      return giveUp(parts, post, outcome.reason, outcome.isShut);
    case 'missing': {
      const { timesAnew, gone } = withoutMessage(post);
      const then = gone ?? 'it is posted anew';
      log.warn({ post: post.id, times: timesAnew, then }, 'a message was deleted');
      return settle(parts, post, (p) => (isSameMessage(p, post) ? withoutMessage(p) : p));
    }
    case 'posted': {
      const { message } = outcome;
      await settle(
        parts,
        post,
        (p) =>
          isSameMessage(p, post)
            ? {
                ...p,
                messageId: message.id,
                messageChannel: message.channel,
                refused: null,
                shownRevision: Math.max(p.shownRevision, lastingRevision(post, shown.revision)),
              }
            : p,
        shown.record,
      );
      return { kind: 'settled', content: shown.content.kind };
    }
  }
};

/** False where we heard meanwhile that the message which was brought up to date is deleted. */
const isSameMessage = (now: Post, then: Post): boolean => now.timesAnew === then.timesAnew;

/** A file waits alone, longer each time: what nobody can take must not hold up what people wait for. */
const putOffFile = (parts: ShowParts, post: Post, retryAfterMs: number): Promise<Shown> => {
  const age = parts.clock.now() - post.createdAt;
  if (age > fileTriedMs) {
    const values = { task: post.subject.number, hours: fileTriedMs / 3_600_000 };
    return giveUp(parts, post, sentence('file_given_up', values));
  }
  const waitMs = Math.max(retryAfterMs, age * fileRetryAgeFraction);
  return settle(parts, post, (p, now) => ({ ...p, retryAt: Math.ceil(now + waitMs) }));
};

/**
 * The reason may be the channel's, whose order counts, so it is held up a while. Then this message alone gives way, is
 * tried seldomer each time, and says on the card where else it is shown why it is not here.
 */
const putOffRefused = async (
  parts: ShowParts,
  post: Post,
  record: TaskRecord | null,
  { refusal, retryAfterMs }: { refusal: Sentence; retryAfterMs: number },
): Promise<Shown> => {
  const now = parts.clock.now();
  const refused = { since: post.refused?.since ?? now, reason: refusal.text };
  const forMs = now - refused.since;
  if (forMs > refusedTriedMs) return giveUp(parts, post, refusal);
  if (forMs < refusedHoldMs) {
    // As after a throw, an answer doesn't wait for a card that is there.
    if (post.refused === null) await settle(parts, post, (p) => ({ ...p, refused }), record);
    return { kind: 'later', retryAfterMs };
  }
  const { id, place } = post;
  parts.log.warn({ post: id, place, reason: refused.reason }, 'a refused post gives way to the others');
  const waitMs = Math.min(Math.max(forMs, retryAfterMs, refusedRetryMsMin), refusedRetryMsMax);
  return settle(parts, post, (p) => ({ ...p, refused, retryAt: now + waitMs }), record);
};

/** A file is posted once: no later revision makes it old. */
const lastingRevision = ({ part }: Post, revision: number): number =>
  part === PostPart.output ? Number.MAX_SAFE_INTEGER : revision;

const giveUp = (parts: ShowParts, post: Post, reason: Sentence, isShut = false): Promise<Shown> => {
  parts.log.warn(
    { post: post.id, place: post.place, code: reason.code, reason: reason.text },
    'a post is given up',
  );
  return settle(parts, post, (p) => ({ ...p, gone: reason.text, isShut, refused: null }));
};

/** Settled first: what one person alone may see, and might see twice, is rather lost in a crash. */
const whisper = async (
  parts: ShowParts,
  surface: ChatSurface,
  post: Post,
  { to, said }: { to: Actor; said: Sentence },
  signal: AbortSignal,
): Promise<Shown> => {
  const whither = await whitherOf(parts.store, post);
  await settle(parts, post, (p) => ({ ...p, gone: sentence('reply_not_understood', {}).text }));
  const where = whither.kind === 'to' ? whither.to : { channel: post.place.channel, under: null };
  if (to.kind === 'person' && to.surface === post.place.surface) {
    await surface.whisper(where, to, said, signal).catch((err: unknown) => {
      parts.log.warn({ err, post: post.id }, 'a whisper was lost');
    });
  }
  return settled;
};

/** @param record what a card showed: its answer's posts are made in the same commit. */
const settle = (
  { store }: ShowParts,
  post: Post,
  next: (post: Post, now: Instant) => Post,
  record: TaskRecord | null = null,
) => {
  const task = post.part === PostPart.card ? { task: post.subject.number, allPosts: true } : {};
  return store.change<Shown>({ post: post.id, ...task }, (view) => {
    if (!view.post) return { result: settled };
    const after = next(view.post, view.now);
    const isFollowed = record && after.part === PostPart.card && after.messageId !== null;
    const following = isFollowed ? followingPosts(after, record, view.posts, view.now) : [];
    return { result: settled, writes: { posts: [after, ...following] } };
  });
};
