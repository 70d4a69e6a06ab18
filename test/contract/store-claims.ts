import { expect, it } from 'vitest';
import { TaskState } from '../../src/core/task.ts';
import type { Claim, Store } from '../../src/ports/store.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';
import { createTask, moveTo } from './store-rows.ts';

const leaseMs = 1_000;

/** What a store promises about workers' holds on tasks. */
export const claimContract = (current: () => { store: Store; clock: SteppedClock }): void => {
  const claim = async (owner: string, countMax = 10): Promise<{ number: number; claim: Claim }[]> => {
    const claimed = await current().store.claim(TaskState.drafting, owner, leaseMs, countMax);
    return claimed.map(({ task, claim: held }) => ({ number: task.number, claim: held }));
  };
  const claimSeen = (number: number): Promise<Claim | null> =>
    current().store.change({ task: number }, (view) => ({ result: view.claim }));

  it('claims the lowest numbers of a state first, each once', async () => {
    const { store, clock } = current();
    await createTask(store);
    await createTask(store, { state: TaskState.proposed });
    await createTask(store);
    await createTask(store);
    const until = clock.now() + leaseMs;
    const [first, second] = await Promise.all([claim('w1', 2), claim('w2', 2)]);
    expect(first).toEqual([
      { number: 1001, claim: { owner: 'w1', attempt: 1, until } },
      { number: 1003, claim: { owner: 'w1', attempt: 1, until } },
    ]);
    expect(second).toEqual([{ number: 1004, claim: { owner: 'w2', attempt: 1, until } }]);
    expect(await claim('w3')).toEqual([]);
  });

  it('claims again when the lease is over, and counts the attempt', async () => {
    const { store, clock } = current();
    await createTask(store);
    const [slow] = await claim('w1');
    clock.step(leaseMs - 1);
    expect(await claim('w2')).toEqual([]);
    clock.step(1);
    const [fast] = await claim('w2');
    expect(fast?.claim).toMatchObject({ owner: 'w2', attempt: 2 });
    expect(await claimSeen(1001)).toEqual(fast?.claim);
    expect(await claimSeen(1001)).not.toEqual(slow?.claim);
  });

  it('frees a task that is released, keeping the count, and ignores a release by who lost it', async () => {
    const { store } = current();
    await createTask(store);
    const [first] = await claim('w1');
    if (!first) throw new Error('no claim');
    await store.release(1001, first.claim);
    expect(await claimSeen(1001)).toBeNull();
    const [second] = await claim('w2');
    expect(second?.claim.attempt).toBe(2);
    await store.release(1001, first.claim);
    expect(await claimSeen(1001)).toEqual(second?.claim);
  });

  it('does not count a claim that is given back unused', async () => {
    const { store } = current();
    await createTask(store);
    const [first] = await claim('w1');
    if (!first) throw new Error('no claim');
    await store.release(1001, first.claim, { isCounted: false });
    expect(await claim('w2')).toMatchObject([{ claim: { attempt: 1 } }]);
  });

  it("gives back an earlier life's claims at once, and nobody else's", async () => {
    const { store } = current();
    await createTask(store);
    await createTask(store);
    await claim('server-1:old', 1);
    await claim('server-10:x', 1);
    await store.disown('server-1:');
    expect(await claim('server-1:new')).toMatchObject([{ number: 1001, claim: { attempt: 2 } }]);
  });

  it('keeps the claim while the state stays, and starts again when it changes', async () => {
    const { store } = current();
    await createTask(store);
    const [held] = await claim('w1');
    await moveTo(store, 1001, { language: 'de' });
    expect(await claimSeen(1001)).toEqual(held?.claim);
    await moveTo(store, 1001, { state: TaskState.proposed });
    expect(await claimSeen(1001)).toBeNull();
    await moveTo(store, 1001, { state: TaskState.drafting });
    const [again] = await claim('w1');
    expect(again?.claim.attempt).toBe(1);
  });
};
