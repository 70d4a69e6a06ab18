import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Where alerts come in, and what came in that could not be read. */
export const hooks = ({ count, tableEnd }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('hook')
      .addColumn('id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('token_digest', 'text', (c) => c.notNull().unique())
      .addColumn('removed_at', count)
      .addColumn('created_at', count, (c) => c.notNull())
      .addColumn('topic', 'text')
      .addColumn('body', 'text', (c) => c.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createTable('parked')
      .addColumn('id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('at', count, (c) => c.notNull())
      .addColumn('via', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await db.schema.createIndex('parked_at').on('parked').columns(['at']).execute();
  },
});
