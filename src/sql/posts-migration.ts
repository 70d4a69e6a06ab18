import { type Kysely, type Migration, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';
import { placeOf } from './place-text.ts';
import type { Row, Tables } from './tables.ts';

/**
 * Posts of several parts, of tasks and of incidents. The table is built anew, since a column's `not null` stays with it
 * for ever; of before there are cards alone.
 */
export const posts = (types: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema.dropIndex('post_behind').execute();
    await db.schema.dropIndex('post_task').execute();
    await db.schema.alterTable('post').renameTo('post_of_before').execute();
    await createPosts(db, types);
    await moveCards(db);
    await db.schema.dropTable('post_of_before').execute();
  },
});

/** Messages that a platform refuses, and those that wait until their channel is open to us again. */
export const postsPutAside = ({ count }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    const post = db.schema.alterTable('post');
    await post.addColumn('is_shut', count, (c) => c.notNull().defaultTo(0)).execute();
    await post.addColumn('refused_since', count).execute();
    await post.addColumn('refused', 'text').execute();
    await db.schema
      .createIndex('post_shut')
      .on('post')
      .columns(['surface', 'channel', 'created_at', 'id'])
      .where(sql.ref('is_shut'), '=', 1)
      .execute();
  },
});

const createPosts = async (db: Kysely<unknown>, { count, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('post')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('part', 'text', (c) => c.notNull())
    .addColumn('task', 'integer', (c) => c.references('task.number'))
    .addColumn('incident', 'integer')
    .addColumn('surface', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('thread', 'text')
    .addColumn('message_id', 'text')
    .addColumn('message_channel', 'text')
    .addColumn('shown_revision', count, (c) => c.notNull())
    .addColumn('wanted_revision', count, (c) => c.notNull())
    .addColumn('behind', count, (c) => c.notNull())
    .addColumn('retry_at', count, (c) => c.notNull())
    .addColumn('times_anew', count, (c) => c.notNull())
    .addColumn('is_quiet', count, (c) => c.notNull())
    .addColumn('created_at', count, (c) => c.notNull())
    .addColumn('gone', 'text')
    .addCheckConstraint('post_subject', sql`(task is null) <> (incident is null)`)
    .modifyEnd(tableEnd)
    .execute();
  await db.schema
    .createIndex('post_behind')
    .on('post')
    .columns(['behind', 'surface', 'channel', 'created_at', 'task', 'id', 'retry_at'])
    .execute();
  await db.schema.createIndex('post_task').on('post').columns(['task', 'created_at', 'id']).execute();
  await db.schema.createIndex('post_incident').on('post').columns(['incident', 'created_at', 'id']).execute();
  await db.schema
    .createIndex('post_message')
    .on('post')
    .columns(['message_id', 'message_channel', 'surface'])
    .execute();
};

interface PostOfBefore {
  id: string;
  task: number;
  place: string;
  message_id: string | null;
  message_channel: string | null;
  shown_revision: number;
  retry_at: number;
  gone: string | null;
  behind: number;
}

const moveCards = async (db: Kysely<unknown>): Promise<void> => {
  const both = db as Kysely<
    Omit<Tables, 'post'> & {
      post: Omit<Row<'post'>, 'is_shut' | 'refused_since' | 'refused'>;
      post_of_before: PostOfBefore;
    }
  >;
  const cards = await both
    .selectFrom('post_of_before')
    .innerJoin('task', 'task.number', 'post_of_before.task')
    .selectAll('post_of_before')
    .select(['task.revision', 'task.created_at'])
    .execute();
  for (const { place, revision, ...card } of cards) {
    const { surface, channel, thread } = placeOf(place);
    const more = { part: 'card', incident: null, times_anew: 0, is_quiet: 0, wanted_revision: revision };
    await both
      .insertInto('post')
      .values({ ...card, ...more, surface, channel, thread })
      .execute();
  }
};
