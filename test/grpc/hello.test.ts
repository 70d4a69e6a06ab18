import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentItem, protocolVersion, type WireHello } from '../../proto/agent-stream.ts';
import { IdentityState } from '../../src/core/enrolment.ts';
import { heartbeatMs, heartbeatsMissedMax } from '../../src/core/limits.ts';
import { partAgent } from '../../src/flow/greet.ts';
import { helloRunsMax, helloWithinMs } from '../../src/grpc/limits.ts';
import { type Store, StoreUnavailableError } from '../../src/ports/store.ts';
import { anAgent } from '../contract/store-rows.ts';
import { held } from '../flow/fake-mind.ts';
import { agentIdOf, approved, joined, serverId, turns } from '../flow/rig.ts';
import { type GatewayRig, makeGatewayRig } from './gateway-rig.ts';
import { helloOf } from './test-agent.ts';

let rig: GatewayRig;
/** What stands between a hello and the store. */
let lookUp: () => Promise<void>;
const lookedUp = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== 'change') return value.bind(target);
      return async (...args: unknown[]) => {
        await lookUp();
        return value.apply(target, args);
      };
    },
  });
beforeEach(async () => {
  lookUp = async () => {};
  rig = await makeGatewayRig(lookedUp);
});
afterEach(() => rig.dispose());

const beat = {
  ...{ cpuFraction: 0.5, memoryUsedBytes: 1, memoryTotalBytes: 2, diskUsedBytes: 3, diskTotalBytes: 4 },
  ...{ load1: 0.1, uptimeSeconds: 9, disks: [] },
};
const agents = () => rig.store.listAgents();
const facts = helloOf('db1').facts as NonNullable<WireHello['facts']>;
const runId = Buffer.alloc(32, 1);

describe('a hello', () => {
  it('is answered with a welcome that holds what the agent needs', async () => {
    const welcome = await rig.connect().hello('db1');
    expect(welcome).toEqual({
      serverId,
      now: rig.clock.now(),
      heartbeatIntervalMs: heartbeatMs,
      signingKey: rig.signer.publicKey,
      wanted: [],
      forgettableRunIds: [],
      successions: [],
      protocolVersion,
      agentVersion: '0.1.0',
    });
    expect(await agents()).toMatchObject([{ name: 'db1', online: true, facts: { hostname: 'db1' } }]);
    expect(rig.gateway.connected).toBe(1);
  });

  it('takes over the name of a machine that was set up anew', async () => {
    await joined(rig, 'db1');
    await partAgent(rig.store, agentIdOf('db1'));
    await rig.connect().hello('db1', { agentId: 'another-agent-id' });
    const named = (await agents()).map((a) => [a.name, a.id, a.online]);
    expect(named).toContainEqual(['db1', 'another-agent-id', true]);
    expect(named).toContainEqual([expect.stringMatching(/^db1-/), agentIdOf('db1'), false]);
  });

  it('makes known which runs are wanted from where, and which may be forgotten', async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    const { runId } = await agent.order();
    agent.send({ output: { runId, stream: 'OUTPUT_STREAM_STDERR', offset: 0, data: Buffer.from('ab\n') } });
    await agent.got('outputAck');
    const unknown = Buffer.alloc(32, 7);
    const runs = [runId, unknown].map((id) => ({ runId: id, state: 'SPOOL_STATE_STARTED' as const }));
    const welcome = await rig.connect().hello('db1', { runs });
    expect(welcome).toMatchObject({
      wanted: [{ runId, stdoutOffset: 0, stderrOffset: 3 }],
      forgettableRunIds: [unknown],
    });
  });

  it('takes name and labels as the owner of the socket gives them, and only well made labels', async () => {
    const localLabels = { role: 'db', 'bad label': 'x', ok: 'a b' };
    await rig.connect().hello('db1', { localLabels });
    expect(await agents()).toMatchObject([{ labels: { role: 'db' } }]);
  });

  it('cuts what a machine says of itself to bounds', async () => {
    const hostname = 'h'.repeat(10_000);
    const privateIps = Array.from({ length: 1_000 }, () => '10.0.0.1');
    await rig.connect().hello('db1', { facts: { ...facts, hostname, privateIps } });
    const [agent] = await agents();
    expect(agent?.facts.hostname).toHaveLength(200);
    expect(agent?.facts.privateIps).toHaveLength(32);
  });
});

describe('a heartbeat', () => {
  it('has what a machine says of its disks cut and made visible, and no number that is none', async () => {
    const agent = rig.connect();
    await agent.hello('db1');
    const disks = Array.from({ length: 40 }, () => ({
      mount: `/\u202e${'x'.repeat(9_999)}`,
      usedBytes: 1,
      totalBytes: 2,
    }));
    agent.send({ heartbeat: { ...beat, cpuFraction: Number.NaN, load1: Number.POSITIVE_INFINITY, disks } });
    const load = await rig.until(async () => (await agents())[0]?.load ?? null);
    expect(load).toMatchObject({ cpuFraction: 0, load1: 0 });
    expect(load.disks).toHaveLength(16);
    expect(load.disks?.[0]?.mount).toMatch(/^\/[^\u202e]{8,210}$/);
  });
});

describe('a stream is ended', () => {
  const refused = async (...items: AgentItem[]) => {
    const agent = rig.connect();
    agent.send(...items);
    const { code, details } = await agent.status;
    expect(await agents()).toEqual([]);
    expect(agent.items).toEqual([]);
    return { code, details };
  };

  it.each<[string, AgentItem[]]>([
    ['a heartbeat', [{ heartbeat: beat }]],
    ['an end', [{ accepted: { runId } }]],
    ['nothing at all', []],
    ['a hello and something behind it', [{ hello: helloOf('db1') }, { heartbeat: beat }]],
    ['two hellos', [{ hello: helloOf('db1') }, { hello: helloOf('db1') }]],
  ])('that begins with %s', async (_, items) => {
    expect(await refused(...items)).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('that takes the name of a machine that is online', async () => {
    await rig.connected('db1');
    const other = rig.connect();
    other.send({ hello: helloOf('db1', { agentId: 'another-agent-id' }) });
    expect(await other.status).toMatchObject({
      code: status.ALREADY_EXISTS,
      details: expect.stringContaining('with another `--name`.'),
    });
    expect(await agents()).toMatchObject([{ name: 'db1', online: true }]);
  });

  it('that comes by the local socket as one who joined by an invitation, whatever became of it', async () => {
    for (const state of Object.values(IdentityState)) {
      const id = `agent-${state}-id`;
      const identity = { state, since: 1, why: null, generation: 1, certificateUntil: 2 };
      await rig.store.change({ agent: id }, () => ({
        result: undefined,
        writes: { agent: anAgent(id, { name: state, online: false, identity }) },
      }));
      const other = rig.connect();
      other.send({ hello: helloOf('db1', { agentId: id }) });
      expect(await other.status).toMatchObject({
        code: status.PERMISSION_DENIED,
        details: expect.stringContaining(`${state} joined by an invitation`),
      });
      expect(await rig.store.getAgent(id)).toMatchObject({ online: false });
    }
  });

  it('that speaks another version, and it is told which one is spoken here', async () => {
    const said = await refused({ hello: helloOf('db1', { protocolVersion: 0 }) });
    expect(said.code).toBe(status.FAILED_PRECONDITION);
    expect(said.details).toContain('protocol 1 to 2');
  });

  it.each<[string, Partial<WireHello>]>([
    ['no id', { agentId: '' }],
    ['an id that is a path', { agentId: '../../etc/passwd' }],
    ['no spool', { spoolId: '' }],
    ['no name', { localName: '' }],
    ['a name with blanks', { localName: 'db 1' }],
    ['no facts', { facts: null }],
    ['no platform', { facts: { ...facts, platform: 'PLATFORM_UNSPECIFIED' } }],
    ['a platform of a later version', { facts: { ...facts, platform: 99 as never } }],
    ['half a run id', { runs: [{ runId: Buffer.alloc(16), state: 'SPOOL_STATE_STARTED' }] }],
    ['a run in no state', { runs: [{ runId, state: 'SPOOL_STATE_UNSPECIFIED' }] }],
    ['a run in a state of a later version', { runs: [{ runId, state: 99 as never }] }],
    [
      'more runs than an agent can have',
      { runs: Array.from({ length: helloRunsMax + 1 }, () => ({ runId, state: 'SPOOL_STATE_FINISHED' })) },
    ],
  ])('whose hello has %s', async (_, over) => {
    expect(await refused({ hello: helloOf('db1', over) })).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('that says nothing for too long', async () => {
    const silent = rig.connect();
    while (!silent.hasEnded) {
      rig.clock.step(helloWithinMs);
      await turns(1);
    }
    expect(await silent.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });

  it('that goes on talking before its welcome', async () => {
    const isLookedUp = held<void>();
    lookUp = () => isLookedUp.promise;
    const agent = rig.connect();
    agent.send({ hello: helloOf('db1') });
    agent.send({ heartbeat: beat });
    expect(await agent.status).toMatchObject({ code: status.INVALID_ARGUMENT });
    isLookedUp.give();
    await turns();
    expect(rig.gateway.connected).toBe(0);
  });

  it('that can not be looked up now, so that the agent comes back', async () => {
    lookUp = () => Promise.reject(new StoreUnavailableError('the disk is full'));
    const agent = rig.connect();
    agent.send({ hello: helloOf('db1') });
    expect(await agent.status).toMatchObject({ code: status.UNAVAILABLE });
    lookUp = async () => {};
    await rig.connect().hello('db1');
  });
});

describe('signs of life', () => {
  it('are kept as the load of the machine', async () => {
    const agent = await rig.connected('db1');
    agent.send({ heartbeat: beat });
    await rig.until(async () => ((await agents())[0]?.load ? true : null));
    expect(await agents()).toMatchObject([{ online: true, load: { ...beat, at: rig.clock.now() } }]);
  });

  it('that stay away end the stream, and the agent is offline', async () => {
    const agent = await rig.connected('db1');
    rig.clock.step(heartbeatMs * heartbeatsMissedMax);
    expect(await agent.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await rig.until(async () => ((await agents())[0]?.online === false ? true : null));
    expect(rig.gateway.connected).toBe(0);
  });

  it('that come keep it up', async () => {
    const agent = await rig.connected('db1');
    for (let i = 1; i <= 2 * heartbeatsMissedMax; i++) {
      rig.clock.step(heartbeatMs);
      agent.send({ heartbeat: { ...beat, uptimeSeconds: i } });
      await rig.until(async () => ((await agents())[0]?.load?.uptimeSeconds === i ? true : null));
    }
    expect(agent.hasEnded).toBe(false);
  });

  it('end with the stream: an agent that leaves is offline', async () => {
    const agent = await rig.connected('db1');
    agent.cut();
    await rig.until(async () => ((await agents())[0]?.online === false ? true : null));
  });
});

describe('an agent that connects again', () => {
  it('replaces its older stream, and stays online', async () => {
    const older = await rig.connected('db1');
    const newer = await rig.connected('db1');
    await older.status;
    await turns();
    expect(newer.hasEnded).toBe(false);
    expect(rig.gateway.connected).toBe(1);
    expect(await agents()).toMatchObject([{ online: true }]);
  });

  it('leaves the streams of others alone', async () => {
    const other = await rig.connected('web1');
    await rig.connected('db1');
    await rig.connected('db1');
    await turns();
    expect(other.hasEnded).toBe(false);
    expect(rig.gateway.connected).toBe(2);
  });
});
