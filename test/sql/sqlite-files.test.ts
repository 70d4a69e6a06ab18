import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../src/sql/sqlite-store.ts';
import { createTask } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { makeDirectory, quiet } from './sqlite-rig.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('SqliteStore and its directory', () => {
  let directory: ReturnType<typeof makeDirectory>;
  beforeEach(() => {
    directory = makeDirectory();
  });
  afterEach(() => directory.remove());
  const storeIn = (dataDir: string) => new SqliteStore({ dataDir, clock: new SteppedClock(), log: quiet });

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
