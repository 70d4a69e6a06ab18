import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideMs, deliverMs, documentAgentsMax } from '../../src/core/limits.ts';
import { decodeDocument, isDocumentSigned, keyIdOf, publicKeyFrom, runIdOf } from '../../src/core/order.ts';
import type { StoredApproval } from '../../src/ports/store.ts';
import { anAgent } from '../contract/store-rows.ts';
import { ada, agentIdOf, cardOf, joinAs, joined, makeRig, proposed, type Rig, serverId, yes } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.dispose());

const recordOf = async (task: number) => {
  const record = await rig.store.getTask(task);
  if (!record) throw new Error('no task');
  return record;
};

const approvalsOf = async (task: number): Promise<StoredApproval[]> => {
  const ids = new Set((await recordOf(task)).runs.map((r) => r.approvalId));
  const approvals = await Promise.all([...ids].map((id) => rig.store.getApproval(id)));
  return approvals.filter((a) => a !== null);
};

describe('a yes', () => {
  it('to what the card shows queues a run for each machine and signs what was shown', async () => {
    await joined(rig, 'db1', 'db2');
    const card = await proposed(rig, 'uptime on all machines');
    const after = cardOf(await rig.desk.approve(card.task, yes(card)));
    expect(after).toMatchObject({ state: 'running', decision: { verdict: 'approved', by: 'Ada' } });
    const { runs, proposal } = await recordOf(card.task);
    expect(runs.map((r) => [r.agentName, r.state])).toEqual([
      ['db1', 'queued'],
      ['db2', 'queued'],
    ]);
    const [approval] = await approvalsOf(card.task);
    const decoded = decodeDocument(approval?.document ?? Buffer.alloc(0));
    expect(decoded).toMatchObject({
      ok: true,
      document: {
        keyId: rig.signer.keyId,
        server: serverId,
        task: card.task,
        proposal: proposal?.revision,
        script: { digest: proposal?.scripts[0]?.digest, interpreter: 'bash' },
        decisions: [{ by: 'web:U1', at: rig.clock.now() }],
        runBy: rig.clock.now() + deliverMs,
        agents: [agentIdOf('db1'), agentIdOf('db2')],
      },
    });
  });

  it('makes a signature that holds, and run ids that derive from the document', async () => {
    await joined(rig, 'db1');
    const card = await proposed(rig, 'uptime');
    await rig.desk.approve(card.task, yes(card));
    const [approval] = await approvalsOf(card.task);
    if (!approval) throw new Error('no approval');
    const key = publicKeyFrom(rig.signer.publicKey);
    expect(keyIdOf(key)).toBe(rig.signer.keyId);
    expect(isDocumentSigned(approval.document, approval.signature, key)).toBe(true);
    const forged = Buffer.from(approval.document.toString().replace('"v":1', '"v": 1'));
    expect(isDocumentSigned(forged, approval.signature, key)).toBe(false);
    expect(approval.id).toBe(createHash('sha256').update(approval.document).digest('hex'));
    const { runs } = await recordOf(card.task);
    expect(runs[0]?.id).toBe(runIdOf(approval.document, agentIdOf('db1')));
  });

  it('puts the runs on the agents queues', async () => {
    await joined(rig, 'db1');
    const card = await proposed(rig, 'uptime');
    await rig.desk.approve(card.task, yes(card));
    const { runs } = await recordOf(card.task);
    expect(await rig.queue.take(agentIdOf('db1'), 10)).toEqual([runs[0]?.id]);
  });

  it('gives each platform its own script, in a document of its own', async () => {
    await joinAs(rig, 'db1', 'linux');
    await joinAs(rig, 'win1', 'windows');
    const card = await proposed(rig, 'uptime on all machines');
    await rig.desk.approve(card.task, yes(card));
    const { runs } = await recordOf(card.task);
    const orders = await rig.check.sift(await rig.store.getOrders(runs.map((r) => r.id)));
    expect(orders.map((o) => [o.run.agentName, o.scriptText]).sort()).toEqual([
      ['db1', 'echo linux\n'],
      ['win1', 'echo windows\n'],
    ]);
    expect(await approvalsOf(card.task)).toHaveLength(2);
  });

  it('to more machines than one document may name signs several, each machine in one', async () => {
    const count = documentAgentsMax + 1;
    const agents = Array.from({ length: count }, (_, i) => anAgent(`agent-${i}`, { name: `m${i}` }));
    await Promise.all(
      agents.map((agent) =>
        rig.store.change({ agent: agent.id }, () => ({ result: null, writes: { agent } })),
      ),
    );
    const card = await proposed(rig, 'uptime on all machines');
    await rig.desk.approve(card.task, yes(card));
    const lists = (await approvalsOf(card.task)).map(({ document }) => {
      const decoded = decodeDocument(document);
      return decoded.ok ? decoded.document.agents : [];
    });
    expect(lists.map((l) => l.length).sort()).toEqual([1, documentAgentsMax]);
    expect(new Set(lists.flat()).size).toBe(count);
    expect(new Set((await recordOf(card.task)).runs.map((r) => r.id)).size).toBe(count);
  });
});

describe('a yes as a canary', () => {
  it('queues one run and holds the others', async () => {
    await joined(rig, 'db1', 'db2', 'db3');
    const card = await proposed(rig, 'uptime on all machines');
    const after = cardOf(await rig.desk.approve(card.task, yes(card, true)));
    expect(after.progress).toMatchObject({ total: 3, held: 2 });
    const { runs, task } = await recordOf(card.task);
    expect(runs.map((r) => [r.state, r.wave])).toEqual([
      ['queued', 0],
      ['held', 1],
      ['held', 1],
    ]);
    expect(task).toMatchObject({ runsOpen: 1, runsHeld: 2 });
  });

  it('goes to a machine that is online before one that is not', async () => {
    await joined(rig, 'db1', 'db2');
    await rig.store.change({ agent: agentIdOf('db1') }, ({ agent }) => ({
      result: null,
      writes: agent ? { agent: { ...agent, online: false } } : {},
    }));
    const card = await proposed(rig, 'uptime on all machines');
    await rig.desk.approve(card.task, yes(card, true));
    const { runs } = await recordOf(card.task);
    expect(runs.find((r) => r.state === 'queued')?.agentName).toBe('db2');
  });
});

describe('a yes that does not count', () => {
  beforeEach(() => joined(rig, 'db1'));

  it.each([
    ['another digest', { digest: 'f'.repeat(64) }],
    ['another revision', { proposal: 2 }],
  ])('names %s than the proposal has', async (_, other) => {
    const card = await proposed(rig, 'uptime');
    const outcome = await rig.desk.approve(card.task, { ...yes(card), ...other });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'card_outdated' } });
    expect(await recordOf(card.task)).toMatchObject({ task: { state: 'proposed' }, runs: [] });
  });

  it('is of an older card, after an edit', async () => {
    const card = await proposed(rig, 'uptime');
    const texts = [{ digest: card.scripts[0]?.digest ?? '', text: 'rm -rf /tmp/x' }];
    await rig.desk.edit(card.task, { by: ada, eventId: null, proposal: 1, texts });
    const outcome = await rig.desk.approve(card.task, yes(card));
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'card_outdated' } });
  });

  it('is the second of two at once: it gets the sentence', async () => {
    const card = await proposed(rig, 'uptime');
    const outcomes = await Promise.all([
      rig.desk.approve(card.task, yes(card)),
      rig.desk.approve(card.task, { ...yes(card), by: { ...ada, id: 'U2', name: 'Ben' } }),
    ]);
    expect(outcomes.map((o) => o.kind)).toEqual(['done', 'refused']);
    expect(outcomes[1]).toMatchObject({ sentence: { code: 'task_decided' } });
    const { task, runs } = await recordOf(card.task);
    expect(task.decision?.by.name).toBe('Ada');
    expect(runs).toHaveLength(1);
  });

  it('is the same delivery again: it is told that it is done, and acts once', async () => {
    const card = await proposed(rig, 'uptime');
    const deliver = () => rig.desk.approve(card.task, { ...yes(card), eventId: 'click-1' });
    const outcomes = [...(await Promise.all([deliver(), deliver()])), await deliver()];
    expect(outcomes.map((o) => o.kind)).toEqual(['done', 'done', 'done']);
    expect((await recordOf(card.task)).runs).toHaveLength(1);
    const decided = (await rig.store.listAudit(0, 100)).filter((e) => e.kind === 'task.approve');
    expect(decided).toHaveLength(1);
  });

  it('comes after the time to decide, though the sweep has not been by', async () => {
    const card = await proposed(rig, 'uptime');
    rig.clock.step(decideMs + 1);
    const outcome = await rig.desk.approve(card.task, yes(card));
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'expired' } });
    expect((await recordOf(card.task)).runs).toEqual([]);
  });

  it('is for a task that does not exist', async () => {
    const card = await proposed(rig, 'uptime');
    const outcome = await rig.desk.approve(card.task + 1, yes(card));
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'task_unknown' } });
  });
});

it('a yes at the last moment of the time to decide counts', async () => {
  await joined(rig, 'db1');
  const card = await proposed(rig, 'uptime');
  rig.clock.step(decideMs);
  expect(cardOf(await rig.desk.approve(card.task, yes(card))).state).toBe('running');
});
