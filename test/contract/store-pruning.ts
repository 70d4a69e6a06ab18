import { expect, it } from 'vitest';
import { overKeptMs } from '../../src/core/limits.ts';
import type { Store, Writes } from '../../src/ports/store.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';
import { anAlertRow, anIncident } from './store-incidents.ts';
import { aNote, aPost, createTask, moveTo } from './store-rows.ts';

const hour = 3_600_000;

/** What a store forgets by itself, and what never. */
export const pruningContract = (current: () => { store: Store; clock: SteppedClock }): void => {
  const put = (writes: Writes) =>
    current().store.change({}, () => ({ result: null, writes: { ...writes, audit: [aNote(null)] } }));
  /** So much time that everything old enough is gone: what is left after one round goes at the next. */
  const pass = async (ms: number): Promise<void> => {
    const { store, clock } = current();
    for (const part of [ms, 2 * hour, 2 * hour]) {
      clock.step(part);
      // In the same group as what is pruned then, so it resolves after.
      await store.change({}, () => ({ result: null }));
    }
  };
  const numbers = async (): Promise<number[]> =>
    (await current().store.listIncidents({ limit: 999 })).map((i) => i.number);

  it('forgets an incident that is over for long with its alerts and posts, and gives its number to none', async () => {
    const { store, clock } = current();
    const over = { state: 'resolved' as const, endedAt: clock.now(), updatedAt: clock.now(), firing: 0 };
    const incidents = [anIncident(1, over), anIncident(2, { updatedAt: clock.now() }), anIncident(3, over)];
    const alerts = [anAlertRow(1, 'a'), anAlertRow(1, 'b')];
    const subject = { kind: 'incident' as const, number: 1 };
    const received = [{ via: 'h', source: 'grafana', body: '{}', alerts }];
    await put({ incidents, received, posts: [aPost('p1', 0, { subject, part: 'incident' })] });
    const kept = (await store.listAudit(0, 99)).length;
    await pass(overKeptMs - 5 * hour);
    expect(await numbers()).toEqual([3, 2, 1]);
    await pass(5 * hour);
    expect(await numbers(), 'the open one stays, and the newest number is not given again').toEqual([3, 2]);
    expect(await store.listAlerts(1, 9)).toEqual([]);
    expect(await store.listPosts(subject)).toEqual([]);
    const next = await store.change({}, ({ nextIncident }) => ({ result: nextIncident }));
    expect(next).toBe(4);
    expect((await store.listAudit(0, 99)).length, 'the log is never cut').toBe(kept);
  });

  it('forgets however many there are, in several goes', async () => {
    const { clock } = current();
    const over = { state: 'resolved' as const, updatedAt: clock.now(), firing: 0 };
    const incidents = Array.from({ length: 130 }, (_, i) => anIncident(i + 1, { ...over, key: `g${i}` }));
    await put({ incidents });
    await pass(overKeptMs);
    expect(await numbers()).toEqual([130]);
  });

  it('forgets the posts of a task that ended long ago, and never the task', async () => {
    const { store } = current();
    const ended = await createTask(store);
    const open = await createTask(store);
    const posts = [ended, open].map(({ number }) =>
      aPost(`p${number}`, number, { shownRevision: 9, createdAt: current().clock.now() }),
    );
    await store.change({}, () => ({ result: null, writes: { posts } }));
    await moveTo(store, ended.number, { state: 'done' });
    const left = async (task: number): Promise<number> =>
      (await store.listPosts({ kind: 'task', number: task })).length;
    await pass(overKeptMs - 5 * hour);
    expect(await left(ended.number)).toBe(1);
    await pass(5 * hour);
    expect(await left(ended.number)).toBe(0);
    expect(await left(open.number)).toBe(1);
    expect((await store.getTask(ended.number))?.task.state).toBe('done');
  });

  it('forgets what was put aside', async () => {
    const { store, clock } = current();
    const parked = { id: 'm1', via: 'sqs', at: clock.now(), reason: 'unreadable', body: 'x' };
    await store.change({}, () => ({ result: null, writes: { parked } }));
    await pass(overKeptMs - 5 * hour);
    expect(await store.listParked(9)).toHaveLength(1);
    await pass(5 * hour);
    expect(await store.listParked(9)).toEqual([]);
  });

  it('keeps a watch that was removed, and lists it no longer', async () => {
    const { store, clock } = current();
    const watch = {
      ...{ name: 'disk', request: 'disk', on: null, cron: '* * * * *', timezone: 'UTC', condition: 'not ok' },
      ...{
        home: null,
        by: aNote(null).actor,
        createdAt: 1,
        removedAt: null,
        nextAt: 5,
        task: null,
        says: null,
      },
    };
    const write = (over: object) =>
      store.change({ watch: 'disk' }, () => ({
        result: null,
        writes: { watch: { ...watch, ...over }, audit: [aNote(null, 'watch.add')] },
      }));
    await write({});
    expect(await store.listWatches()).toEqual([watch]);
    await write({ nextAt: 9, task: 1042, says: 'db1: 3 %' });
    expect(await store.listWatches()).toEqual([{ ...watch, nextAt: 9, task: 1042, says: 'db1: 3 %' }]);
    await write({ removedAt: clock.now() });
    expect(await store.listWatches()).toEqual([]);
    const seen = await store.change({ watch: 'disk' }, (view) => ({ result: view.watch }));
    expect(seen).toMatchObject({ name: 'disk', removedAt: clock.now() });
    expect(await store.change({ watch: 'other' }, (view) => ({ result: view.watch }))).toBeNull();
  });
};
