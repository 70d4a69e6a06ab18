import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { sqliteTypes } from '../../src/sql/column-types.ts';
import { migrationsFor } from '../../src/sql/migrations.ts';
import { postOf, postQueries } from '../../src/sql/post-rows.ts';
import { SqliteSession } from '../../src/sql/sqlite-session.ts';
import { read } from '../../src/sql/statement.ts';
import { makeDirectory } from './sqlite-rig.ts';

const directory = makeDirectory();
afterEach(() => directory.remove());

/** A database as the version before left it, with a task and its cards. */
const databaseOfBefore = async (path: string): Promise<void> => {
  const database = new Database(path);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const migrator = new Migrator({ db, provider: migrationsFor(sqliteTypes) });
  const { error } = await migrator.migrateTo('0006_enrolment');
  if (error) throw error;
  const task = {
    ...{ number: 1001, state: 'running', revision: 5, proposal_revision: 1, created_at: 70, updated_at: 80 },
    ...{ runs_open: 1, runs_held: 0, runs_total: 1, place: '["chat","C1","T1"]', language: 'en' },
    ...{ request: 'uptime', asker: '{}', targets_count: 0, suggestions: '[]', targets: '[]' },
  };
  const insert = (table: string, row: Record<string, string | number | null>): void => {
    const names = Object.keys(row);
    database
      .prepare(`insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`)
      .run(Object.values(row));
  };
  insert('task', task);
  const card = { task: 1001, message_channel: null, message_id: null, retry_at: 0, gone: null };
  const shown = { message_channel: 'D1', message_id: 'm1', shown_revision: 5, behind: 0 };
  insert('post', { ...card, ...shown, id: 'task-1001', place: '["chat","C1","T1"]' });
  insert('post', {
    ...card,
    id: 'late',
    place: '["chat","C2",null]',
    shown_revision: 2,
    behind: 1,
    retry_at: 9,
  });
  insert('post', {
    ...card,
    id: 'over',
    place: '["chat","C3",null]',
    shown_revision: 0,
    behind: 0,
    gone: 'No.',
  });
  await db.destroy();
};

it('keeps the cards of before as they were, be they shown, behind or given up', async () => {
  const path = join(directory.path, 'nerdyops.db');
  await databaseOfBefore(path);
  const session = new SqliteSession(path);
  await session.migrate();
  const bare = {
    ...{ part: 'card', subject: { kind: 'task', number: 1001 }, timesAnew: 0, isQuiet: false, createdAt: 70 },
    ...{ messageId: null, messageChannel: null, retryAt: 0, gone: null, shownRevision: 0 },
    ...{ isShut: false, refused: null },
  };
  const place = (channel: string, thread: string | null) => ({ surface: 'chat', channel, thread });
  const late = { ...bare, id: 'late', place: place('C2', null), shownRevision: 2, retryAt: 9 };
  expect(session.rows(read(postQueries.ofTask, { number: 1001 })).map(postOf)).toEqual([
    late,
    { ...bare, id: 'over', place: place('C3', null), gone: 'No.' },
    {
      ...bare,
      ...{
        id: 'task-1001',
        place: place('C1', 'T1'),
        messageId: 'm1',
        messageChannel: 'D1',
        shownRevision: 5,
      },
    },
  ]);
  expect(session.rows(read(postQueries.channelsBehind, { now: 9 }))).toEqual([
    { surface: 'chat', channel: 'C2' },
  ]);
  session.close();
});
