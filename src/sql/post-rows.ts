import type { ExpressionBuilder } from 'kysely';
import type { Post } from '../ports/store.ts';
import { placeOf, placeText } from './place-text.ts';
import { query, rowOf } from './query.ts';
import type { Row, Tables } from './tables.ts';

const columns = [
  'id',
  'task',
  'place',
  'message_id',
  'message_channel',
  'shown_revision',
  'retry_at',
  'gone',
] as const satisfies (keyof Row<'post'>)[];

type PostColumns = Pick<Row<'post'>, (typeof columns)[number]>;
interface ComparedPost {
  /** What the task's revision is compared with: beyond every revision for a post that is given up. */
  compared_revision: number;
}
interface HeldPost {
  held_shown_revision: number;
  held_retry_at: number;
}

/** Said in SQL, as a change of a post needn't have read its task. */
const behindOf = (eb: ExpressionBuilder<Tables, keyof Tables>, p: { task: number } & ComparedPost) =>
  eb
    .selectFrom('task as shown')
    .select((t) =>
      t.case().when('shown.revision', '>', p.compared_revision).then(1).else(0).end().as('behind'),
    )
    .where('shown.number', '=', p.task);

export const postQueries = {
  byId: query((db, p: { id: string }) => db.selectFrom('post').select(columns).where('id', '=', p.id)),
  insert: query((db, p: PostColumns & ComparedPost) =>
    db.insertInto('post').values((eb) => ({
      ...rowOf(p, columns),
      behind: behindOf(eb, p),
    })),
  ),
  update: query((db, p: PostColumns & ComparedPost & HeldPost) =>
    db
      .updateTable('post')
      .set((eb) => ({
        ...rowOf(p, columns),
        behind: behindOf(eb, p),
      }))
      .where('id', '=', p.id)
      .where('shown_revision', '=', p.held_shown_revision)
      .where('retry_at', '=', p.held_retry_at),
  ),
  /** The task moved on: whoever shows it is behind now. */
  fallBehind: query((db, p: { task: number }) =>
    db
      .updateTable('post')
      .set({ behind: 1 })
      .where('task', '=', p.task)
      .where('behind', '=', 0)
      .where('gone', 'is', null),
  ),
  behind: query((db, p: { now: number; limit: number }) =>
    db
      .selectFrom('post')
      .select(columns)
      .where('behind', '=', 1)
      .where('retry_at', '<=', p.now)
      .orderBy('retry_at')
      .limit(p.limit),
  ),
};

export const postOf = (row: PostColumns): Post => ({
  id: row.id,
  task: row.task,
  place: placeOf(row.place),
  messageId: row.message_id,
  messageChannel: row.message_channel,
  shownRevision: row.shown_revision,
  retryAt: row.retry_at,
  gone: row.gone,
});

export const postRow = (post: Post): PostColumns & ComparedPost => ({
  id: post.id,
  task: post.task,
  place: placeText(post.place),
  message_id: post.messageId,
  message_channel: post.messageChannel,
  shown_revision: post.shownRevision,
  retry_at: post.retryAt,
  gone: post.gone,
  compared_revision: post.gone === null ? post.shownRevision : Number.MAX_SAFE_INTEGER,
});
