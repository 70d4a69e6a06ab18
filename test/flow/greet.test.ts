import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverMs } from '../../src/core/limits.ts';
import type { Run } from '../../src/core/run.ts';
import { type Greeting, greet, noteLoad, partAgent } from '../../src/flow/greet.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  act,
  agentIdOf,
  approved,
  greetingOf,
  joined,
  makeRig,
  type Rig,
  sentRun,
  stateOf,
  wentWell,
} from './rig.ts';

let rig: Rig;
let run: Run;
const db1 = agentIdOf('db1');
/** Changes that a crash of the server lets happen; all after them never do. */
let changesLeft = Number.POSITIVE_INFINITY;
const crashing = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name === 'change' && --changesLeft < 0) return Promise.reject(new Error('killed'));
        return value.apply(target, args);
      };
    },
  });

beforeEach(async () => {
  changesLeft = Number.POSITIVE_INFINITY;
  rig = await makeRig(crashing);
  await joined(rig, 'db1');
  run = await sentRun(rig, 'uptime on db1', 'db1');
});
afterEach(() => rig.dispose());

const hello = (over: Partial<Greeting> = {}) => greet(rig.store, rig.check, greetingOf('db1', over));
const naming = (state: Greeting['runs'][number]['state'], id = run.id) => ({ runs: [{ id, state }] });
const sentenceOf = async () => (await rig.store.getRun(run.id))?.sentence?.code;

describe('an order that was sent and is not named', () => {
  it('is sent again', async () => {
    const { resend, wanted } = await hello();
    expect(resend).toMatchObject([{ run: { id: run.id, state: 'sent' }, scriptText: 'echo linux\n' }]);
    expect(wanted).toEqual([]);
  });

  it('is sent again as long as it may run', async () => {
    rig.clock.step(deliverMs);
    expect((await hello()).resend).toHaveLength(1);
  });

  it('past its time is undelivered: it is sure that it did not run', async () => {
    rig.clock.step(deliverMs + 1);
    expect((await hello()).resend).toEqual([]);
    expect([await stateOf(rig, run.id), await sentenceOf()]).toEqual(['undelivered', 'undelivered']);
    expect((await rig.store.getTask(run.task))?.task.state).toBe('answering');
  });

  it('and was called back never arrived: it is cancelled, and not sent', async () => {
    await rig.desk.cancel(run.task, act);
    expect(await hello()).toMatchObject({ resend: [], cancel: [] });
    expect(await stateOf(rig, run.id)).toBe('cancelled');
    expect((await rig.store.getTask(run.task))?.task.state).toBe('cancelled');
  });

  it('is lost where the spool is another: it may have run under the old one', async () => {
    expect((await hello({ spoolId: 'a-new-spool' })).resend).toEqual([]);
    expect([await stateOf(rig, run.id), await sentenceOf()]).toEqual(['lost', 'lost_spool']);
  });
});

describe('a run that the agent had accepted', () => {
  beforeEach(() => rig.reports.accepted(db1, run.id));

  it('and names is wanted from its committed offset on', async () => {
    await rig.reports.output(db1, run.id, 'stdout', 0, Buffer.from('ab\n'));
    const { wanted, resend } = await hello(naming('started'));
    expect(wanted).toMatchObject([{ id: run.id, state: 'running', stdoutBytes: 3, stderrBytes: 0 }]);
    expect(resend).toEqual([]);
  });

  it('and does not name is lost', async () => {
    await hello();
    expect([await stateOf(rig, run.id), await sentenceOf()]).toEqual(['lost', 'lost_not_named']);
    expect((await rig.store.getTask(run.task))?.task.state).toBe('answering');
  });

  it('is lost where the spool is another', async () => {
    await hello({ spoolId: 'a-new-spool' });
    expect([await stateOf(rig, run.id), await sentenceOf()]).toEqual(['lost', 'lost_spool']);
  });

  it('and was called back while it was away is called back again', async () => {
    await rig.desk.cancel(run.task, act);
    expect(await hello(naming('accepted'))).toMatchObject({ cancel: [run.id], wanted: [{ id: run.id }] });
  });
});

describe('a run that is named', () => {
  it.each([
    ['accepted', 'accepted'],
    ['started', 'running'],
    ['finished', 'running'],
  ] as const)('as %s was not told before: it is %s now', async (named, state) => {
    await hello(naming(named));
    expect(await stateOf(rig, run.id)).toBe(state);
  });

  it('and has ended here may be forgotten', async () => {
    await rig.reports.finished(db1, run.id, wentWell);
    expect(await hello(naming('finished'))).toMatchObject({ forgettable: [run.id], wanted: [] });
  });

  it('and is unknown here may be forgotten', async () => {
    const id = 'f'.repeat(64);
    expect(await hello(naming('finished', id))).toMatchObject({ forgettable: [id] });
  });

  it('and is of another agent may be forgotten, and stays as it is there', async () => {
    const { forgettable } = await greet(rig.store, rig.check, greetingOf('web1', naming('finished')));
    expect(forgettable).toEqual([run.id]);
    expect(await stateOf(rig, run.id)).toBe('sent');
  });

  it('and was lost is wanted: its true end may come with it', async () => {
    await rig.reports.accepted(db1, run.id);
    await hello();
    expect(await hello(naming('finished'))).toMatchObject({ wanted: [{ id: run.id, state: 'lost' }] });
  });
});

describe('a new spool', () => {
  it.each([0, 1])(
    'is new at the next hello still, where the server was killed after %d changes',
    async (count) => {
      changesLeft = count;
      await expect(hello({ spoolId: 'a-new-spool' })).rejects.toThrow('killed');
      changesLeft = Number.POSITIVE_INFINITY;
      expect((await hello({ spoolId: 'a-new-spool' })).resend).toEqual([]);
      expect(await stateOf(rig, run.id)).toBe('lost');
    },
  );

  it('is the old one from then on', async () => {
    await hello({ spoolId: 'a-new-spool' });
    const next = await sentRun(rig, 'memory on db1', 'db1');
    expect((await hello({ spoolId: 'a-new-spool' })).resend).toMatchObject([{ run: { id: next.id } }]);
  });
});

describe('the machine', () => {
  it('is known from its first hello, and its birth stays', async () => {
    const [first] = await rig.store.listAgents();
    rig.clock.step(1_000);
    await hello({ labels: { role: 'db' }, bootId: 'another-boot' });
    expect(await rig.store.listAgents()).toMatchObject([
      { id: db1, online: true, labels: { role: 'db' }, bootId: 'another-boot', createdAt: first?.createdAt },
    ]);
    const kinds = (await rig.store.listAudit(0, 100)).map((e) => e.kind);
    expect(kinds.filter((k) => k.startsWith('agent.'))).toEqual(['agent.join', 'agent.online']);
  });

  it('is offline when it has left, and once is enough', async () => {
    await partAgent(rig.store, db1);
    const seq = await rig.store.lastSeq();
    await partAgent(rig.store, db1);
    expect(await rig.store.listAgents()).toMatchObject([{ online: false, lastSeenAt: rig.clock.now() }]);
    expect(await rig.store.lastSeq()).toBe(seq);
  });

  it('says how it is without filling the log', async () => {
    const seq = await rig.store.lastSeq();
    const load = {
      ...{ cpuFraction: 0.5, memoryUsedBytes: 1, memoryTotalBytes: 2, diskUsedBytes: 3, diskTotalBytes: 4 },
      ...{ load1: 0.1, uptimeSeconds: 9 },
    };
    await noteLoad(rig.store, db1, load);
    expect(await rig.store.listAgents()).toMatchObject([{ load: { ...load, at: rig.clock.now() } }]);
    expect(await rig.store.lastSeq()).toBe(seq);
  });

  it('has its last hour beside its name, across a stream that ended', async () => {
    const load = {
      ...{ cpuFraction: 0.5, memoryUsedBytes: 1, memoryTotalBytes: 2, diskUsedBytes: 3, diskTotalBytes: 4 },
      ...{ load1: 0.1, uptimeSeconds: 9 },
    };
    await noteLoad(rig.store, db1, load);
    await partAgent(rig.store, db1);
    rig.clock.step(60_000);
    await hello();
    await noteLoad(rig.store, db1, { ...load, cpuFraction: 1 });
    const [agent] = await rig.store.listAgents();
    expect(agent?.load?.history?.cpu).toEqual([50, 100]);
  });
});

it('a hello with many open runs is answered for each of them', async () => {
  await Promise.all(Array.from({ length: 9 }, () => approved(rig, 'uptime on db1')));
  await rig.dispatcher.take(db1);
  expect((await hello()).resend).toHaveLength(10);
});
