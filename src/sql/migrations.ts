import type { Kysely, Migration, MigrationProvider } from 'kysely';
import { auditGenesis } from '../core/audit.ts';
import { auditProof } from './audit-migration.ts';
import type { ColumnTypes } from './column-types.ts';
import { enrolment } from './enrolment-migration.ts';
import { hooks } from './hooks-migration.ts';
import { incidents } from './incidents-migration.ts';
import { keptRunbooks } from './kept-migration.ts';
import { posts, postsPutAside } from './posts-migration.ts';
import { redactedOutput } from './redaction-migration.ts';
import type { Tables } from './tables.ts';
import { watches } from './watches-migration.ts';

/**
 * The schema's history: forward only, each step named by its number, never edited once released. A server that
 * finds a step it doesn't know (a newer version's database) refuses to start.
 */
export const migrationsFor = (types: ColumnTypes): MigrationProvider => ({
  getMigrations: async () => ({
    '0001_first': first(types),
    '0002_redaction': redactedOutput(types),
    '0003_audit': auditProof(types),
    '0004_votes': votes,
    '0005_event_digest': eventDigest,
    '0006_enrolment': enrolment(types),
    '0007_posts': posts(types),
    '0008_incidents': incidents(types),
    '0009_context': context,
    '0010_hooks': hooks(types),
    '0011_watches': watches(types),
    '0012_posts_put_aside': postsPutAside(types),
    '0013_kept_runbooks': keptRunbooks(types),
  }),
});

const first = (types: ColumnTypes): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await createTasks(db, types);
    await createProposals(db, types);
    await createRuns(db, types);
    await createAgentsAndPosts(db, types);
    await createLog(db, types);
  },
});

/** A message that a request points at. */
const context: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('task').addColumn('context', 'text').execute();
  },
};

/** What a delivery carried, so that the same id with other contents is told apart from a repetition. */
const eventDigest: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('event').addColumn('digest', 'text').execute();
  },
};

/** Several people may have to say yes; a task of before had one. */
const votes: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .alterTable('task')
      .addColumn('votes', 'text', (c) => c.notNull().defaultTo('[]'))
      .execute();
  },
};

/** What changes often stands first and what is long last: SQLite then rewrites few pages of a wide row. */
const createTasks = async (db: Kysely<unknown>, { count, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('task')
    .addColumn('number', 'integer', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('revision', count, (c) => c.notNull())
    .addColumn('proposal_revision', count, (c) => c.notNull())
    .addColumn('decide_by', count)
    .addColumn('runs_open', count, (c) => c.notNull())
    .addColumn('runs_held', count, (c) => c.notNull())
    .addColumn('runs_total', count, (c) => c.notNull())
    .addColumn('updated_at', count, (c) => c.notNull())
    .addColumn('claim_owner', 'text')
    .addColumn('claim_attempt', count, (c) => c.notNull().defaultTo(0))
    .addColumn('claim_until', count, (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', count, (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('request', 'text', (c) => c.notNull())
    .addColumn('selector', 'text')
    .addColumn('asker', 'text', (c) => c.notNull())
    .addColumn('targets_count', count, (c) => c.notNull())
    .addColumn('question', 'text')
    .addColumn('decision', 'text')
    .addColumn('sentence', 'text')
    .addColumn('answer', 'text')
    .addColumn('suggestions', 'text', (c) => c.notNull())
    .addColumn('targets', 'text', (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await db.schema.createIndex('task_state').on('task').columns(['state', 'number']).execute();
  await db.schema.createIndex('task_due').on('task').columns(['state', 'decide_by']).execute();
  await db.schema.createIndex('task_place').on('task').columns(['place', 'number']).execute();
};

const createProposals = async (
  db: Kysely<unknown>,
  { count, bytes, tableEnd }: ColumnTypes,
): Promise<void> => {
  await db.schema
    .createTable('proposal')
    .addColumn('task', 'integer', (c) => c.notNull().references('task.number'))
    .addColumn('revision', count, (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('proposal_key', ['task', 'revision'])
    .modifyEnd(tableEnd)
    .execute();
  await db.schema
    .createTable('approval')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('task', 'integer', (c) => c.notNull().references('task.number'))
    .addColumn('proposal_revision', count, (c) => c.notNull())
    .addColumn('document', bytes, (c) => c.notNull())
    .addColumn('signature', bytes, (c) => c.notNull())
    .addForeignKeyConstraint('approval_proposal', ['task', 'proposal_revision'], 'proposal', [
      'task',
      'revision',
    ])
    .modifyEnd(tableEnd)
    .execute();
};

const createRuns = async (db: Kysely<unknown>, { count, bytes, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('run')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('task', 'integer', (c) => c.notNull().references('task.number'))
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('agent_name', 'text', (c) => c.notNull())
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('approval_id', 'text', (c) => c.notNull().references('approval.id'))
    .addColumn('script_digest', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('wave', count, (c) => c.notNull())
    .addColumn('run_by', count, (c) => c.notNull())
    .addColumn('timeout_ms', count, (c) => c.notNull())
    .addColumn('exit_code', count)
    .addColumn('stdout_bytes', count, (c) => c.notNull())
    .addColumn('stderr_bytes', count, (c) => c.notNull())
    .addColumn('stdout_cut_at', count)
    .addColumn('stderr_cut_at', count)
    .addColumn('cancel_asked_at', count)
    .addColumn('sent_at', count)
    .addColumn('started_at', count)
    .addColumn('ended_at', count)
    .addColumn('sentence', 'text')
    .modifyEnd(tableEnd)
    .execute();
  await db.schema.createIndex('run_task').on('run').columns(['task', 'wave', 'agent_name', 'id']).execute();
  await db.schema.createIndex('run_state').on('run').columns(['state', 'run_by', 'id']).execute();
  await db.schema.createIndex('run_agent').on('run').columns(['agent_id', 'state', 'run_by', 'id']).execute();
  await db.schema
    .createTable('output')
    .addColumn('run_id', 'text', (c) => c.notNull().references('run.id'))
    .addColumn('stream', 'text', (c) => c.notNull())
    .addColumn('start', count, (c) => c.notNull())
    .addColumn('bytes', bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint('output_key', ['run_id', 'stream', 'start'])
    .modifyEnd(tableEnd)
    .execute();
};

const createAgentsAndPosts = async (db: Kysely<unknown>, { count, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('agent')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('labels', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('spool_id', 'text', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('online', count, (c) => c.notNull())
    .addColumn('last_seen_at', count, (c) => c.notNull())
    .addColumn('load', 'text')
    .addColumn('created_at', count, (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await db.schema
    .createTable('post')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('task', 'integer', (c) => c.notNull().references('task.number'))
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text')
    .addColumn('message_channel', 'text')
    .addColumn('shown_revision', count, (c) => c.notNull())
    .addColumn('retry_at', count, (c) => c.notNull())
    .addColumn('gone', 'text')
    .addColumn('behind', count, (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await db.schema.createIndex('post_behind').on('post').columns(['behind', 'retry_at']).execute();
  await db.schema.createIndex('post_task').on('post').columns(['task', 'behind']).execute();
};

const createLog = async (db: Kysely<unknown>, { count, tableEnd }: ColumnTypes): Promise<void> => {
  await db.schema
    .createTable('event')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('task', 'integer', (c) => c.notNull())
    .addColumn('at', count, (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await db.schema.createIndex('event_at').on('event').columns(['at']).execute();
  await db.schema
    .createTable('audit')
    .addColumn('seq', count, (c) => c.primaryKey())
    .addColumn('at', count, (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('task', 'integer')
    .addColumn('run', 'text')
    .addColumn('digest', 'text')
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await db.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('seq', count, (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .modifyEnd(tableEnd)
    .execute();
  await (db as Kysely<Tables>)
    .insertInto('audit_head')
    .values({ id: 1, seq: 0, hash: auditGenesis })
    .execute();
};
