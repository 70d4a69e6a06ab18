import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditGenesis, auditHash } from '../../src/core/audit.ts';
import { RunState } from '../../src/core/run.ts';
import { TaskState } from '../../src/core/task.ts';
import type { Committed, Store } from '../../src/ports/store.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { claimContract } from './store-claims.ts';
import { enrolmentContract } from './store-enrolment.ts';
import { hooksContract } from './store-hooks.ts';
import { incidentContract } from './store-incidents.ts';
import { sealContract } from './store-log.ts';
import { postContract } from './store-posts.ts';
import { pruningContract } from './store-pruning.ts';
import { readContract } from './store-reads.ts';
import { aNote, anAgent, aPost, aProposal, aTask, createRunning, createTask, moveTo } from './store-rows.ts';
import { runbooksContract } from './store-runbooks.ts';

/** One implementation under test, on data of its own. */
export interface StoreRig {
  store: Store;
  /** SPKI of the key that signs the log's heads, and the server's id in them. */
  publicKey: Buffer;
  server: string;
  /** Stops the store and starts another on the same data. */
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

export type MakeStore = (clock: SteppedClock) => Promise<StoreRig>;

/** What every store promises (src/ports/store.ts). */
export const storeContract = (name: string, make: MakeStore): void => {
  describe(`${name}: the contract of a store`, () => {
    const clock = new SteppedClock();
    let rig: StoreRig;
    let store: Store;
    const current = () => ({ store, clock });
    beforeEach(async () => {
      rig = await make(clock);
      store = rig.store;
    });
    afterEach(() => rig.dispose());

    changeContract(current, async () => {
      store = await rig.reopen();
    });
    viewContract(current);
    logContract(current);
    claimContract(current);
    enrolmentContract(current);
    hooksContract(current);
    runbooksContract(current);
    readContract(current);
    incidentContract(current);
    pruningContract(current);
    postContract(current);
    sealContract(() => ({ ...rig, ...current() }));
  });
};

type Current = () => { store: Store; clock: SteppedClock };

const changeContract = (current: Current, reopen: () => Promise<void>): void => {
  it('numbers tasks from 1001 on, also within one group', async () => {
    const { store } = current();
    const made = await Promise.all([createTask(store), createTask(store), createTask(store)]);
    expect(made.map((t) => t.number)).toEqual([1001, 1002, 1003]);
  });

  it('keeps what resolved over a restart', async () => {
    const task = await createRunning(current().store, ['a1', 'a2']);
    await reopen();
    const { store } = current();
    const record = await store.getTask(task.number);
    expect(record?.task).toEqual(task);
    expect(record?.proposal).toEqual(aProposal(task.number));
    expect(record?.runs.map((r) => r.agentId)).toEqual(['a1', 'a2']);
    expect((await createTask(store)).number).toBe(task.number + 1);
  });

  it('lets each change of a group see those before it', async () => {
    const { store } = current();
    const { number } = await createTask(store);
    const seen = await Promise.all(
      [1, 2, 3].map(() =>
        store.change({ task: number }, ({ task }) => {
          if (!task) throw new Error('gone');
          const next = { ...task, revision: task.revision + 1 };
          return { result: task.revision, writes: { task: next } };
        }),
      ),
    );
    expect(seen).toEqual([1, 2, 3]);
  });

  it('rolls back a decide that throws by itself, and leaves no gap in the log', async () => {
    const { store } = current();
    const fault = new Error('not today');
    const results = await Promise.allSettled([
      createTask(store),
      store.change({}, () => {
        throw fault;
      }),
      createTask(store),
    ]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: fault });
    expect((await store.listAudit(0, 10)).map((e) => e.seq)).toEqual([1, 2]);
  });

  it('undoes all of a change of which one write fails, and nothing else', async () => {
    const { store } = current();
    const { number } = await createTask(store);
    const results = await Promise.allSettled([
      store.change({}, (view) => ({
        result: null,
        writes: { task: aTask(view.nextTask), posts: [aPost('p', 9_999)], audit: [aNote(view.nextTask)] },
      })),
      store.change({}, () => ({ result: null, writes: { task: aTask(number), audit: [aNote(number)] } })),
      createTask(store),
    ]);
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect((await store.listTasks({ limit: 10 })).map((t) => t.number)).toEqual([1002, 1001]);
    expect((await store.listAudit(0, 10)).map((e) => e.seq)).toEqual([1, 2]);
  });

  it('takes no change of state without an entry in the log', async () => {
    const { store } = current();
    const { number } = await createTask(store);
    const silent = store.change({ task: number }, ({ task }) => ({
      result: null,
      writes: { task: { ...aTask(number), ...task, state: TaskState.failed } },
    }));
    await expect(silent).rejects.toThrow(/audit/);
    expect((await store.getTask(number))?.task.state).toBe(TaskState.drafting);
  });

  it('tells what a commit touched after it is durable, in order', async () => {
    const { store } = current();
    const told: Committed[] = [];
    const none = new Set<number>();
    const end = store.onCommit((committed) => told.push(committed));
    const task = await createRunning(store, ['a1']);
    const run = (await store.getTask(task.number))?.runs[0];
    if (!run) throw new Error('no run');
    await store.change({ run: run.id }, () => ({
      result: null,
      writes: { output: [{ runId: run.id, stream: 'stdout', offset: 0, bytes: Buffer.from('x') }] },
    }));
    await store.change({ agent: 'a1' }, () => ({ result: null, writes: { agent: anAgent('a1') } }));
    await store.change({}, () => ({ result: null }));
    end();
    await createTask(store);
    expect(told).toEqual([
      { seq: 1, tasks: new Set([task.number]), outputs: new Set(), agents: new Set(), incidents: none },
      { seq: 1, tasks: new Set(), outputs: new Set([task.number]), agents: new Set(), incidents: none },
      { seq: 1, tasks: new Set(), outputs: new Set(), agents: new Set(['a1']), incidents: none },
    ]);
  });

  it('rejects before it is started and after it is stopped, and stops twice', async () => {
    const { store } = current();
    const last = createTask(store);
    await store.stop();
    await store.stop();
    await expect(last).resolves.toMatchObject({ number: 1001 });
    await expect(createTask(store)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.listAgents()).rejects.toMatchObject({ code: 'store_unavailable' });
    await reopen();
  });
};

const viewContract = (current: Current): void => {
  it('shows only what the scope names, and null for what is not there', async () => {
    const { store, clock } = current();
    await createRunning(store, ['a1']);
    const empty = { task: null, claim: null, proposal: null, trail: null };
    const others = {
      runs: [],
      run: null,
      agent: null,
      agents: [],
      namesake: null,
      hook: null,
      keptRunbook: null,
      invite: null,
      post: null,
      posts: [],
    };
    const incidents = { nextIncident: 1, incidents: [], alerts: [], storms: [], watch: null };
    const none = await store.change({}, (view) => ({ result: { ...view } }));
    expect(none).toEqual({
      ...empty,
      ...others,
      ...incidents,
      now: clock.now(),
      nextTask: 1002,
      seenEventTask: null,
      isOtherDelivery: false,
    });
    const scope = {
      ...{ task: 7, allRuns: true, allPosts: true, run: 'r', post: 'p', event: 'e' },
      ...{ agent: 'a', agentName: 'n', invite: 'i' },
    };
    const missing = await store.change(scope, (view) => ({ result: { ...view } }));
    expect(missing).toEqual(none);
  });

  it('shows the task of a run that is named alone, with its proposal and all of its runs', async () => {
    const { store } = current();
    const task = await createRunning(store, ['a1', 'a2']);
    const [first] = (await store.getTask(task.number))?.runs ?? [];
    const scope = { run: first?.id ?? '', allRuns: true };
    const view = await store.change(scope, (v) => ({ result: { ...v } }));
    expect(view.task).toEqual(task);
    expect(view.proposal?.revision).toBe(1);
    expect(view.run).toEqual(first);
    expect(view.runs).toHaveLength(2);
  });

  it('shows a delivery as seen once it was marked, with the task that it made', async () => {
    const { store } = current();
    const deliver = () =>
      store.change({ event: 'delivery-1' }, (view) => {
        if (view.seenEventTask !== null) return { result: view.seenEventTask };
        const task = aTask(view.nextTask);
        const writes = { task, eventTask: task.number, audit: [aNote(task.number)] };
        return { result: task.number, writes };
      });
    expect(await Promise.all([deliver(), deliver()])).toEqual([1001, 1001]);
    expect(await deliver()).toBe(1001);
    expect(await store.listTasks({ limit: 10 })).toHaveLength(1);
  });

  it('tells a delivery that comes again from another one under the same id', async () => {
    const { store } = current();
    const deliver = (eventDigest?: string) =>
      store.change({ event: 'key-1', ...(eventDigest === undefined ? {} : { eventDigest }) }, (view) => ({
        result: [view.seenEventTask, view.isOtherDelivery],
        writes: view.seenEventTask === null ? { eventTask: 0 } : {},
      }));
    expect(await deliver('a')).toEqual([null, false]);
    expect(await deliver('a')).toEqual([0, false]);
    expect(await deliver('b')).toEqual([0, true]);
    expect(await deliver()).toEqual([0, false]);
  });

  it('gives back every field of a task, an agent and a run as it was written', async () => {
    const { store } = current();
    const task = await createRunning(store, ['a1']);
    const full = aTask(task.number, {
      state: TaskState.done,
      revision: 2,
      language: 'ko',
      on: 'db1',
      place: { surface: 'cli', channel: 'c', thread: null },
      targets: task.targets,
      proposalRevision: 1,
      decideBy: 5,
      question: { sentence: { code: 'no_agents', text: 'x' }, options: ['a', '"b"'] },
      decision: { verdict: 'approved', by: task.asker, at: 3, reason: '한국어 \u0000 \ud83d\ude00' },
      sentence: { code: 'expired', text: 'y' },
      answer: { words: 'w', hosts: [], followUps: [], language: 'ko', reader: 'plain' },
      suggestions: [{ label: 'l', request: 'r' }],
      runsTotal: 1,
    });
    const run = {
      ...(await store.getTask(task.number))?.runs[0],
      state: RunState.failed,
      exitCode: 137,
      stdoutBytes: 10,
      stderrBytes: 20,
      stdoutRedaction: { rawBytes: 12, state: '{"rest":"key"}', headBytes: 7, isWithheld: false },
      stderrRedaction: { rawBytes: 30, state: '', headBytes: null, isWithheld: true },
      stdoutCutAt: 1,
      stderrCutAt: 2,
      cancelAskedAt: 3,
      sentAt: 4,
      startedAt: 5,
      endedAt: 6,
      sentence: { code: 'timed_out', text: 'z' },
    } as NonNullable<Awaited<ReturnType<Store['getRun']>>>;
    const agent = anAgent('a1', { online: false, load: null, labels: {} });
    await store.change({ task: task.number, run: run.id, agent: 'a1' }, () => ({
      result: null,
      writes: { task: full, runs: [run], agent, audit: [aNote(task.number)] },
    }));
    expect(await store.getTask(task.number)).toEqual({
      task: full,
      proposal: aProposal(task.number),
      runs: [run],
    });
    expect(await store.listAgents()).toEqual([agent]);
  });

  it('updates an agent by its heartbeat and by its facts', async () => {
    const { store } = current();
    await store.change({ agent: 'a1' }, () => ({ result: null, writes: { agent: anAgent('a1') } }));
    for (const over of [
      { online: false, lastSeenAt: 9 },
      { labels: { role: 'web' }, lastSeenAt: 10 },
    ]) {
      await store.change({ agent: 'a1' }, ({ agent }) => ({
        result: null,
        writes: { agent: { ...anAgent('a1'), ...agent, ...over } },
      }));
    }
    expect(await store.listAgents()).toEqual([
      anAgent('a1', { online: false, lastSeenAt: 10, labels: { role: 'web' } }),
    ]);
  });
};

const logContract = (current: Current): void => {
  it('chains the entries of the log by their hashes, from the genesis on', async () => {
    const { store } = current();
    await Promise.all([createTask(store), createTask(store)]);
    await moveTo(store, 1001, { state: TaskState.failed });
    let previous = auditGenesis;
    const entries = await store.listAudit(0, 10);
    for (const entry of entries) {
      const { seq, at, previous: before, hash, ...note } = entry;
      expect(before).toBe(previous);
      expect(hash).toBe(auditHash(previous, seq, at, note));
      previous = hash;
    }
    expect(entries.map((e) => e.seq)).toEqual([1, 2, 3]);
    expect(await store.lastSeq()).toBe(3);
    expect((await store.listAudit(1, 1)).map((e) => e.seq)).toEqual([2]);
  });
};
