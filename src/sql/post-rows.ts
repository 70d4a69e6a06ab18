import type { ExpressionBuilder } from 'kysely';
import { isTaskEnded, TaskState } from '../core/task.ts';
import type { Post, PostPart } from '../ports/store.ts';
import { query, rowOf } from './query.ts';
import type { Row, Tables } from './tables.ts';

const columns = [
  'id',
  'part',
  'task',
  'incident',
  'surface',
  'channel',
  'thread',
  'message_id',
  'message_channel',
  'shown_revision',
  'retry_at',
  'times_anew',
  'is_quiet',
  'created_at',
  'gone',
  'is_shut',
  'refused_since',
  'refused',
] as const satisfies (keyof Row<'post'>)[];

type PostColumns = Pick<Row<'post'>, (typeof columns)[number]>;
interface ComparedPost {
  /** What is held against the wanted revision: beyond every revision for a post that is given up. */
  compared_revision: number;
}
interface HeldPost {
  held_shown_revision: number;
  held_retry_at: number;
}

/** Said in SQL, as a change that makes a post needn't have read its task. An incident's post is made before anything is shown. */
const wantedOf = (eb: ExpressionBuilder<Tables, 'post'>, p: { task: number | null }) =>
  eb.fn.coalesce(
    eb.selectFrom('task as shown').select('shown.revision').where('shown.number', '=', p.task),
    eb.lit(1),
  );

const endedStates = Object.values(TaskState).filter(isTaskEnded);

export const postQueries = {
  byId: query((db, p: { id: string }) => db.selectFrom('post').select(columns).where('id', '=', p.id)),
  ofTask: query((db, p: { number: number }) =>
    db.selectFrom('post').select(columns).where('task', '=', p.number).orderBy('created_at').orderBy('id'),
  ),
  ofIncident: query((db, p: { number: number }) =>
    db
      .selectFrom('post')
      .select(columns)
      .where('incident', '=', p.number)
      .orderBy('created_at')
      .orderBy('id'),
  ),
  byMessage: query((db, p: { surface: string; channel: string; id: string }) =>
    db
      .selectFrom('post')
      .select(columns)
      .where('message_id', '=', p.id)
      .where('message_channel', '=', p.channel)
      .where('surface', '=', p.surface)
      .limit(1),
  ),
  insert: query((db, p: PostColumns & ComparedPost) =>
    db.insertInto('post').values((eb) => ({
      ...rowOf(p, columns),
      wanted_revision: wantedOf(eb, p),
      behind: eb.case().when(wantedOf(eb, p), '>', p.compared_revision).then(eb.lit(1)).else(eb.lit(0)).end(),
    })),
  ),
  update: query((db, p: PostColumns & ComparedPost & HeldPost) =>
    db
      .updateTable('post')
      .set((eb) => ({
        ...rowOf(p, columns),
        behind: eb
          .case()
          .when('wanted_revision', '>', p.compared_revision)
          .then(eb.lit(1))
          .else(eb.lit(0))
          .end(),
      }))
      .where('id', '=', p.id)
      .where('shown_revision', '=', p.held_shown_revision)
      .where('retry_at', '=', p.held_retry_at),
  ),
  /** The task moved on: whoever shows less of it is behind now. */
  taskMoved: query((db, p: { number: number; revision: number }) =>
    db
      .updateTable('post')
      .set((eb) => movedTo(eb, p))
      .where('task', '=', p.number)
      .where('gone', 'is', null),
  ),
  incidentMoved: query((db, p: { number: number; revision: number }) =>
    db
      .updateTable('post')
      .set((eb) => movedTo(eb, p))
      .where('incident', '=', p.number)
      .where('gone', 'is', null),
  ),
  incidentToldNow: query((db, p: { number: number }) =>
    db
      .updateTable('post')
      .set({ retry_at: 0 })
      .where('incident', '=', p.number)
      .where('message_id', 'is', null)
      .where('gone', 'is', null),
  ),
  pruneOfIncident: query((db, p: { number: number }) =>
    db.deleteFrom('post').where('incident', '=', p.number),
  ),
  /** Looks at the oldest tasks' alone, so that it costs the same however many there are. */
  pruneOfTasks: query((db, p: { before: number; limit: number }) =>
    db.deleteFrom('post').where('id', 'in', (eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom('post')
            .select(['post.id', 'post.task', 'post.created_at', 'post.behind'])
            .where('post.task', '>', 0)
            .orderBy('post.task')
            .limit(p.limit)
            .as('old'),
        )
        .innerJoin('task', 'task.number', 'old.task')
        .select('old.id')
        .where('old.created_at', '<', p.before)
        .where('old.behind', '=', 0)
        .where('task.state', 'in', endedStates),
    ),
  ),
  channelsBehind: query((db, p: { now: number }) =>
    db
      .selectFrom('post')
      .select(['surface', 'channel'])
      .distinct()
      .where('behind', '=', 1)
      .where('retry_at', '<=', p.now)
      .orderBy('surface')
      .orderBy('channel'),
  ),
  behind: query((db, p: { surface: string; channel: string; now: number; limit: number }) =>
    db
      .selectFrom('post')
      .select(columns)
      .where('behind', '=', 1)
      .where('surface', '=', p.surface)
      .where('channel', '=', p.channel)
      .where('retry_at', '<=', p.now)
      .orderBy('created_at')
      .orderBy('task')
      .orderBy('id')
      .limit(p.limit),
  ),
  shut: query((db, p: { surface: string; channel: string; limit: number }) =>
    db
      .selectFrom('post')
      .select(columns)
      .where('is_shut', '=', (eb) => eb.lit(1))
      .where('surface', '=', p.surface)
      .where('channel', '=', p.channel)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(p.limit),
  ),
};

const movedTo = (eb: ExpressionBuilder<Tables, 'post'>, p: { revision: number }) => ({
  wanted_revision: p.revision,
  behind: eb.case().when('shown_revision', '<', p.revision).then(eb.lit(1)).else(eb.lit(0)).end(),
});

export const postOf = (row: PostColumns): Post => ({
  id: row.id,
  part: row.part as PostPart,
  subject:
    row.task === null ? { kind: 'incident', number: row.incident ?? 0 } : { kind: 'task', number: row.task },
  place: { surface: row.surface, channel: row.channel, thread: row.thread },
  messageId: row.message_id,
  messageChannel: row.message_channel,
  shownRevision: row.shown_revision,
  retryAt: row.retry_at,
  timesAnew: row.times_anew,
  isQuiet: row.is_quiet === 1,
  createdAt: row.created_at,
  gone: row.gone,
  isShut: row.is_shut === 1,
  refused:
    row.refused === null || row.refused_since === null
      ? null
      : { since: row.refused_since, reason: row.refused },
});

export const postRow = (post: Post): PostColumns & ComparedPost => ({
  id: post.id,
  part: post.part,
  task: post.subject.kind === 'task' ? post.subject.number : null,
  incident: post.subject.kind === 'incident' ? post.subject.number : null,
  ...post.place,
  message_id: post.messageId,
  message_channel: post.messageChannel,
  shown_revision: post.shownRevision,
  retry_at: post.retryAt,
  times_anew: post.timesAnew,
  is_quiet: post.isQuiet ? 1 : 0,
  created_at: post.createdAt,
  gone: post.gone,
  is_shut: post.isShut ? 1 : 0,
  refused_since: post.refused?.since ?? null,
  refused: post.refused?.reason ?? null,
  compared_revision: post.gone === null ? post.shownRevision : Number.MAX_SAFE_INTEGER,
});
