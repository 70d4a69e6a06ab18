import { IncidentState } from '../core/incident-card.ts';
import { endedTaskStates, type Instant } from '../core/task.ts';
import type { Post, PostChannel, Store, View } from '../ports/store.ts';
import { shutAgeMsMax, shutPostsMax } from './limits.ts';

/**
 * A channel that was closed to us lets us in again: what it has not seen of open tasks and incidents, and of those that
 * ended lately, is wanted there once more. Messages that still stand are brought up to date, the others posted; a card
 * brings its answer.
 */
export const letIn = async (
  store: Pick<Store, 'listPostsShut' | 'change'>,
  channel: PostChannel,
): Promise<void> => {
  const posts = await store.listPostsShut(channel, shutPostsMax);
  await Promise.all(posts.map((post) => store.change(scopeOf(post), (view) => reopened(view))));
};

const scopeOf = ({ id, subject: { kind, number } }: Post) =>
  kind === 'task' ? { post: id, task: number } : { post: id, incident: number };

const reopened = (view: View) => {
  const { post } = view;
  if (!post?.isShut || !isMissed(view)) return { result: null };
  return { result: null, writes: { posts: [{ ...post, gone: null, isShut: false, retryAt: 0 }] } };
};

const isMissed = ({ task, incidents: [incident], now }: View): boolean => {
  const isOpen = task ? !endedTaskStates.includes(task.state) : incident?.state !== IncidentState.resolved;
  const movedAt: Instant = task?.updatedAt ?? incident?.updatedAt ?? 0;
  return isOpen || now - movedAt <= shutAgeMsMax;
};
