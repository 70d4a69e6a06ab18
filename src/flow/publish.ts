import { sentence } from '../core/sentences.ts';
import type { ChatContent, ChatSurface, PostedMessage, PostOutcome, PostTarget } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Post, Store } from '../ports/store.ts';
import { cardFor } from './card-for.ts';
import { publishFaultRetryMs, publishSlots, publishSweepMs } from './limits.ts';
import type { Terms } from './terms.ts';
import { Worker } from './worker.ts';

/**
 * Keeps every posted message up to date by one rule: a post whose shown revision is behind its task's is rendered
 * again from the task. Rate limits, retries, coalescing and crash recovery fall out of it: however often a task
 * moved, one update shows where it stands.
 */
export const publishWorker = (parts: {
  store: Store;
  surfaces: ReadonlyMap<string, ChatSurface>;
  terms: Terms;
  clock: Clock;
  log: Log;
}): Worker => {
  const { store, surfaces, clock } = parts;
  const worker: Worker = new Worker({
    ...parts,
    name: 'publish',
    sweepMs: publishSweepMs,
    pass: async (signal) => {
      if (surfaces.size === 0) return;
      const behind = await store.listPostsBehind(clock.now(), publishSlots);
      await Promise.all([...byPlace(behind).values()].map((posts) => showPosts(parts, posts, signal)));
      // More may be behind than one pass takes, and a task may have moved while its card was on its way.
      if (behind.length > 0) worker.wake();
    },
  });
  store.onCommit(({ tasks }) => {
    if (tasks.size > 0) worker.wake();
  });
  return worker;
};

/** A surface is called for one post of a place at a time, oldest task first; places don't wait for each other. */
const byPlace = (posts: readonly Post[]): Map<string, Post[]> => {
  const places = new Map<string, Post[]>();
  for (const post of [...posts].sort((a, b) => a.task - b.task)) {
    const { surface, channel, thread } = post.place;
    const key = JSON.stringify([surface, channel, thread]);
    places.set(key, [...(places.get(key) ?? []), post]);
  }
  return places;
};

type PublishParts = Parameters<typeof publishWorker>[0];

const showPosts = async (parts: PublishParts, posts: readonly Post[], signal: AbortSignal): Promise<void> => {
  for (const post of posts) {
    if (signal.aborted) return;
    await showPost(parts, post, signal);
  }
};

const showPost = async (
  { store, surfaces, terms, log }: PublishParts,
  post: Post,
  signal: AbortSignal,
): Promise<void> => {
  const record = await store.getTask(post.task);
  const surface = surfaces.get(post.place.surface);
  if (!record || !surface) {
    const reason = sentence('surface_missing', { surface: post.place.surface });
    await settle(store, post, { kind: 'gone', reason }, post.shownRevision);
    return;
  }
  const card = cardFor(terms, record, await store.listAgents());
  const outcome = await send(surface, post, { kind: 'card', card, isAnew: false }, signal).catch(
    (err: unknown): PostOutcome | null => {
      if (signal.aborted) return null;
      log.error({ err, post: post.id }, 'a surface failed');
      return { kind: 'later', retryAfterMs: publishFaultRetryMs, reason: 'the surface failed' };
    },
  );
  // Stopped in the middle: whether it was posted shows at the next start, by `find`.
  if (outcome === null) return;
  if (outcome.kind !== 'posted') log.warn({ post: post.id, outcome }, 'a card could not be shown');
  await settle(store, post, outcome, record.task.revision);
};

const send = async (
  surface: ChatSurface,
  post: Post,
  content: ChatContent,
  signal: AbortSignal,
): Promise<PostOutcome> => {
  const to: PostTarget = { channel: post.place.channel, under: post.place.thread };
  const known = messageOf(post) ?? (await surface.find(post.id, to, content, signal));
  return known ? surface.update(known, content, signal) : surface.post(post.id, to, content, signal);
};

const messageOf = (post: Post): PostedMessage | null =>
  post.messageId !== null && post.messageChannel !== null
    ? { id: post.messageId, channel: post.messageChannel }
    : null;

const settle = (store: Store, post: Post, outcome: PostOutcome, revision: number): Promise<void> =>
  store.change({ post: post.id }, (view) => {
    if (!view.post) return { result: undefined };
    const next: Post =
      outcome.kind === 'posted'
        ? {
            ...view.post,
            messageId: outcome.message.id,
            messageChannel: outcome.message.channel,
            shownRevision: Math.max(view.post.shownRevision, revision),
          }
        : outcome.kind === 'later'
          ? { ...view.post, retryAt: view.now + outcome.retryAfterMs }
          : outcome.kind === 'missing'
            ? { ...view.post, messageId: null, messageChannel: null }
            : { ...view.post, gone: outcome.reason.text };
    return { result: undefined, writes: { post: next } };
  });
