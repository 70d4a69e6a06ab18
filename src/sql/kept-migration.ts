import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Runbooks that people keep from tasks: versions that never change, which of them is in use, and what came of each. */
export const keptRunbooks = ({ count, tableEnd, appendOnly }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('kept_runbook')
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('version', count, (c) => c.notNull())
      .addColumn('latest', count, (c) => c.notNull())
      .addColumn('retired_at', count)
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createTable('kept_version')
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('version', count, (c) => c.notNull())
      .addColumn('digest', 'text', (c) => c.notNull())
      .addColumn('task', 'integer', (c) => c.notNull().references('task.number'))
      .addColumn('at', count, (c) => c.notNull())
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('yaml', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('kept_version_key', ['name', 'version'])
      .modifyEnd(tableEnd)
      .execute();
    for (const trigger of appendOnly.keepRows('kept_version')) await trigger.execute(db);
    await db.schema.alterTable('task').addColumn('kept', 'text').execute();
    // A proposal of before says of its runbook in its body alone, and isn't counted.
    await db.schema.alterTable('proposal').addColumn('runbook', 'text').execute();
    await db.schema.alterTable('proposal').addColumn('runbook_version', count).execute();
    await db.schema
      .createIndex('proposal_runbook')
      .on('proposal')
      .columns(['runbook', 'runbook_version', 'task', 'revision'])
      .execute();
  },
});
