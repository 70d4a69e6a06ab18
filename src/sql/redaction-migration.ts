import { type Kysely, type Migration, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';
import type { Tables } from './tables.ts';

/**
 * Raw offsets beside the kept bytes: from here on the two differ. Of output that came before this, every raw byte was
 * kept, so the agents go on where they were.
 */
export const redactedOutput = ({ count }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    for (const stream of ['stdout', 'stderr']) {
      await db.schema
        .alterTable('run')
        .addColumn(`${stream}_raw_bytes`, count, (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema.alterTable('run').addColumn(`${stream}_redaction`, 'text').execute();
    }
    await (db as Kysely<Tables>)
      .updateTable('run')
      .set({ stdout_raw_bytes: sql.ref('stdout_bytes'), stderr_raw_bytes: sql.ref('stderr_bytes') })
      .execute();
  },
});
