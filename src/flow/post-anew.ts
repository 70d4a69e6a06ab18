import { IncidentState } from '../core/incident-card.ts';
import { isTaskEnded, type Place } from '../core/task.ts';
import type { PostedMessage } from '../ports/chat.ts';
import type { Post, Store, View } from '../ports/store.ts';
import { threadTasksMax } from './limits.ts';
import { withoutMessage } from './new-post.ts';

type PostStore = Pick<Store, 'change' | 'findPost' | 'listPosts' | 'listTasks'>;

/**
 * Somebody deleted a message: if it is ours and shows what is still open, it is wanted again, and the publisher posts it
 * at once. What has ended moves on no more, so whoever took it away wants it so.
 */
export const postAnew = async (store: PostStore, surface: string, message: PostedMessage): Promise<void> => {
  const post = await store.findPost(surface, message);
  if (post) await anew(store, post, message);
};

/** The same of all that stood in a thread which was deleted. `thread`: its channel as its messages name it. */
export const postAnewOfThread = async (store: PostStore, place: Place, thread: string): Promise<void> => {
  const tasks = await store.listTasks({ place, limit: threadTasksMax });
  for (const { number } of tasks.filter(({ state }) => !isTaskEnded(state))) {
    const posts = await store.listPosts({ kind: 'task', number });
    for (const post of posts) {
      const { messageId: id, messageChannel: channel } = post;
      if (id !== null && channel === thread) await anew(store, post, { channel, id });
    }
  }
};

const anew = (store: PostStore, { id, subject }: Post, message: PostedMessage): Promise<void> => {
  const scope =
    subject.kind === 'task' ? { post: id, task: subject.number } : { post: id, incident: subject.number };
  return store.change(scope, (view) => {
    const { post } = view;
    const isThere = post?.messageId === message.id && post.messageChannel === message.channel;
    const writes = post && isThere && isOpen(view) ? { posts: [withoutMessage(post)] } : {};
    return { result: undefined, writes };
  });
};

const isOpen = ({ task, incidents }: View): boolean =>
  task ? !isTaskEnded(task.state) : incidents.some(({ state }) => state !== IncidentState.resolved);
