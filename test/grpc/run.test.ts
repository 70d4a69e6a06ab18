import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentItem } from '../../proto/agent-stream.ts';
import { scriptBytesMax } from '../../src/core/limits.ts';
import { isDocumentSigned, publicKeyFrom } from '../../src/core/order.ts';
import { framesOf } from '../../src/grpc/frames.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  act,
  agentIdOf,
  approved,
  cardOf,
  joined,
  proposed,
  type Rig,
  reached,
  turns,
  yes,
} from '../flow/rig.ts';
import { type GatewayRig, makeGatewayRig } from './gateway-rig.ts';
import { exited, helloOf } from './test-agent.ts';

let rig: GatewayRig;
/** Called when an order is committed as sent, before anyone else hears of it. */
let onSent: () => Promise<unknown>;
/** Called before orders are read: between what a hello is held against and its welcome. */
let onOrders: () => Promise<unknown>;
const watched = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name === 'getOrders') return (ids: string[]) => onOrders().then(() => target.getOrders(ids));
      if (name !== 'change') return value.bind(target);
      return async (...args: unknown[]) => {
        const result = (await value.apply(target, args)) as { scriptText?: string; orders?: [] } | null;
        if (typeof result?.scriptText === 'string' || result?.orders?.length) await onSent();
        return result;
      };
    },
  });

beforeEach(async () => {
  onSent = async () => {};
  onOrders = async () => {};
  rig = await makeGatewayRig(watched);
});
afterEach(() => rig.dispose());

const stateOf = async (runId: Buffer) => (await rig.store.getRun(runId.toString('hex')))?.state;
const until = (runId: Buffer, state: string) =>
  rig.until(async () => ((await stateOf(runId)) === state ? true : null));
const output = (runId: Buffer, offset: number, text: string): AgentItem => ({
  output: { runId, stream: 'OUTPUT_STREAM_STDOUT', offset, data: Buffer.from(text) },
});

/** Runs this script by an edit and a yes, and gives nothing back: the order tells. */
const runScript = async (rig: Rig, text: string): Promise<void> => {
  const card = await proposed(rig, `uptime on db1`);
  const texts = [{ digest: card.scripts[0]?.digest ?? '', text }];
  const edited = cardOf(await rig.desk.edit(card.task, { ...act, proposal: 1, texts }));
  cardOf(await rig.desk.approve(card.task, yes(edited)));
};

describe('a run', () => {
  it('goes from the order over its acceptance to its end, each committed and acknowledged', async () => {
    const agent = await rig.connected('db1');
    const { task, runs } = await approved(rig, 'uptime on db1');
    const order = await agent.order();
    expect(order.runId.toString('hex')).toBe(runs[0]?.id);
    expect(order.script.toString()).toBe('echo linux\n');
    const key = publicKeyFrom(rig.signer.publicKey);
    expect(isDocumentSigned(order.document, order.signature, key)).toBe(true);
    const { runId } = order;
    agent.send({ accepted: { runId } });
    await until(runId, 'accepted');
    agent.send({ started: { runId } }, output(runId, 0, 'up 3 day\n'));
    expect((await agent.got('outputAck')).outputAck).toEqual({
      runId,
      stream: 'OUTPUT_STREAM_STDOUT',
      offset: 9,
    });
    agent.send(exited(runId, { stdoutBytes: 9 }));
    expect((await agent.got('finishedAck')).finishedAck).toEqual({ runId });
    expect((await reached(rig, task.number, 'answering')).runs).toMatchObject([
      { state: 'succeeded', exitCode: 0, stdoutBytes: 9 },
    ]);
  });

  it('may be told in one frame, from acceptance to end', async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    agent.send(
      { accepted: { runId } },
      { started: { runId } },
      output(runId, 0, 'abc'),
      exited(runId, { stdoutBytes: 3, exitCode: 7 }),
    );
    await agent.got('finishedAck');
    expect(await stateOf(runId)).toBe('failed');
  });

  it('that the agent refused ends with the reason', async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    agent.send({ refused: { runId, reason: 'REASON_SIGNATURE', detail: '' } });
    await until(runId, 'refused');
    expect(await rig.store.getRun(runId.toString('hex'))).toMatchObject({
      sentence: { code: 'refused_signature' },
    });
  });

  it.each([
    ['FINISHED_END_TIMED_OUT', 'timed_out', 'timed_out'],
    ['FINISHED_END_UNSTARTED', 'unstarted', 'unstarted_fault'],
    ['FINISHED_END_LOST', 'lost', 'lost_wrapper'],
    ['FINISHED_END_CANCELLED', 'cancelled', undefined],
  ] as const)('that ended as %s is %s, and its sentence says why', async (end, state, code) => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    agent.send(exited(runId, { end, detail: 'no space left' }));
    await until(runId, state);
    expect((await rig.store.getRun(runId.toString('hex')))?.sentence?.code).toBe(code);
  });

  it('whose syntax its machine rejects says what Bash said, with nothing hidden in it', async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    const detail = `line 2: near \u202e${'x'.repeat(5_000)}`;
    agent.send(exited(runId, { end: 'FINISHED_END_UNSTARTED', reason: 'REASON_SYNTAX', detail }));
    await until(runId, 'unstarted');
    const why = (await rig.store.getRun(runId.toString('hex')))?.sentence;
    expect(why?.code).toBe('unstarted_syntax');
    expect(why?.text).toMatch(/^The Bash of db1 rejects .+: line 2: near ⟨U\+202E⟩x{280,290}\. /);
  });

  it('of a machine that is away waits, and is sent when it comes', async () => {
    await joined(rig, 'db1');
    const { runs } = await approved(rig, 'uptime on db1');
    await turns();
    const agent = await rig.connected('db1');
    expect((await agent.order()).runId.toString('hex')).toBe(runs[0]?.id);
  });

  it('that was sent into a stream that broke is sent again by the next one', async () => {
    const first = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await first.order();
    first.cut();
    const second = await rig.connected('db1');
    expect((await second.order()).runId).toEqual(runId);
    second.send({ accepted: { runId } });
    await until(runId, 'accepted');
  });
});

describe('output that does not fit', () => {
  const running = async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    return { agent, runId: (await agent.order()).runId };
  };

  it('after a gap ends the stream, and the next welcome says where to go on', async () => {
    const { agent, runId } = await running();
    agent.send(output(runId, 0, 'ab\n'), output(runId, 9, 'xyz'));
    expect(await agent.status).toMatchObject({ code: status.OUT_OF_RANGE });
    const again = rig.connect();
    const runs = [{ runId, state: 'SPOOL_STATE_STARTED' as const }];
    expect(await again.hello('db1', { runs })).toMatchObject({ wanted: [{ stdoutOffset: 3 }] });
  });

  it('of no stream ends the stream, and nothing of it is kept', async () => {
    const { agent, runId } = await running();
    const stream = 'OUTPUT_STREAM_UNSPECIFIED';
    agent.send({ output: { runId, stream, offset: 0, data: Buffer.from('x') } });
    expect(await agent.status).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(await rig.store.getRun(runId.toString('hex'))).toMatchObject({ stdoutBytes: 0, stderrBytes: 0 });
  });

  it('an end before its output ends the stream, and the run stays open', async () => {
    const { agent, runId } = await running();
    agent.send(exited(runId, { stdoutBytes: 3 }));
    expect(await agent.status).toMatchObject({ code: status.OUT_OF_RANGE });
    expect(await stateOf(runId)).toBe('sent');
  });

  it('of another agent is not acknowledged and not kept', async () => {
    const { runId } = await running();
    const other = await rig.connected('web1');
    other.send(output(runId, 0, 'forged'), { accepted: { runId } });
    other.send(exited(runId));
    expect(await other.status).toMatchObject({ code: status.OUT_OF_RANGE });
    expect(other.all('outputAck')).toEqual([]);
    expect(await rig.store.getRun(runId.toString('hex'))).toMatchObject({ state: 'sent', stdoutBytes: 0 });
  });
});

describe('a cancel', () => {
  it('reaches the agent, and the run ends as the agent says', async () => {
    const agent = await rig.connected('db1');
    const { task } = await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    await rig.desk.cancel(task.number, act);
    expect((await agent.got('cancel')).cancel).toEqual({ runId });
    agent.send(exited(runId, { end: 'FINISHED_END_CANCELLED' }));
    await reached(rig, task.number, 'cancelled');
  });

  it('that overtakes the order comes after it all the same: an agent ignores a run that it does not know', async () => {
    rig.gateway.takes = () => false;
    const agent = await rig.connected('db1');
    let cancelled: Promise<unknown> = Promise.resolve();
    const asked = approved(rig, 'uptime on db1').then(({ task }) => task.number);
    onSent = async () => {
      cancelled = asked.then((task) => rig.desk.cancel(task, act));
      await cancelled;
    };
    await agent.got('order');
    await cancelled;
    await turns();
    const kinds = agent.kinds().filter((k) => k === 'order' || k === 'cancel');
    expect(kinds.lastIndexOf('cancel')).toBeGreaterThan(kinds.indexOf('order'));
  });

  it('of an agent that was away is said at its next hello', async () => {
    const first = await rig.connected('db1');
    const { task } = await approved(rig, 'uptime on db1');
    const { runId } = await first.order();
    first.send({ accepted: { runId } });
    await until(runId, 'accepted');
    first.cut();
    await first.status;
    await turns();
    await rig.desk.cancel(task.number, act);
    const second = rig.connect();
    await second.hello('db1', { runs: [{ runId, state: 'SPOOL_STATE_ACCEPTED' }] });
    expect((await second.got('cancel')).cancel).toEqual({ runId });
  });
});

it('a cancel between the look at a hello and its welcome reaches the agent all the same', async () => {
  const first = await rig.connected('db1');
  const { task } = await approved(rig, 'uptime on db1');
  const { runId } = await first.order();
  first.send({ accepted: { runId } });
  await until(runId, 'accepted');
  onOrders = async () => {
    onOrders = async () => {};
    await rig.desk.cancel(task.number, act);
  };
  const second = rig.connect();
  await second.hello('db1', { runs: [{ runId, state: 'SPOOL_STATE_ACCEPTED' }] });
  expect((await second.got('cancel')).cancel).toEqual({ runId });
  expect(second.kinds()[0]).toBe('welcome');
});

describe.each([
  ['from the queue', false],
  ['together with the yes', true],
])('orders that were committed as sent %s, and that their stream could not write any more', (_, takes) => {
  beforeEach(() => {
    if (!takes) rig.gateway.takes = () => false;
  });

  it('go over the newer stream of the agent', async () => {
    const older = await rig.connected('db1');
    let newer = older;
    onSent = async () => {
      onSent = async () => {};
      newer = rig.connect();
      await newer.hello('db1', { runs: [] });
    };
    await approved(rig, 'uptime on db1');
    await older.status;
    expect((await newer.order()).script.toString()).toBe('echo linux\n');
    expect(older.all('order')).toEqual([]);
  });

  it('stay where they are when the newer hello has found that the run is over', async () => {
    const older = await rig.connected('db1');
    let newer = older;
    onSent = async () => {
      onSent = async () => {};
      newer = rig.connect();
      // Another spool: what was sent may have run under the old one, and must not run again.
      await newer.hello('db1', { spoolId: 'a-new-spool' });
    };
    const card = await proposed(rig, 'uptime on db1');
    await rig.desk.approve(card.task, yes(card));
    await older.status;
    await turns(60);
    expect((await rig.store.getTask(card.task))?.runs.map((run) => run.state)).toEqual(['lost']);
    expect(newer.all('order')).toEqual([]);
  });
});

describe("a machine's own policy", () => {
  const detail = 'rule "no reboots": it is rebooted by hand';
  const words = `db1's own policy refused this: ${detail}. Nothing ran there.`;

  it('that refuses an order ends the run as refused, and says the machine, the rule and why', async () => {
    const agent = await rig.connected('db1');
    const { task } = await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    agent.send({ refused: { runId, reason: 'REASON_POLICY', detail } });
    await until(runId, 'refused');
    const [run] = (await rig.store.getTask(task.number))?.runs ?? [];
    expect(run?.sentence).toMatchObject({ code: 'refused_policy' });
    expect(run?.sentence?.text).toContain(words);
  });

  it('that became stricter before the start ends it as not started, in the same words', async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    agent.send({ accepted: { runId } });
    agent.send(exited(runId, { end: 'FINISHED_END_UNSTARTED', reason: 'REASON_POLICY', detail }));
    await until(runId, 'unstarted');
    expect((await rig.store.getRun(runId.toString('hex')))?.sentence?.text).toContain(words);
  });

  it('is told at the hello and kept with the machine', async () => {
    const policy = { state: 'POLICY_STATE_READ_ONLY', binding: false, user: 'ops' } as const;
    const facts = helloOf('db1').facts;
    await rig.connect().hello('db1', { facts: facts && { ...facts, policy } });
    const [agent] = await rig.store.listAgents();
    expect(agent?.facts.policy).toEqual({ state: 'read-only', isBinding: false, user: 'ops' });
  });
});

describe('a yes for an agent that waits', () => {
  it('commits the order as sent at once, and it goes past the queue', async () => {
    const agent = await rig.connected('db1');
    const { task, runs } = await approved(rig, 'uptime on db1');
    expect(runs.map((run) => run.state)).toEqual(['sent']);
    expect((await agent.order()).runId.toString('hex')).toBe(runs[0]?.id);
    expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([]);
    const audit = (await rig.store.listAudit(0, 99)).filter((entry) => entry.task === task.number);
    expect(audit.map((entry) => entry.kind).slice(-2)).toEqual(['task.approve', 'run.send']);
    await turns();
    expect(agent.all('order')).toHaveLength(1);
  });

  it('holds the later waves back, and queues what is for others', async () => {
    await joined(rig, 'web1');
    await rig.connected('db1');
    const { runs } = await approved(rig, 'uptime on db1 and web1');
    expect(Object.fromEntries(runs.map((run) => [run.agentName, run.state]))).toEqual({
      db1: 'sent',
      web1: 'queued',
    });
  });
});

describe('many orders', () => {
  it('with long scripts go in frames that a message can hold', async () => {
    await joined(rig, 'db1');
    const text = `# ${'x'.repeat(scriptBytesMax - 8)}`;
    for (let i = 0; i < 70; i++) await runScript(rig, `${text}${i}`);
    const agent = await rig.connected('db1');
    await agent.got('order', 70);
    expect(agent.hasEnded).toBe(false);
    // Sent and not named: all of them go again, at once, over the next stream.
    const again = await rig.connected('db1');
    await again.got('order', 70);
    expect(again.hasEnded).toBe(false);
    expect(new Set(again.all('order').map((i) => i.order.runId.toString('hex'))).size).toBe(70);
  });

  it('that are short travel together', () => {
    const cancel = { cancel: { runId: Buffer.alloc(32) } };
    const frames = framesOf(Array.from({ length: 600 }, () => cancel));
    expect(frames.map((f) => f.length)).toEqual([256, 256, 88]);
  });
});

it('an agent gets the orders of its own queue only', async () => {
  const db1 = await rig.connected('db1');
  const web1 = await rig.connected('web1');
  await approved(rig, 'uptime on web1');
  await web1.order();
  expect(db1.all('order')).toEqual([]);
  expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([]);
});
