import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Incidents, their alerts, what was received of them, and what each channel was told of lately. */
export const incidents = (types: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await createIncidents(db, types);
    await createAlerts(db, types);
  },
});

/** What is searched has a column of its own; all of an incident stands in `body`, which is written whole. */
const createIncidents = async (db: Kysely<unknown>, { count, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('incident')
    .addColumn('number', 'integer', (c) => c.primaryKey())
    .addColumn('revision', count, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('due_at', count)
    .addColumn('diagnosis_state', 'text')
    .addColumn('diagnosis_task', 'integer')
    .addColumn('group_key', 'text', (c) => c.notNull())
    .addColumn('storm', 'integer')
    .addColumn('machines', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  const index = (name: string, columns: string[]) =>
    db.schema.createIndex(name).on('incident').columns(columns).execute();
  await index('incident_group', ['group_key', 'number']);
  await index('incident_state', ['state', 'number']);
  await index('incident_storm', ['storm', 'number']);
  await index('incident_due', ['due_at']);
  await index('incident_diagnosis', ['diagnosis_state', 'number']);
  await index('incident_task', ['diagnosis_task']);
  await db.schema
    .createTable('storm_watch')
    .addColumn('place', 'text', (c) => c.primaryKey().notNull())
    .addColumn('storm', 'integer')
    .addColumn('body', 'text', (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
};

const createAlerts = async (db: Kysely<unknown>, { count, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('delivery')
    // An alert keeps the id of what told of it, which is forgotten first: it must never be another delivery's.
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('at', count, (c) => c.notNull())
    .addColumn('via', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await db.schema.createIndex('delivery_at').on('delivery').columns(['at']).execute();
  await db.schema
    .createTable('alert')
    .addColumn('incident', 'integer', (c) => c.notNull().references('incident.number'))
    .addColumn('alert_key', 'text', (c) => c.notNull())
    .addColumn('firing', count, (c) => c.notNull())
    .addColumn('since', count, (c) => c.notNull())
    .addColumn('times', count, (c) => c.notNull())
    .addColumn('delivery', 'integer')
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('alert_key', ['incident', 'alert_key'])
    .modifyEnd(tableEnd)
    .execute();
  await db.schema.createIndex('alert_firing').on('alert').columns(['incident', 'firing', 'since']).execute();
};
