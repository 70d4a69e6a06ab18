import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WireOrder } from '../../proto/agent-stream.ts';
import { runIdOf } from '../../src/core/order.ts';
import { identityFileNames } from '../../src/system/data-files.ts';
import { FileSigner } from '../../src/system/file-signer.ts';
import { FakeGateway } from '../agent/fake-gateway.ts';
import { readRows } from '../sql/edit-rows.ts';
import { approvedOn, auditOf, InstalledAgent } from './attack-scene.ts';
import { effectsIn, joined, KeptServer, reached } from './loop.ts';
import { makeDir } from './processes.ts';

/**
 * Attacks on agents that know a real server: somebody has its socket, and what it ever sent. The agents are the
 * installed program; the far end speaks the real protocol and shows what a real server shows.
 */
let dir: ReturnType<typeof makeDir>;
let dataDir: string;
let mark: string;
let server: KeptServer;
const running = new Set<InstalledAgent>();
const gateways = new Set<FakeGateway>();

beforeEach(async () => {
  dir = makeDir();
  dataDir = join(dir.path, 'data');
  mark = join(dir.path, 'mark');
  server = new KeptServer(dataDir, {});
  await server.call((client) => client.agents());
});
afterEach(async () => {
  for (const agent of running) await agent.stop();
  for (const gateway of gateways) gateway.stop();
  running.clear();
  gateways.clear();
  await server.kill();
  dir.remove();
});

const realSocket = (): string => join(dataDir, 'gateway.sock');

const agentNamed = (name: string, socket = realSocket()): InstalledAgent => {
  const agent = new InstalledAgent({ socket, dataDir: join(dir.path, name), name });
  running.add(agent);
  return agent;
};
const stopped = async (agent: InstalledAgent): Promise<void> => {
  running.delete(agent);
  await agent.stop();
};
const agentIdOf = (name: string): string =>
  (JSON.parse(readFileSync(join(dir.path, name, 'identity.json'), 'utf8')) as { agentId: string }).agentId;

/** Somebody in the server's place, with its socket, its id and what it shows of its keys. */
const impostor = async (signingKey: Buffer | null): Promise<FakeGateway> => {
  await server.stop();
  const gateway = new FakeGateway(realSocket());
  const serverId = readFileSync(join(dataDir, identityFileNames.serverId), 'utf8').trim();
  gateway.onWelcome = (welcome) => Object.assign(welcome, { serverId, ...(signingKey && { signingKey }) });
  gateways.add(gateway);
  return gateway.start();
};
const realKey = (): Buffer => {
  const serverId = readFileSync(join(dataDir, identityFileNames.serverId), 'utf8').trim();
  return new FileSigner(join(dataDir, identityFileNames.keys), serverId, 0).publicKey;
};

/** The order of a task's first run as it went, or would go, over the wire. */
const orderOf = (task: number): WireOrder & { runBy: number } => {
  const [row] = readRows<{ id: string; document: Buffer; signature: Buffer; body: string; run_by: number }>(
    dataDir,
    `select run.id, document, signature, body, run_by from run join approval on approval.id = run.approval_id
     join proposal on proposal.task = run.task where run.task = ?`,
    task,
  );
  if (!row) throw new Error('no such order');
  const { scripts } = JSON.parse(row.body) as { scripts: { text: string }[] };
  const script = Buffer.from(scripts[0]?.text ?? '');
  const { document, signature, run_by: runBy } = row;
  return { runId: Buffer.from(row.id, 'hex'), document, signature, script, runBy };
};

/** An order that db1 has run, and the impostor that has kept it. */
const ranOnce = async (): Promise<WireOrder> => {
  const db1 = agentNamed('db1');
  await joined(server, 'db1');
  const { task } = await approvedOn(server, `mark the file ${mark} on db1`);
  await reached(server, task, (card) => card.state === 'done');
  await stopped(db1);
  return orderOf(task);
};

describe('an order that was sent before', () => {
  test('to the same agent again: it is answered as known, and runs no second time', async () => {
    const order = await ranOnce();
    const gateway = await impostor(realKey());
    agentNamed('db1');
    await gateway.agentId();
    gateway.send({ order }, { order });
    const runId = order.runId.toString('hex');
    expect(await gateway.finished(runId)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 0 });
    expect(effectsIn(mark)).toBe(1);
  });

  test('to another agent, with its run id or one made for that agent: it is refused, and the log says so', async () => {
    const db2 = agentNamed('db2');
    await joined(server, 'db2');
    await stopped(db2);
    const order = await ranOnce();
    const gateway = await impostor(realKey());
    const again = agentNamed('db2');
    expect(await gateway.agentId()).toBe(agentIdOf('db2'));
    const made = Buffer.from(runIdOf(order.document, agentIdOf('db2')), 'hex');
    for (const runId of [order.runId, made]) {
      gateway.send({ order: { ...order, runId } });
      expect(await gateway.refused(runId.toString('hex'))).toMatchObject({
        reason: 'REASON_DOCUMENT',
        detail: expect.stringContaining('does not name this agent'),
      });
    }
    expect(await again.logged('order refused')).toContain('REASON_DOCUMENT');
    expect(effectsIn(mark)).toBe(1);
  });

  test('and never arrived, after its time: it is refused as late', async () => {
    const db1 = agentNamed('db1');
    await joined(server, 'db1');
    await stopped(db1);
    const { task } = await approvedOn(server, `mark the file ${mark} on db1`);
    const { runBy, ...order } = orderOf(task);
    const gateway = await impostor(realKey());
    gateway.now = () => runBy + 1;
    const again = agentNamed('db1');
    await gateway.agentId();
    gateway.send({ order });
    expect(await gateway.refused(order.runId.toString('hex'))).toMatchObject({ reason: 'REASON_LATE' });
    expect(await again.logged('order refused')).toContain('REASON_LATE');
    expect(effectsIn(mark)).toBe(0);
  });
});

describe('a stream that shows another key', () => {
  test('is left by the agent before it takes anything, even a true order, and its log says what to do', async () => {
    const db1 = agentNamed('db1');
    await joined(server, 'db1');
    await stopped(db1);
    const { task } = await approvedOn(server, `mark the file ${mark} on db1`);
    const order = orderOf(task);
    const gateway = await impostor(null);
    const welcomed = gateway.onWelcome;
    gateway.onWelcome = (welcome, hello) => {
      welcomed(welcome, hello);
      queueMicrotask(() => gateway.send({ order }));
    };
    const again = agentNamed('db1');
    expect(await again.logged('another key than the one this agent trusts')).toContain('--data');
    await gateway.until(() => gateway.hellos.length > 0 && !gateway.connected);
    expect(gateway.heartbeats).toEqual([]);
    expect(gateway.run(order.runId.toString('hex'))).toMatchObject({ accepted: 0, refused: null });
    expect(effectsIn(mark)).toBe(0);
  });

  test('with the true key and an order signed by another: it is refused', async () => {
    const db1 = agentNamed('db1');
    await joined(server, 'db1');
    await stopped(db1);
    const gateway = await impostor(realKey());
    Object.assign(gateway.keys, generateKeyPairSync('ed25519'));
    agentNamed('db1');
    await gateway.agentId();
    const runId = await gateway.send1(`echo ran >> ${mark}\n`);
    expect(await gateway.refused(runId)).toMatchObject({ reason: 'REASON_SIGNATURE' });
    expect(effectsIn(mark)).toBe(0);
  });

  test('and is the true server, to an agent that trusted somebody else: the audit log has it', async () => {
    const strange = new FakeGateway(join(dir.path, 'strange.sock'));
    gateways.add(await strange.start());
    const db1 = agentNamed('db1', strange.socket);
    await strange.until(() => strange.heartbeats.length > 0);
    await stopped(db1);
    const again = agentNamed('db1');
    await again.logged('another key than the one this agent trusts');
    await expect
      .poll(() => auditOf(dataDir, 'agent.distrust'))
      .toMatchObject([{ detail: { name: 'db1', agent: agentIdOf('db1') } }]);
  });
});
