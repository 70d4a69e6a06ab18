import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trail } from '../../src/core/check-trail.ts';
import type { Store } from '../../src/ports/store.ts';
import { createTask, moveTo } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { editRows } from './edit-rows.ts';
import { makeSqliteRig } from './sqlite-rig.ts';

let rig: Awaited<ReturnType<typeof makeSqliteRig>>;
beforeEach(async () => {
  rig = await makeSqliteRig(new SteppedClock());
});
afterEach(() => rig.dispose());

const trailOf = (store: Store, task: number): Promise<Trail | null> =>
  store.change({ task }, ({ trail }) => ({ result: trail }));
const kindsOf = (trail: Trail | null) => (trail?.ok ? trail.entries.map((e) => e.kind) : trail);

/** A task of two commits, the second shared with another task's. */
const twoSteps = async (): Promise<number> => {
  const { number } = await createTask(rig.store);
  const other = createTask(rig.store);
  await Promise.all([other, moveTo(rig.store, number, { state: 'proposed' }), createTask(rig.store)]);
  return number;
};

/** Whoever can write the file can drop what guards the log, too. */
const withoutGuards = (sql: string): void => {
  const database = new Database(join(rig.dataDir, 'nerdyops.db'));
  database.exec(
    'drop trigger audit_no_update; drop trigger audit_at_end; drop trigger audit_signature_no_update',
  );
  database.close();
  editRows(rig.dataDir, sql);
};

describe('the trail of a task', () => {
  it('is its own entries in order, those of the open transaction among them', async () => {
    const number = await twoSteps();
    expect(kindsOf(await trailOf(rig.store, number))).toEqual(['task.create', 'task.propose']);
    const [, seen] = await Promise.all([
      moveTo(rig.store, number, { state: 'running' }),
      trailOf(rig.store, number),
    ]);
    expect(kindsOf(seen)).toEqual(['task.create', 'task.propose', 'task.propose']);
    expect(await trailOf(rig.store, 7)).toBeNull();
  });

  it('leaves out what was rolled back', async () => {
    const { number } = await createTask(rig.store);
    const twice = rig.store.change({ task: number }, (view) => {
      const { task } = view;
      if (!task) throw new Error('no task');
      return { result: null, writes: { task: { ...task, number: 1, state: 'done' }, agent: {} as never } };
    });
    await expect(twice).rejects.toThrow();
    expect(kindsOf(await trailOf(rig.store, number))).toEqual(['task.create']);
  });

  it('is proven by the signed heads in a later life', async () => {
    const number = await twoSteps();
    const store = await rig.reopen();
    const [again, third] = await Promise.all([
      moveTo(store, number, { state: 'running' }),
      trailOf(store, number),
    ]);
    expect(again).toBeUndefined();
    expect(kindsOf(third)).toEqual(['task.create', 'task.propose', 'task.propose']);
    expect(kindsOf(await trailOf(store, number))).toEqual(['task.create', 'task.propose', 'task.propose']);
  });

  it.each([
    ['an entry that was changed', `update audit set actor = replace(actor, 'Ada', 'Eve') where seq = 1`],
    ['an entry whose hash was changed', `update audit set hash = '${'a'.repeat(64)}' where seq = 1`],
    ['an entry with another time', `update audit set at = at + 1 where task = 1001 and seq > 1`],
    ['a signature that is not ours', `update audit_signature set signature = randomblob(64)`],
    ['an actor that is nobody', `update audit set actor = 'null' where seq = 1`],
  ])('proves nothing with %s', async (_, sql) => {
    const number = await twoSteps();
    await rig.store.stop();
    withoutGuards(sql);
    const store = await rig.reopen();
    expect(await trailOf(store, number)).toMatchObject({ ok: false });
  });

  it('proves nothing with an entry that was put in', async () => {
    const number = await twoSteps();
    const columns = 'at, kind, actor, task, run, digest, detail, previous, hash';
    await rig.store.stop();
    withoutGuards(
      `insert into audit (seq, ${columns}) select (select max(seq) + 1 from audit), ${columns} from audit where seq = 1`,
    );
    const store = await rig.reopen();
    expect(await trailOf(store, number)).toMatchObject({
      ok: false,
      differs: expect.stringContaining('entry 5'),
    });
  });
});
