import { afterEach, describe, expect, it } from 'vitest';
import { type Actor, TaskState } from '../../src/core/task.ts';
import { usageWindowMs } from '../../src/flow/limits.ts';
import { createTask } from '../contract/store-rows.ts';
import { changing, policyWith } from '../core/policy/rules.ts';
import { cardOf } from './rig.ts';
import { ada, askedFor, bob, cleo, dan, eve, person, rig, withPolicy, yes } from './rules-rig.ts';

afterEach(() => rig.dispose());

const awaited = async (who: Actor): Promise<number[]> =>
  (await rig.desk.awaits(who, 10)).map(({ task }) => task);

describe('what waits for a person', () => {
  const two = policyWith([{ name: 'two', decision: 'approve', approvals: 2, approvers: 'group:dba' }]);

  it('is what their yes would bring further, and no longer once they have said it', async () => {
    await withPolicy(two);
    const card = await askedFor(changing);
    expect(await Promise.all([ada, bob, cleo, dan, eve].map(awaited))).toEqual([
      [],
      [card.task],
      [card.task],
      [],
      [],
    ]);
    await yes(card, bob);
    expect([await awaited(bob), await awaited(cleo)]).toEqual([[], [card.task]]);
    await yes(card, cleo);
    expect(await awaited(cleo)).toEqual([]);
  });

  it('is the oldest first, as many as are wanted, and nothing whose time is over', async () => {
    await withPolicy(two);
    const first = await askedFor(changing);
    const second = await askedFor(`${changing} `);
    expect(await awaited(bob)).toEqual([first.task, second.task]);
    expect((await rig.desk.awaits(bob, 1)).map(({ task }) => task)).toEqual([first.task]);
    rig.clock.step((first.decideBy ?? 0) - rig.clock.now() + 1);
    expect(await awaited(bob)).not.toContain(first.task);
  });

  it('is also a next wave, for those who may let it go', async () => {
    await withPolicy(policyWith([]));
    const { number } = await createTask(rig.store, { state: TaskState.paused });
    expect(await awaited(bob)).toEqual([number]);
    expect(await awaited(dan)).toEqual([]);
  });
});

it('usage counts a week, and a person under all of their identities', async () => {
  await withPolicy(policyWith([]));
  const ask = async (asker: Actor) => cardOf(await rig.desk.ask(await askOf(asker)));
  const askOf = async (asker: Actor) => ({
    ...{ request: 'check memory', on: null, asker, eventId: null },
    place: { surface: 'slack', channel: 'C1', thread: null },
  });
  await ask(dan);
  rig.clock.step(usageWindowMs + 1);
  expect(await rig.desk.usage(dan)).toMatchObject({ asked: 0, askedByThem: 0, answered: 0 });
  await ask(dan);
  await ask(person('U4', 'Dan the Second'));
  await ask(bob);
  expect(await rig.desk.usage(dan)).toMatchObject({ asked: 3, askedByThem: 2, answered: 0 });
});
