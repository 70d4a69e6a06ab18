import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireAuditHead } from '../../proto/agent-stream.ts';
import type { AuditEntry } from '../../src/core/audit.ts';
import { headEveryMs } from '../../src/grpc/limits.ts';
import { createTask } from '../contract/store-rows.ts';
import { type GatewayRig, makeGatewayRig } from './gateway-rig.ts';
import type { TestAgent } from './test-agent.ts';

const heartbeat = {
  heartbeat: {
    ...{ cpuFraction: 0, memoryUsedBytes: 1, memoryTotalBytes: 2, diskUsedBytes: 1, diskTotalBytes: 2 },
    ...{ load1: 0, uptimeSeconds: 1, disks: [] },
  },
};

describe('the gateway makes agents witnesses of the audit log', () => {
  let rig: GatewayRig;
  beforeEach(async () => {
    rig = await makeGatewayRig();
  });
  afterEach(() => rig.dispose());

  const conflicts = async (): Promise<AuditEntry[]> =>
    (await rig.store.listAudit(0, 100)).filter((e) => e.kind === 'agent.witness-conflict');
  const headAfter = async (agent: TestAgent, count: number): Promise<WireAuditHead> =>
    (await agent.got('auditHead', count)).auditHead;

  it('shows the signed end of the log after the welcome', async () => {
    const agent = await rig.connected('db1');
    const shown = await headAfter(agent, 1);
    const head = await rig.store.signedHead();
    expect(shown).toMatchObject({ serverId: 'server-1', seq: head?.seq, signature: head?.signature });
    expect(shown.hash.toString('hex')).toBe(head?.hash);
    expect(agent.kinds().slice(0, 2)).toEqual(['welcome', 'auditHead']);
  });

  it('shows it again with heartbeats when the log has grown, and not too often', async () => {
    const agent = await rig.connected('db1');
    const first = await headAfter(agent, 1);
    await createTask(rig.store);
    agent.send(heartbeat);
    rig.clock.step(headEveryMs);
    agent.send(heartbeat);
    const second = await headAfter(agent, 2);
    expect(second.seq).toBe(first.seq + 1);
    rig.clock.step(headEveryMs);
    agent.send(heartbeat);
    await createTask(rig.store);
    rig.clock.step(headEveryMs);
    agent.send(heartbeat);
    expect((await headAfter(agent, 3)).seq).toBe(first.seq + 2);
  });

  it('says nothing of a hello that remembers an entry of this log', async () => {
    const first = await rig.connected('db1');
    const witness = await headAfter(first, 1);
    first.end();
    const again = rig.connect();
    await again.hello('db1', { witness });
    await headAfter(again, 1);
    expect(await conflicts()).toEqual([]);
  });

  it('finds by a hello that the log was rewritten or put back, and tells people once on a stream', async () => {
    const first = await rig.connected('db1');
    const witness = await headAfter(first, 1);
    first.end();
    const beyond = { ...witness, seq: 99 };
    const again = rig.connect();
    await again.hello('db1', { witness: beyond });
    const shown = await headAfter(again, 1);
    again.send({ witnessConflict: { kept: beyond, shown } });
    again.send(heartbeat);
    await rig.until(async () => ((await conflicts()).length > 0 ? true : null));
    expect(await conflicts()).toMatchObject([
      { detail: { agent: 'db1', agentId: 'agent-db1-id', keptSeq: 99, shownSeq: null, proven: false } },
    ]);
    expect(rig.lines).toContainEqual({
      level: 'error',
      message: expect.stringContaining('nerdy audit verify --witness'),
    });
  });

  it('commits what an agent reports, as proof only where our own signature is under it', async () => {
    const agent = await rig.connected('db1');
    const kept = await headAfter(agent, 1);
    const shown = { ...kept, hash: Buffer.alloc(32, 7) };
    agent.send({ witnessConflict: { kept, shown } }, { witnessConflict: { kept, shown } });
    await rig.until(async () => ((await conflicts()).length > 0 ? true : null));
    expect(await conflicts()).toMatchObject([
      { digest: kept.hash.toString('hex'), detail: { shownHash: '07'.repeat(32), proven: true } },
    ]);
  });

  it('takes half a contradiction, or nonsense, for none', async () => {
    const agent = rig.connect();
    const nonsense = {
      serverId: '',
      seq: 0,
      hash: Buffer.alloc(3),
      at: 0,
      keyId: '',
      signature: Buffer.alloc(0),
    };
    await agent.hello('db1', { witness: nonsense });
    const kept = await headAfter(agent, 1);
    agent.send(
      { witnessConflict: { kept, shown: null } },
      { witnessConflict: { kept: nonsense, shown: kept } },
    );
    rig.clock.step(headEveryMs);
    await createTask(rig.store);
    agent.send(heartbeat);
    await headAfter(agent, 2);
    expect(await conflicts()).toEqual([]);
    expect(agent.hasEnded).toBe(false);
  });
});
