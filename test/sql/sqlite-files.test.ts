import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../src/sql/sqlite-store.ts';
import { createTask } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { makeDirectory, quiet, sealOf } from './sqlite-rig.ts';

const columns = 'seq, at, kind, actor, task, run, digest, detail, previous, hash';
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('SqliteStore and its directory', () => {
  let directory: ReturnType<typeof makeDirectory>;
  beforeEach(() => {
    directory = makeDirectory();
  });
  afterEach(() => directory.remove());
  const storeIn = (dataDir: string) =>
    new SqliteStore({ dataDir, clock: new SteppedClock(), log: quiet, seal: sealOf(dataDir) });

  it('makes the directory and its files for the owner alone, whatever the mask', async () => {
    const dataDir = join(directory.path, 'deep/data');
    const store = storeIn(dataDir);
    await store.start();
    await createTask(store);
    expect(modeOf(dataDir)).toBe('700');
    for (const file of ['nerdyops.db', 'nerdyops.db-wal', 'nerdyops.db-shm', 'lock.db']) {
      expect([file, modeOf(join(dataDir, file))]).toEqual([file, '600']);
    }
    await store.stop();
  });

  it('closes a directory and a file that others could read', async () => {
    const dataDir = join(directory.path, 'data');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'nerdyops.db'), '');
    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, 'nerdyops.db'), 0o644);
    const store = storeIn(dataDir);
    await store.start();
    expect(modeOf(dataDir)).toBe('700');
    expect(modeOf(join(dataDir, 'nerdyops.db'))).toBe('600');
    await store.stop();
  });

  it('says which path can not be used, and why', async () => {
    const file = join(directory.path, 'file');
    writeFileSync(file, '');
    for (const dataDir of [file, join(file, 'data'), '/proc/nerdyops']) {
      const start = storeIn(dataDir).start();
      await expect(start).rejects.toMatchObject({
        code: 'data_dir_unwritable',
        path: dataDir,
        sentence: { code: 'data_dir_unwritable', text: expect.stringContaining(dataDir) },
      });
    }
  });

  it('refuses a file that is no database, and lets go of the directory', async () => {
    const path = join(directory.path, 'nerdyops.db');
    writeFileSync(path, 'this is not a database, whatever its name says'.repeat(100));
    for (let i = 0; i < 2; i++) {
      await expect(storeIn(directory.path).start()).rejects.toMatchObject({ code: 'store_unavailable' });
    }
  });

  it.each([
    ["update audit set detail = '{}' where seq = 1", 'audit is append-only'],
    ['delete from audit where seq = 2', 'audit is append-only'],
    ['delete from audit', 'audit is append-only'],
    [`insert or replace into audit (${columns}) select * from entry`, 'audit grows at its end only'],
    [
      `update entry set seq = 9; insert into audit (${columns}) select * from entry`,
      'audit grows at its end only',
    ],
    ['update audit_head set seq = 1', 'audit_head only goes forward'],
    ["update audit_head set hash = ''", 'audit_head only goes forward'],
    ['delete from audit_head', 'audit_head stays'],
    ["insert into audit_head values (2, 1, '')", 'audit_head has its one row'],
    ["update audit_signature set signature = x''", 'audit_signature is append-only'],
    ['delete from audit_signature', 'audit_signature is append-only'],
    ["update audit_signer set public_key = x''", 'audit_signer is append-only'],
    ['delete from audit_signer', 'audit_signer is append-only'],
  ])('refuses to rewrite the log, also for another program: %s', async (edit, words) => {
    const store = storeIn(directory.path);
    await store.start();
    await Promise.all([createTask(store), createTask(store)]);
    const before = await store.listAudit(0, 10);
    const other = new Database(join(directory.path, 'nerdyops.db'));
    other.exec(`create temp table entry as select ${columns} from audit where seq = 1`);
    expect(() => other.exec(edit)).toThrow(words);
    other.close();
    expect(await store.listAudit(0, 10)).toEqual(before);
    await store.stop();
  });

  it('refuses a database of a newer version', async () => {
    const store = storeIn(directory.path);
    await store.start();
    await store.stop();
    const other = new Database(join(directory.path, 'nerdyops.db'));
    other.prepare('insert into kysely_migration (name, timestamp) values (?, ?)').run('9999_future', 'now');
    other.close();
    await expect(storeIn(directory.path).start()).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
