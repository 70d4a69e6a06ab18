import { isSamePlace, threadIncidentOf, threadTaskOf } from '../core/place.ts';
import { sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { PostTarget } from '../ports/chat.ts';
import { type Post, PostPart, type PostSubject, type Store } from '../ports/store.ts';

/** Where a post goes. `wait`: under a message that is not posted yet, and is not tried before `until`. `gone`: what it belongs to will never be there. */
export type Whither =
  | { kind: 'to'; to: PostTarget }
  | { kind: 'wait'; until: Instant }
  | { kind: 'gone'; reason: string; isShut: boolean };

/**
 * Where a post's message goes: a thread of ours is the one under the message that began it, in the same channel; one
 * that the platform named is that one. An answer and a file stand under their card, or beside it in its thread.
 */
export const whitherOf = async (store: Store, post: Post): Promise<Whither> => {
  if (post.part === PostPart.card || post.part === PostPart.incident) return ofItself(store, post);
  const posts = await store.listPosts(post.subject);
  const card = posts.find((p) => p.part === PostPart.card && isSamePlace(p.place, post.place));
  if (!card) return { kind: 'gone', reason: sentence('post_subject_missing', {}).text, isShut: false };
  if (card.gone !== null) return { kind: 'gone', reason: card.gone, isShut: card.isShut };
  if (card.messageId === null) return { kind: 'wait', until: card.retryAt };
  const ofCard = await ofItself(store, card);
  if (ofCard.kind !== 'to') return ofCard;
  return { kind: 'to', to: { ...ofCard.to, under: ofCard.to.under ?? card.messageId } };
};

const ofItself = async (store: Store, { subject, place }: Post): Promise<Whither> => {
  const { surface, channel } = place;
  const top: Whither = { kind: 'to', to: { channel, under: null } };
  const root = rootOf(place);
  if (root === null) return { kind: 'to', to: { channel, under: place.thread } };
  if (root.kind === subject.kind && root.number === subject.number) return top;
  const begun = (await store.listPosts(root)).filter(
    (p) =>
      p.place.surface === surface &&
      p.place.channel === channel &&
      p.gone === null &&
      // Nothing is kept waiting for a message that may never be taken.
      (p.refused === null || p.messageId !== null) &&
      (p.part === PostPart.card || p.part === PostPart.incident),
  );
  const under = begun.find((p) => p.messageId !== null)?.messageId;
  if (under) return { kind: 'to', to: { channel, under } };
  return begun.length > 0 ? { kind: 'wait', until: Math.min(...begun.map((p) => p.retryAt)) } : top;
};

const rootOf = (place: Post['place']): PostSubject | null => {
  const task = threadTaskOf(place);
  if (task !== null) return { kind: 'task', number: task };
  const incident = threadIncidentOf(place);
  return incident === null ? null : { kind: 'incident', number: incident };
};
