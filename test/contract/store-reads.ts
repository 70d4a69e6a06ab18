import { expect, it } from 'vitest';
import { RunState } from '../../src/core/run.ts';
import { TaskState } from '../../src/core/task.ts';
import type { OutputChunk, Store } from '../../src/ports/store.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';
import { anApproval, aRun, createRunning, createTask, somebody, somePlace } from './store-rows.ts';

/** What a store promises about what it is asked outside changes. */
export const readContract = (current: () => { store: Store; clock: SteppedClock }): void => {
  it('lists tasks newest first, by state, by place and by page', async () => {
    const { store } = current();
    const elsewhere = { ...somePlace, thread: null };
    await createTask(store);
    await createTask(store, { state: TaskState.proposed });
    await createTask(store, { place: elsewhere });
    await createTask(store, { state: TaskState.done });
    const numbers = async (filter: Parameters<Store['listTasks']>[0]) =>
      (await store.listTasks(filter)).map((t) => t.number);
    expect(await numbers({ limit: 10 })).toEqual([1004, 1003, 1002, 1001]);
    expect(await numbers({ limit: 2, before: 1004 })).toEqual([1003, 1002]);
    const states = [TaskState.drafting, TaskState.done];
    expect(await numbers({ limit: 10, states })).toEqual([1004, 1003, 1001]);
    expect(await numbers({ limit: 10, place: elsewhere })).toEqual([1003]);
    expect(await numbers({ limit: 10, place: somePlace, states, before: 1004 })).toEqual([1001]);
    expect(await numbers({ limit: 10, states: [] })).toEqual([]);
  });

  it('counts the tasks since an instant, by who asked and where they stand', async () => {
    const { store } = current();
    const bob = { ...somebody, id: 'U2', name: 'Bob' };
    expect(await store.countTasks(0)).toEqual([]);
    await createTask(store, { createdAt: 9, state: TaskState.done });
    await createTask(store, { createdAt: 10, state: TaskState.done });
    await createTask(store, { createdAt: 11, state: TaskState.done, asker: bob });
    await createTask(store, { createdAt: 12, state: TaskState.done });
    await createTask(store, { createdAt: 12, state: TaskState.failed });
    const counted = await store.countTasks(10);
    expect(counted.map(({ asker, state, count }) => [asker.id, state, count]).sort()).toEqual([
      ['U1', TaskState.done, 2],
      ['U1', TaskState.failed, 1],
      ['U2', TaskState.done, 1],
    ]);
    expect(await store.countTasks(13)).toEqual([]);
  });

  it('finds proposals and questions whose time is over', async () => {
    const { store } = current();
    await createTask(store, { state: TaskState.proposed, decideBy: 30 });
    await createTask(store, { state: TaskState.asking, decideBy: 10 });
    await createTask(store, { state: TaskState.proposed, decideBy: 50 });
    await createTask(store, { state: TaskState.expired, decideBy: 10 });
    expect(await store.dueTasks(30, 10)).toEqual([1002]);
    expect(await store.dueTasks(31, 10)).toEqual([1002, 1001]);
    expect(await store.dueTasks(31, 1)).toEqual([1002]);
  });

  it('lists runs by state, oldest deadline first, of one agent or of all', async () => {
    const { store } = current();
    await createRunning(store, ['a1', 'a2'], { runBy: 200 });
    await createRunning(store, ['a1'], { runBy: 100 });
    await createRunning(store, ['a1'], { runBy: 50, state: RunState.sent });
    const tasks = async (states: RunState[], agent: string | null, limit = 10) =>
      (await store.listRuns(states, agent, limit)).map((r) => [r.task, r.agentId]);
    expect(await tasks([RunState.queued], 'a1')).toEqual([
      [1002, 'a1'],
      [1001, 'a1'],
    ]);
    expect(await tasks([RunState.queued, RunState.sent], null, 2)).toEqual([
      [1003, 'a1'],
      [1002, 'a1'],
    ]);
    expect(await tasks([RunState.queued], null)).toHaveLength(3);
    expect(await tasks([RunState.lost], null)).toEqual([]);
  });

  it('gives the orders of runs with the exact bytes that were signed, leaving out unknown ones', async () => {
    const { store } = current();
    await createRunning(store, ['a1', 'a2']);
    const [second, first] = [aRun(1001, 'a2'), aRun(1001, 'a1')];
    const orders = await store.getOrders([second.id, 'no such run', first.id]);
    const record = await store.getTask(1001);
    const approved = {
      approval: anApproval(1001),
      proposal: record?.proposal,
      proposalDigest: record?.proposal?.digest,
      currentRevision: 1,
      targets: record?.task.targets,
    };
    expect(orders).toEqual([
      { run: second, approved },
      { run: first, approved },
    ]);
    expect(orders[0]?.approved).toBe(orders[1]?.approved);
    expect(await store.getApproval(anApproval(1001).id)).toEqual(anApproval(1001));
    expect(await store.getApproval('none')).toBeNull();
    expect(await store.getRun(first.id)).toEqual(first);
    expect(await store.getRun('none')).toBeNull();
    expect(await store.getTask(7)).toBeNull();
  });

  it('reads output from any offset, over chunks of any size, each stream by itself', async () => {
    const { store } = current();
    await createRunning(store, ['a1']);
    const runId = aRun(1001, 'a1').id;
    const whole = Buffer.from('0123456789abcdef');
    const cuts = [0, 1, 2, 7, 16];
    const output: OutputChunk[] = cuts.slice(1).map((end, i) => {
      const offset = cuts[i] ?? 0;
      return { runId, stream: 'stdout' as const, offset, bytes: whole.subarray(offset, end) };
    });
    output.push({ runId, stream: 'stderr', offset: 0, bytes: Buffer.from('err') });
    await store.change({ run: runId }, () => ({ result: null, writes: { output } }));
    for (let from = 0; from <= whole.length + 1; from++) {
      for (const count of [1, 3, 100]) {
        const bytes = await store.readOutput(runId, 'stdout', from, count);
        expect(bytes.toString()).toBe(whole.subarray(from, from + count).toString());
      }
    }
    expect((await store.readOutput(runId, 'stderr', 1, 100)).toString()).toBe('rr');
    expect(await store.readOutput('none', 'stdout', 0, 100)).toHaveLength(0);
  });

  it('remembers the machines of a conversation', async () => {
    const { store } = current();
    const other = { ...somePlace, thread: null };
    expect(await store.lastTargets(somePlace)).toEqual([]);
    await createRunning(store, ['a1', 'a2']);
    await createTask(store);
    await createTask(store, { place: other });
    expect(await store.lastTargets(somePlace)).toEqual(['a1', 'a2']);
    expect(await store.lastTargets(other)).toEqual([]);
  });
};
