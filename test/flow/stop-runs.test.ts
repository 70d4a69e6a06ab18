import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverMs } from '../../src/core/limits.ts';
import { FakeDrafter, FakeInterpreter } from './fake-mind.ts';
import {
  act,
  agentIdOf,
  approved,
  askFor,
  cardOf,
  joined,
  makeRig,
  proposed,
  type Rig,
  reached,
  sentTo,
  wentWell,
} from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.dispose());

const runsOf = async (task: number) => {
  const runs = (await rig.store.getTask(task))?.runs ?? [];
  return Object.fromEntries(runs.map((r) => [r.agentName, r]));
};
const statesOf = async (task: number) =>
  Object.fromEntries(Object.entries(await runsOf(task)).map(([name, r]) => [name, r.state]));
const finish = (name: string, runId: string, over = {}) =>
  rig.reports.finished(agentIdOf(name), runId, { ...wentWell, ...over });
const cancelled = async (task: number) => cardOf(await rig.desk.cancel(task, act));

describe('cancel', () => {
  it('while the script is looked for ends the task', async () => {
    const { task } = cardOf(await rig.desk.ask(askFor('uptime')));
    expect(await cancelled(task)).toMatchObject({ state: 'cancelled', decision: { by: 'Ada' } });
  });

  it('while a machine is asked for ends the task and its question', async () => {
    await joined(rig, 'db1', 'db2');
    await rig.drafting(new FakeDrafter());
    const { task } = cardOf(await rig.desk.ask(askFor('uptime')));
    await reached(rig, task, 'asking');
    expect(await cancelled(task)).toMatchObject({ state: 'cancelled', question: null, decideBy: null });
  });

  it('of a proposal ends the task with nothing run', async () => {
    await joined(rig, 'db1');
    const { task } = await proposed(rig, 'uptime');
    expect(await cancelled(task)).toMatchObject({ state: 'cancelled', runs: [] });
  });

  it('of what is only queued ends it at once', async () => {
    await joined(rig, 'db1', 'db2');
    const { task } = await approved(rig, 'uptime on all machines');
    expect(await cancelled(task.number)).toMatchObject({ state: 'cancelled' });
    expect(await statesOf(task.number)).toEqual({ db1: 'cancelled', db2: 'cancelled' });
    expect(rig.calledBack).toEqual([]);
  });

  it('ends what has not left, and calls back what has', async () => {
    await joined(rig, 'db1', 'db2', 'db3');
    const { task } = await approved(rig, 'uptime on all machines');
    const [sent] = await sentTo(rig, 'db1');
    const [running] = await sentTo(rig, 'db2');
    await rig.reports.started(agentIdOf('db2'), running?.id ?? '');
    expect(await cancelled(task.number)).toMatchObject({ state: 'cancelling' });
    expect(await statesOf(task.number)).toEqual({ db1: 'sent', db2: 'running', db3: 'cancelled' });
    expect([...rig.calledBack].sort()).toEqual([sent?.id, running?.id].sort());
    expect((await runsOf(task.number)).db1?.cancelAskedAt).toBe(rig.clock.now());
  });

  it('is over when the last machine has said how it ended, which may be well', async () => {
    await joined(rig, 'db1', 'db2');
    const { task } = await approved(rig, 'uptime on all machines');
    const [one] = await sentTo(rig, 'db1');
    const [two] = await sentTo(rig, 'db2');
    await cancelled(task.number);
    await finish('db1', one?.id ?? '');
    expect((await rig.store.getTask(task.number))?.task.state).toBe('cancelling');
    await finish('db2', two?.id ?? '', { end: 'cancelled', exitCode: null });
    expect((await rig.store.getTask(task.number))?.task.state).toBe('cancelled');
    expect(await statesOf(task.number)).toEqual({ db1: 'succeeded', db2: 'cancelled' });
  });

  it('of a canary that runs skips those who wait behind it', async () => {
    await joined(rig, 'db1', 'db2');
    const { task } = await approved(rig, 'uptime on all machines', true);
    const [canary] = await sentTo(rig, 'db1');
    await cancelled(task.number);
    expect(await statesOf(task.number)).toEqual({ db1: 'sent', db2: 'skipped' });
    await finish('db1', canary?.id ?? '', { end: 'cancelled', exitCode: null });
    expect((await rig.store.getTask(task.number))?.task).toMatchObject({
      state: 'cancelled',
      runsOpen: 0,
      runsHeld: 0,
    });
  });

  it('between waves answers with what has run', async () => {
    await joined(rig, 'db1', 'db2');
    const { task } = await approved(rig, 'uptime on all machines', true);
    const [canary] = await sentTo(rig, 'db1');
    await finish('db1', canary?.id ?? '');
    expect(await cancelled(task.number)).toMatchObject({ state: 'answering' });
    expect(await statesOf(task.number)).toEqual({ db1: 'succeeded', db2: 'skipped' });
    await rig.answering(new FakeInterpreter());
    const { task: done } = await reached(rig, task.number, 'done');
    expect(done.decision).toMatchObject({ verdict: 'cancelled' });
  });

  it('of what has ended says so', async () => {
    await joined(rig, 'db1');
    const { task } = await approved(rig, 'uptime');
    await cancelled(task.number);
    expect(await rig.desk.cancel(task.number, act)).toMatchObject({
      kind: 'refused',
      sentence: { code: 'not_decidable' },
    });
  });

  it('twice at once acts once', async () => {
    await joined(rig, 'db1');
    const { task } = await approved(rig, 'uptime');
    const outcomes = await Promise.all([
      rig.desk.cancel(task.number, act),
      rig.desk.cancel(task.number, act),
    ]);
    expect(outcomes.map((o) => o.kind)).toEqual(['done', 'refused']);
  });

  it('against a take at the same moment: the run is either called back or never leaves', async () => {
    await joined(rig, 'db1');
    const { task } = await approved(rig, 'uptime');
    const [orders] = await Promise.all([sentTo(rig, 'db1'), cancelled(task.number)]);
    expect(rig.calledBack).toEqual(orders.map((r) => r.id));
    const [other] = [await approved(rig, 'uptime again')];
    const [, none] = await Promise.all([cancelled(other.task.number), sentTo(rig, 'db1')]);
    expect(none).toEqual([]);
    expect(await statesOf(other.task.number)).toEqual({ db1: 'cancelled' });
  });
});

describe('after the canary', () => {
  const paused = async () => {
    await joined(rig, 'db1', 'db2', 'db3');
    const { task } = await approved(rig, 'uptime on all machines', true);
    const [canary] = await sentTo(rig, 'db1');
    await finish('db1', canary?.id ?? '');
    await reached(rig, task.number, 'paused');
    return task.number;
  };

  it('the task waits for a person, even where it went badly', async () => {
    await joined(rig, 'db1', 'db2');
    const { task } = await approved(rig, 'uptime on all machines', true);
    const [canary] = await sentTo(rig, 'db1');
    await finish('db1', canary?.id ?? '', { end: 'failed', exitCode: 1 });
    const card = await rig.desk.card(task.number);
    expect(card).toMatchObject({ state: 'paused', progress: { total: 2, ended: 1, bad: 1, held: 1 } });
  });

  it('continue releases the next wave to the queues', async () => {
    const task = await paused();
    expect(cardOf(await rig.desk.continue(task, act))).toMatchObject({ state: 'running' });
    expect(await statesOf(task)).toEqual({ db1: 'succeeded', db2: 'queued', db3: 'queued' });
    expect(await rig.queue.take(agentIdOf('db2'), 9)).toEqual([(await runsOf(task)).db2?.id]);
  });

  it('continue past the time of the approval starts nothing, and says what to do', async () => {
    const task = await paused();
    rig.clock.step(deliverMs + 1);
    expect(await rig.desk.continue(task, act)).toMatchObject({ sentence: { code: 'approval_over' } });
    expect(await statesOf(task)).toEqual({ db1: 'succeeded', db2: 'held', db3: 'held' });
  });

  it('the last wave leads to the answer', async () => {
    const task = await paused();
    await rig.desk.continue(task, act);
    for (const name of ['db2', 'db3']) {
      const [run] = await sentTo(rig, name);
      await finish(name, run?.id ?? '');
    }
    expect((await rig.store.getTask(task))?.task).toMatchObject({ state: 'answering', runsOpen: 0 });
  });

  it('stop leaves the others alone and goes on to the answer', async () => {
    const task = await paused();
    expect(cardOf(await rig.desk.stop(task, act))).toMatchObject({ state: 'answering' });
    expect(await statesOf(task)).toEqual({ db1: 'succeeded', db2: 'skipped', db3: 'skipped' });
  });

  it('of continue and stop at once one wins', async () => {
    const task = await paused();
    const outcomes = await Promise.all([rig.desk.continue(task, act), rig.desk.stop(task, act)]);
    expect(outcomes.map((o) => o.kind)).toEqual(['done', 'refused']);
  });

  it('the same click on continue acts once', async () => {
    const task = await paused();
    const click = { ...act, eventId: 'click-1' };
    await rig.desk.continue(task, click);
    expect((await rig.desk.continue(task, click)).kind).toBe('done');
    expect((await rig.store.getTask(task))?.task).toMatchObject({ runsOpen: 2, runsHeld: 0 });
  });

  it.each(['continue', 'stop'] as const)('%s means nothing where no wave waits', async (verb) => {
    await joined(rig, 'db1');
    const { task } = await approved(rig, 'uptime on db1');
    expect(await rig.desk[verb](task.number, act)).toMatchObject({
      kind: 'refused',
      sentence: { code: 'not_decidable' },
    });
  });
});
