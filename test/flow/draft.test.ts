import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptsMax, claimLeaseMs, decideMs, targetsMax } from '../../src/core/limits.ts';
import { proposalDigest } from '../../src/core/script.ts';
import { sentence } from '../../src/core/sentences.ts';
import { claimSweepMs } from '../../src/flow/limits.ts';
import { WorkerStopped } from '../../src/flow/worker.ts';
import type { Draft } from '../../src/ports/drafter.ts';
import { anAgent } from '../contract/store-rows.ts';
import { draftOf, FakeDrafter, held } from './fake-mind.ts';
import { ada, askFor, cardOf, joinAs, joined, makeRig, type Rig, reached, turns } from './rig.ts';

let rig: Rig;
let drafter: FakeDrafter;
beforeEach(async () => {
  rig = await makeRig();
  drafter = new FakeDrafter();
});
afterEach(() => rig.dispose());

const asked = async (request: string, over = {}): Promise<number> =>
  cardOf(await rig.desk.ask(askFor(request, over))).task;

describe('the machines', () => {
  it('are found before the drafter is asked, and left out of its words', async () => {
    await joined(rig, 'db1', 'db2');
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('check memory on db1'), 'proposed');
    expect(drafter.requests).toEqual([
      { words: 'check memory', platforms: ['linux'], before: [], context: null },
    ]);
    expect(task.targets).toEqual([{ agentId: 'agent-db1-id', name: 'db1', platform: 'linux' }]);
  });

  it('are asked for where none is named', async () => {
    await joined(rig, 'db1', 'web1');
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('check memory'), 'asking');
    expect(task.question).toMatchObject({
      sentence: { code: 'machine_missing' },
      options: ['db1', 'web1'],
    });
    expect(task.decideBy).toBe(rig.clock.now() + decideMs);
    expect(drafter.requests).toEqual([]);
  });

  it('are asked about where the words and --on differ, and the answer is final', async () => {
    await joined(rig, 'db1', 'web1');
    await rig.drafting(drafter);
    const number = await asked('check memory on db1', { on: 'web1' });
    const { task } = await reached(rig, number, 'asking');
    expect(task.question).toMatchObject({ sentence: { code: 'machines_differ' }, options: ['web1', 'db1'] });
    await rig.desk.choose(number, { by: ada, eventId: null, option: 'web1' });
    const { task: after } = await reached(rig, number, 'proposed');
    expect(after.targets).toMatchObject([{ name: 'web1' }]);
  });

  it('are asked about where one of a list is unknown, and the words that follow are none', async () => {
    await joined(rig, 'db1', 'web1');
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('check memory on db1 and nosuch'), 'asking');
    expect(task.question).toMatchObject({ sentence: { code: 'machine_unknown_among' }, options: ['db1'] });
    await reached(rig, await asked('check disk on db1 and memory'), 'proposed');
    expect(drafter.requests).toMatchObject([{ words: 'check disk and memory' }]);
  });

  it('that nobody knows end the task with a sentence', async () => {
    await joined(rig, 'db1', 'web1');
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('check memory on role=cache'), 'failed');
    expect(task.sentence).toMatchObject({ code: 'machines_none_match' });
  });

  it('that are too many end the task with a sentence', async () => {
    for (let from = 0; from <= targetsMax; from += 100) {
      const changes = Array.from({ length: 100 }, (_, i) => anAgent(`a${from + i}`)).map((agent) =>
        rig.store.change({ agent: agent.id }, () => ({ result: null, writes: { agent } })),
      );
      await Promise.all(changes);
    }
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('uptime on all machines'), 'failed');
    expect(task.sentence).toMatchObject({ code: 'machines_too_many' });
  });

  it('chosen by a person go on to a proposal', async () => {
    await joined(rig, 'db1', 'web1');
    await rig.drafting(drafter);
    const number = await asked('check memory');
    await reached(rig, number, 'asking');
    await rig.desk.choose(number, { by: ada, eventId: null, option: 'web1' });
    const { task } = await reached(rig, number, 'proposed');
    expect(task).toMatchObject({ on: 'web1', question: null, targets: [{ name: 'web1' }] });
  });

  it('of several platforms each get their script, and the digest is of all of it', async () => {
    await joinAs(rig, 'db1', 'linux');
    await joinAs(rig, 'win1', 'windows');
    await rig.drafting(drafter);
    const { task, proposal } = await reached(rig, await asked('uptime on all machines'), 'proposed');
    expect(proposal?.scripts.map((s) => [s.interpreter, s.platforms])).toEqual([
      ['bash', ['linux']],
      ['powershell', ['windows']],
    ]);
    expect(proposal?.digest).toBe(
      proposalDigest(proposal?.scripts ?? [], task.targets, proposal?.timeoutMs ?? 0),
    );
  });
});

describe('what was asked before', () => {
  const place = { surface: 'chat', channel: 'C1', thread: 'T1' };

  it('in the thread is told, oldest first, without the request itself', async () => {
    await joined(rig, 'db1');
    await asked('check memory', { place });
    await asked('and the disk?', { place });
    await asked('elsewhere', { place: { ...place, thread: 'T2' } });
    const last = await asked('and now?', { place });
    await rig.drafting(drafter);
    await reached(rig, last, 'proposed');
    expect(drafter.requests.find((r) => r.words === 'and now?')?.before).toEqual([
      'check memory',
      'and the disk?',
    ]);
  });

  it('does not hold what was asked after it', async () => {
    await joined(rig, 'db1');
    const first = await asked('check memory', { place });
    await asked('and the disk?', { place });
    await rig.drafting(drafter);
    await reached(rig, first, 'proposed');
    expect(drafter.requests.find((r) => r.words === 'check memory')?.before).toEqual([]);
  });
});

describe('a draft', () => {
  beforeEach(() => joined(rig, 'db1'));

  it('that is nothing ends the task with its sentence and what would work', async () => {
    const nearest = [{ label: 'Memory', request: 'check memory' }];
    const why = sentence('runbook_none', { nearest: ['check memory'] });
    drafter.say = () => ({ kind: 'nothing', sentence: why, language: 'de', nearest });
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('sing a song'), 'failed');
    expect(task).toMatchObject({ sentence: why, suggestions: nearest, language: 'de' });
  });

  it('that throws is tried again, and the second counts', async () => {
    drafter.say = ({ platforms }) => {
      if (drafter.requests.length === 1) throw new Error('a fault of ours');
      return draftOf(platforms);
    };
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('uptime'), 'proposed');
    expect(task.proposalRevision).toBe(1);
    expect(drafter.requests).toHaveLength(2);
  });

  it('that throws every time ends the task with a sentence', async () => {
    drafter.say = () => Promise.reject(new Error('a fault of ours'));
    await rig.drafting(drafter);
    const { task } = await reached(rig, await asked('uptime'), 'failed');
    expect(task.sentence).toMatchObject({ code: 'draft_gave_up' });
    expect(drafter.requests).toHaveLength(attemptsMax);
  });

  it('that has no script for one of the machines is a fault, and never becomes a card', async () => {
    await joinAs(rig, 'win1', 'windows');
    drafter.say = () => draftOf(['linux']);
    await rig.drafting(drafter);
    const { proposal } = await reached(rig, await asked('uptime on all machines'), 'failed', 'proposed');
    expect(proposal).toBeNull();
  });

  it('for a task that was cancelled meanwhile changes nothing', async () => {
    const draft = held<Draft>();
    drafter.say = () => draft.promise;
    const worker = await rig.drafting(drafter);
    const number = await asked('uptime');
    await rig.desk.cancel(number, { by: ada, eventId: null });
    draft.give(draftOf(['linux']));
    await worker.stop();
    expect(await rig.store.getTask(number)).toMatchObject({ task: { state: 'cancelled' }, proposal: null });
  });
});

describe('two servers at one task', () => {
  beforeEach(() => joined(rig, 'db1'));

  it('the slow one, whose lease went to another, loses', async () => {
    const slow = held<Draft>();
    drafter.say = () => (drafter.requests.length === 1 ? slow.promise : draftOf(['linux'], 'quick'));
    const first = await rig.drafting(drafter, 'server-1:slow');
    const number = await asked('uptime');
    await drafter.asked.until(1);
    rig.clock.step(claimLeaseMs);
    await rig.drafting(drafter, 'server-2:quick');
    const { proposal } = await reached(rig, number, 'proposed');
    slow.give(draftOf(['linux'], 'late'));
    await first.stop();
    expect((await rig.store.getTask(number))?.proposal).toEqual(proposal);
    expect(proposal?.scripts[0]?.text).toBe('quick linux\n');
  });

  it('a stop in the middle gives the task back at once', async () => {
    let sawSignal = false;
    drafter.say = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          sawSignal = signal.reason instanceof WorkerStopped;
          reject(signal.reason);
        });
      });
    const first = await rig.drafting(drafter, 'server-1:old');
    const number = await asked('uptime');
    await drafter.asked.until(1);
    await first.stop();
    await rig.drafting(new FakeDrafter(), 'server-1:new');
    await reached(rig, number, 'proposed');
    expect(sawSignal).toBe(true);
  });

  it('a claim that nobody gave back is found by the sweep when its lease is over', async () => {
    const number = await asked('uptime');
    await rig.store.claim('drafting', 'server-0:dead', claimLeaseMs, 1);
    await rig.drafting(drafter);
    await turns();
    expect(drafter.requests).toEqual([]);
    for (let passed = 0; passed <= claimLeaseMs; passed += claimSweepMs) {
      rig.clock.step(claimSweepMs);
      await turns(3);
    }
    await reached(rig, number, 'proposed');
  });
});
