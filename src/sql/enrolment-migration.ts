import { type Kysely, type Migration, sql } from 'kysely';
import { IdentityState } from '../core/enrolment.ts';
import type { ColumnTypes } from './column-types.ts';

/** Invitations, and what makes an agent more than a name. Those of before joined by the local socket and have no identity. */
export const enrolment = ({ count, tableEnd }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('agent').addColumn('identity_state', 'text').execute();
    await db.schema.alterTable('agent').addColumn('identity', 'text').execute();
    // The names that are taken, in any case: those who were removed have given theirs up.
    await db.schema
      .createIndex('agent_name')
      .on('agent')
      .expression(sql`lower(name), id`)
      .where(sql<boolean>`(identity_state is null or identity_state <> ${sql.lit(IdentityState.removed)})`)
      .execute();
    await db.schema
      .createTable('invite')
      .addColumn('id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('secret_digest', 'text', (c) => c.notNull())
      .addColumn('name', 'text')
      .addColumn('labels', 'text', (c) => c.notNull())
      .addColumn('rejoins', 'text', (c) => c.references('agent.id'))
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('created_at', count, (c) => c.notNull())
      .addColumn('expires_at', count, (c) => c.notNull())
      .addColumn('used', 'text')
      .addColumn('withdrawn_at', count)
      .addColumn('open', count, (c) => c.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await db.schema.createIndex('invite_open').on('invite').columns(['open', 'created_at']).execute();
  },
});
