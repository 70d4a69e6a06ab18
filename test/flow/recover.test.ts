import { afterEach, beforeEach, expect, it } from 'vitest';
import { decideMs, deliverMs, lostGraceMs, scriptTimeoutMs } from '../../src/core/limits.ts';
import { greet } from '../../src/flow/greet.ts';
import { agentSilentMs, recoverSweepMs } from '../../src/flow/limits.ts';
import { FakeDrafter } from './fake-mind.ts';
import {
  agentIdOf,
  approved,
  askFor,
  cardOf,
  greetingOf,
  joined,
  makeRig,
  proposed,
  type Rig,
  reached,
  sentRun,
  stateOf,
  turns,
} from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

/** Lets the time pass and one sweep go by. */
const sweepAfter = async (ms: number): Promise<void> => {
  rig.clock.step(ms);
  await rig.recovering();
  await turns();
};

it('a proposal that nobody decided about expires when its time is over, and not before', async () => {
  const { task } = await proposed(rig, 'uptime');
  await sweepAfter(decideMs);
  expect((await rig.store.getTask(task))?.task.state).toBe('proposed');
  rig.clock.step(recoverSweepMs);
  await turns();
  expect((await rig.store.getTask(task))?.task).toMatchObject({
    state: 'expired',
    sentence: { code: 'expired' },
    decideBy: null,
  });
});

it('a question that nobody answered expires too', async () => {
  await joined(rig, 'db2');
  await rig.drafting(new FakeDrafter());
  const { task } = cardOf(await rig.desk.ask(askFor('uptime')));
  await reached(rig, task, 'asking');
  await sweepAfter(decideMs + 1);
  expect((await rig.store.getTask(task))?.task).toMatchObject({ state: 'expired', question: null });
});

it('runs that the queue forgot are pushed again, at the start and at each sweep', async () => {
  const { runs } = await approved(rig, 'uptime');
  const forget = async () => {
    await rig.queue.settle(agentIdOf('db1'), [runs[0]?.id ?? '']);
    expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([]);
  };
  await forget();
  await sweepAfter(0);
  expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([runs[0]?.id]);
  await forget();
  rig.clock.step(recoverSweepMs);
  await turns();
  expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([runs[0]?.id]);
});

it('a run that nobody took by its time is undelivered, and its task goes on', async () => {
  const { runs, task } = await approved(rig, 'uptime');
  await sweepAfter(deliverMs);
  expect(await stateOf(rig, runs[0]?.id ?? '')).toBe('queued');
  rig.clock.step(recoverSweepMs);
  await turns();
  expect(await rig.store.getRun(runs[0]?.id ?? '')).toMatchObject({
    state: 'undelivered',
    sentence: { code: 'undelivered' },
  });
  expect((await rig.store.getTask(task.number))?.task.state).toBe('answering');
});

it('a run that waits for its wave does not end by the clock', async () => {
  await joined(rig, 'db2');
  const { task } = await approved(rig, 'uptime on all machines', true);
  await sweepAfter(deliverMs + 1);
  expect((await rig.store.getTask(task.number))?.runs.map((r) => r.state).sort()).toEqual([
    'held',
    'undelivered',
  ]);
  expect((await rig.store.getTask(task.number))?.task.state).toBe('paused');
});

it.each(['sent', 'accepted', 'running'] as const)(
  'a run that was last heard of as %s is lost past all the time that it could take, and not before',
  async (state) => {
    const run = await sentRun(rig, 'uptime', 'db1');
    if (state !== 'sent') await rig.reports.accepted(run.agentId, run.id);
    if (state === 'running') await rig.reports.started(run.agentId, run.id);
    await sweepAfter(deliverMs + scriptTimeoutMs + lostGraceMs);
    expect(await stateOf(rig, run.id)).toBe(state);
    rig.clock.step(recoverSweepMs);
    await turns();
    expect(await rig.store.getRun(run.id)).toMatchObject({
      state: 'lost',
      sentence: { code: 'lost_silence' },
    });
  },
);

it('who acts when a deadline does is the clock, and the log says so', async () => {
  const { task } = await proposed(rig, 'uptime');
  await sweepAfter(decideMs + 1);
  const last = (await rig.store.listAudit(0, 100)).findLast((e) => e.task === task);
  expect(last).toMatchObject({ kind: 'task.expire', task, actor: { kind: 'server', id: 'clock' } });
});

it('an agent that a killed server left online is offline once it has been silent long enough', async () => {
  await sweepAfter(agentSilentMs);
  expect(await rig.store.listAgents()).toMatchObject([{ online: true }]);
  rig.clock.step(recoverSweepMs);
  await turns();
  expect(await rig.store.listAgents()).toMatchObject([{ name: 'db1', online: false }]);
});

it('an agent that is heard of stays online', async () => {
  await sweepAfter(agentSilentMs);
  await greet(rig.store, rig.check, greetingOf('db1'));
  rig.clock.step(recoverSweepMs);
  await turns();
  expect(await rig.store.listAgents()).toMatchObject([{ online: true }]);
});

it('a sweep that fails is tried again at the next', async () => {
  const { task } = await proposed(rig, 'uptime');
  const { dueTasks } = rig.real;
  rig.real.dueTasks = () => Promise.reject(new Error('the disk is away'));
  await sweepAfter(decideMs + 1);
  expect(rig.lines).toContainEqual({ level: 'error', message: 'a pass failed' });
  rig.real.dueTasks = dueTasks;
  rig.clock.step(recoverSweepMs);
  await turns();
  expect((await rig.store.getTask(task))?.task.state).toBe('expired');
});
