import { type Kysely, type Migration, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** The log's proof and its search: signatures of heads, rows that stay, and columns that are found by an index. */
export const auditProof = ({ count, bytes, tableEnd, appendOnly }: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('audit_signer')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('server', 'text', (c) => c.notNull())
      .addColumn('key_id', 'text', (c) => c.notNull())
      .addColumn('public_key', bytes, (c) => c.notNull())
      .addColumn('since', count, (c) => c.notNull())
      .addColumn('statement', bytes)
      .addColumn('statement_signature', bytes)
      .addUniqueConstraint('audit_signer_key', ['server', 'key_id'])
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createTable('audit_signature')
      .addColumn('seq', count, (c) => c.primaryKey().references('audit.seq'))
      .addColumn('signer', 'integer', (c) => c.notNull().references('audit_signer.id'))
      .addColumn('signature', bytes, (c) => c.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await addSearch(db);
    // Verification asks each approved task for what was signed.
    await db.schema.createIndex('approval_task').on('approval').column('task').execute();
    const guards = [
      ...['audit', 'audit_signer', 'audit_signature'].flatMap((table) => appendOnly.keepRows(table)),
      ...appendOnly.onlyAtEnd('audit', 'seq'),
      ...appendOnly.onlyForward('audit_head', 'seq'),
    ];
    for (const guard of guards) await guard.execute(db);
  },
});

/**
 * Columns that the database works out from the entry itself, so that what is found is what is hashed. They are not
 * stored; only their indexes are.
 */
const addSearch = async (db: Kysely<unknown>): Promise<void> => {
  const derived = {
    actor_name: sql`lower(json_extract(actor, '$.name'))`,
    actor_id: sql`lower(json_extract(actor, '$.id'))`,
    agent_name: sql`lower(json_extract(detail, '$.agent'))`,
    agent_id: sql`lower(json_extract(detail, '$.agentId'))`,
  };
  for (const [name, from] of Object.entries(derived)) {
    await db.schema
      .alterTable('audit')
      .addColumn(name, 'text', (c) => c.generatedAlwaysAs(from))
      .execute();
  }
  // The sequence is the table's own key: each index holds it behind its column, and so gives the order too.
  for (const column of ['task', 'kind', 'at', ...Object.keys(derived)]) {
    await db.schema.createIndex(`audit_${column}`).on('audit').column(column).execute();
  }
};
