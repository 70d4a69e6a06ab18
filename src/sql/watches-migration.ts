import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Checks that are asked again and again; a removed one stays, so that the log's entries name something. */
export const watches = ({ count, tableEnd }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('watch')
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('removed_at', count)
      .addColumn('next_at', count, (c) => c.notNull())
      .addColumn('task', 'integer')
      .addColumn('body', 'text', (c) => c.notNull())
      .modifyEnd(tableEnd)
      .execute();
  },
});
