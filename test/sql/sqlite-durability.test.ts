import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditGenesis, auditHash } from '../../src/core/audit.ts';
import { eventMemoryMs } from '../../src/core/limits.ts';
import type { Store } from '../../src/ports/store.ts';
import { pruneEveryMs } from '../../src/sql/limits.ts';
import { SqliteStore } from '../../src/sql/sqlite-store.ts';
import { anAlertRow, anIncident } from '../contract/store-incidents.ts';
import { aNote, createTask } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { startTypescript } from '../fakes/typescript-child.ts';
import { makeDirectory, makeSqliteRig, quiet, sealOf } from './sqlite-rig.ts';

/** The sequence of the first entry that doesn't follow from those before it; null when all do. */
const brokenAt = async (store: Store): Promise<number | null> => {
  let previous = auditGenesis;
  let seq = 0;
  for (const entry of await store.listAudit(0, 1_000_000)) {
    const { hash, previous: said, seq: at, at: when, ...note } = entry;
    if (at !== seq + 1 || said !== previous || hash !== auditHash(previous, at, when, note)) return at;
    previous = hash;
    seq = at;
  }
  return seq === (await store.lastSeq()) ? null : seq + 1;
};

describe('SqliteStore when its process or its disk fails', () => {
  let directory: ReturnType<typeof makeDirectory>;
  let dataDir: string;
  beforeEach(() => {
    directory = makeDirectory();
    dataDir = join(directory.path, 'data');
  });
  afterEach(() => directory.remove());

  const reopened = async (): Promise<SqliteStore> => {
    const store = new SqliteStore({ dataDir, clock: new SteppedClock(), log: quiet, seal: sealOf(dataDir) });
    await store.start();
    return store;
  };

  it('has everything that resolved after kill -9 in the middle of the work, and opens at once', async () => {
    const child = startTypescript('test/sql/writer-child.ts', [dataDir, '20']);
    const made: number[] = [];
    child.onLine((line) => {
      if (line.startsWith('made ')) made.push(Number(line.slice(5)));
      if (made.length === 300) child.process.kill('SIGKILL');
    });
    await child.ended;
    expect(made.length).toBeGreaterThanOrEqual(300);
    const store = await reopened();
    const kept = await store.listTasks({ limit: 100_000 });
    const numbers = new Set(kept.map((t) => t.number));
    expect(made.filter((n) => !numbers.has(n))).toEqual([]);
    expect(await store.lastSeq()).toBe(kept.length);
    expect(await brokenAt(store)).toBeNull();
    // An entry and the signature that covers it are one commit: there is never the one without the other.
    expect((await store.signedHead())?.seq).toBe(await store.lastSeq());
    await store.stop();
  });

  it('rejects the whole group when the disk is full, and keeps exactly what resolved before', async () => {
    const child = startTypescript('test/sql/writer-child.ts', [dataDir, '20'], 1_500);
    const made: number[] = [];
    const lost: string[] = [];
    child.onLine((line) => {
      if (line.startsWith('made ')) made.push(Number(line.slice(5)));
      if (line.startsWith('lost ')) lost.push(line.slice(5));
    });
    await child.ended;
    expect(made.length).toBeGreaterThan(20);
    expect(lost).toEqual(Array(20).fill('store_unavailable'));
    const store = await reopened();
    const kept = await store.listTasks({ limit: 100_000 });
    expect(kept.map((t) => t.number).sort((a, b) => a - b)).toEqual(made);
    expect(await brokenAt(store)).toBeNull();
    expect((await createTask(store)).number).toBe(1001 + made.length);
    await store.stop();
  });

  it('goes on by itself when another program let go of the database', async () => {
    const store = await reopened();
    await createTask(store);
    const other = new Database(join(dataDir, 'nerdyops.db'));
    other.exec('begin immediate');
    const blocked = await Promise.allSettled([createTask(store), createTask(store)]);
    expect(blocked).toMatchObject([
      { reason: { code: 'store_unavailable' } },
      { reason: { code: 'store_unavailable' } },
    ]);
    expect(await store.listTasks({ limit: 10 })).toHaveLength(1);
    other.exec('rollback');
    other.close();
    expect((await createTask(store)).number).toBe(1002);
    await store.stop();
  });

  it.each([
    ['a word of an entry', "update audit set detail = replace(detail, 'were', 'are') where seq = 2", 2],
    ['an entry', 'delete from audit where seq = 2', 3],
    ['the newest entries', 'delete from audit where seq > 2', 3],
  ])('shows by its chain that somebody changed %s', async (_, edit, seq) => {
    const store = await reopened();
    await Promise.all([1, 2, 3, 4].map(() => createTask(store)));
    expect(await brokenAt(store)).toBeNull();
    await store.stop();
    const other = new Database(join(dataDir, 'nerdyops.db'));
    other.exec('drop trigger audit_no_update; drop trigger audit_no_delete');
    other.pragma('foreign_keys = off');
    other.exec(edit);
    other.close();
    const again = await reopened();
    expect(await brokenAt(again)).toBe(seq);
    await again.stop();
  });

  it('gives the data directory free when its holder is killed, and never before', async () => {
    const child = startTypescript('test/sql/writer-child.ts', [dataDir, '1']);
    await new Promise<void>((resolve) => child.onLine(() => resolve()));
    await expect(reopened()).rejects.toMatchObject({ code: 'data_dir_in_use', path: dataDir });
    child.process.kill('SIGKILL');
    await child.ended;
    const store = await reopened();
    await expect(reopened()).rejects.toMatchObject({ code: 'data_dir_in_use' });
    await expect(reopened()).rejects.toMatchObject({ code: 'data_dir_in_use' });
    await store.stop();
    await (await reopened()).stop();
  });
});

describe('SqliteStore and old deliveries', () => {
  it('forgets events after the time in which they may come again', async () => {
    const clock = new SteppedClock();
    const { store, dispose } = await makeSqliteRig(clock);
    const mark = () =>
      store.change({ event: 'e1' }, (view) => ({
        result: view.seenEventTask,
        writes: view.seenEventTask === null ? { eventTask: 0, audit: [aNote(null, 'server.start')] } : {},
      }));
    expect(await mark()).toBeNull();
    expect(await mark()).toBe(0);
    clock.step(eventMemoryMs);
    expect(await mark()).toBe(0);
    clock.step(2 * pruneEveryMs);
    expect(await mark()).toBeNull();
    await dispose();
  });

  it('never takes what was received later for what told of an alert', async () => {
    const clock = new SteppedClock();
    const { store, dispose } = await makeSqliteRig(clock);
    const tell = (number: number) =>
      store.change({}, () => ({
        result: null,
        writes: {
          incidents: [anIncident(number)],
          received: [
            { via: 'h', source: 'grafana', body: `{"of":${number}}`, alerts: [anAlertRow(number, 'a')] },
          ],
          audit: [aNote(null)],
        },
      }));
    await tell(1);
    expect(await store.listReceived(1, 9)).toHaveLength(1);
    clock.step(eventMemoryMs + 2 * pruneEveryMs);
    await tell(2);
    expect(await store.listReceived(1, 9)).toEqual([]);
    expect(await store.listReceived(2, 9)).toMatchObject([{ body: '{"of":2}' }]);
    await dispose();
  });
});
