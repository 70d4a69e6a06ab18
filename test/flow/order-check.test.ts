import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/audit.ts';
import { greet } from '../../src/flow/greet.ts';
import { foreignIdsMax, noteWindowMs } from '../../src/flow/limits.ts';
import { editRows } from '../sql/edit-rows.ts';
import {
  ada,
  agentIdOf,
  approved,
  greetingOf,
  joined,
  makeRig,
  proposed,
  type Rig,
  sentRun,
  sentTo,
  stateOf,
  turns,
  yes,
} from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1', 'db2');
});
afterEach(() => rig.dispose());

const auditOf = async (kind: string): Promise<AuditEntry[]> =>
  (await rig.store.listAudit(0, 1_000)).filter((entry) => entry.kind === kind);

const edit = (sql: string, ...values: unknown[]): void => editRows(rig.dataDir, sql, ...values);

/** One edit of each thing that an order is made of. */
const edits: [string, () => void][] = [
  [
    'the text of the script',
    () => edit(`update proposal set body = replace(body, 'echo linux', 'echo other')`),
  ],
  ["the proposal's digest", () => edit(`update proposal set digest = ?`, 'f'.repeat(64))],
  ['the proposal, into nonsense', () => edit(`update proposal set body = 'hello'`)],
  ['the proposal, into another form', () => edit(`update proposal set body = '{}'`)],
  ['the revision that the task is at', () => edit('update task set proposal_revision = 7')],
  ["the run's time limit", () => edit('update run set timeout_ms = timeout_ms + 1')],
  ["the run's latest start", () => edit('update run set run_by = run_by + 1')],
  ["the run's script digest", () => edit('update run set script_digest = ?', 'f'.repeat(64))],
  ["the run's approval", () => edit('update run set approval_id = ?', 'f'.repeat(64))],
  [
    'the document',
    () =>
      edit(
        `update approval set document = cast(replace(cast(document as text), '"default"', '"defaulted"') as blob)`,
      ),
  ],
  ['the document, into nonsense', () => edit(`update approval set document = x'00ff'`)],
  ['the signature', () => edit('update approval set signature = randomblob(64)')],
  ['the approval, away', () => edit('delete from approval')],
];

describe('an order whose rows were changed after the yes', () => {
  it.each(edits)('%s: it is not sent, and everybody is told', async (_, change) => {
    const record = await approved(rig, 'uptime on db1');
    change();
    expect(await sentTo(rig, 'db1')).toEqual([]);
    const run = await rig.store.getRun(record.runs[0]?.id ?? '');
    expect(run).toMatchObject({ state: 'refused', sentence: { code: 'refused_rows' } });
    expect(run?.sentence?.text).toContain('nerdy audit verify');
    const [entry] = await auditOf('run.distrust');
    expect(entry).toMatchObject({ run: run?.id, detail: { differs: expect.any(String) } });
    expect(rig.lines).toContainEqual({
      level: 'error',
      message: expect.stringContaining('somebody changed it'),
    });
    expect(await rig.queue.take(agentIdOf('db1'), 9)).toEqual([]);
  });

  it('given to another agent, it is not sent to either', async () => {
    const { runs } = await approved(rig, 'uptime on db1');
    edit('update run set agent_id = ?', agentIdOf('db2'));
    expect(await sentTo(rig, 'db1')).toEqual([]);
    await rig.dispatcher.push(await rig.store.listRuns(['queued'], null, 9));
    expect(await sentTo(rig, 'db2')).toEqual([]);
    expect(await stateOf(rig, runs[0]?.id ?? '')).toBe('refused');
  });

  it('under another id, it is not sent', async () => {
    await approved(rig, 'uptime on db1');
    edit('update run set id = ?', 'e'.repeat(64));
    await rig.dispatcher.push(await rig.store.listRuns(['queued'], null, 9));
    expect(await sentTo(rig, 'db1')).toEqual([]);
    expect(await stateOf(rig, 'e'.repeat(64))).toBe('refused');
  });

  it('harms no other order of the same moment', async () => {
    const { task } = await approved(rig, 'uptime on db1');
    const other = await approved(rig, 'memory on db1');
    edit('update run set timeout_ms = 1 where task = ?', task.number);
    expect((await sentTo(rig, 'db1')).map((r) => r.id)).toEqual([other.runs[0]?.id]);
  });

  it('lets its task end: the answer says what became of each machine', async () => {
    const { task } = await approved(rig, 'uptime on db1');
    edit('update run set timeout_ms = 1');
    await sentTo(rig, 'db1');
    expect((await rig.store.getTask(task.number))?.task).toMatchObject({ state: 'answering', runsOpen: 0 });
  });
});

describe('an order that left and must leave again', () => {
  const hello = () => greet(rig.store, rig.check, greetingOf('db1'));

  it('goes again as it was approved', async () => {
    const run = await sentRun(rig, 'uptime on db1', 'db1');
    expect((await hello()).resend).toMatchObject([{ run: { id: run.id }, scriptText: 'echo linux\n' }]);
  });

  it('is refused when its rows were changed meanwhile', async () => {
    const run = await sentRun(rig, 'uptime on db1', 'db1');
    edit(`update proposal set body = replace(body, 'echo linux', 'echo other')`);
    expect((await hello()).resend).toEqual([]);
    expect(await stateOf(rig, run.id)).toBe('refused');
    expect(await auditOf('run.distrust')).toHaveLength(1);
  });
});

describe('a proposal whose rows were changed before the yes', () => {
  it('is not approved, though the digest on the card is still in its row', async () => {
    const card = await proposed(rig, 'uptime on db1');
    edit(`update proposal set body = replace(body, 'echo linux', 'echo other')`);
    const outcome = await rig.desk.approve(card.task, yes(card));
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'proposal_altered' } });
    expect((await rig.store.getTask(card.task))?.runs).toEqual([]);
  });
});

describe('a key that was replaced', () => {
  it('still lets leave what it signed; what is approved from then on is signed by the next', async () => {
    const before = await approved(rig, 'uptime on db1');
    const oldKeyId = rig.signer.keyId;
    rig.clock.step(1_000);
    rig.signer.rotate(rig.clock.now(), ada);
    const after = await approved(rig, 'memory on db1');
    const sent = await rig.dispatcher.take(agentIdOf('db1'));
    expect(sent.map((o) => o.run.id)).toEqual([before.runs[0]?.id, after.runs[0]?.id]);
    const keyIds = sent.map((o) => (JSON.parse(o.document.toString()) as { keyId: string }).keyId);
    expect(keyIds).toEqual([oldKeyId, rig.signer.keyId]);
  });
});

describe('an id in a queue that this server did not put there', () => {
  const push = async (name: string, ...ids: string[]): Promise<void> => {
    await rig.queue.push(ids.map((runId) => ({ agentId: agentIdOf(name), runId })));
    expect(await sentTo(rig, name)).toEqual([]);
    await turns();
  };

  it('of no run, another agent’s run or a held run: nothing is sent, and the log says so', async () => {
    const { runs } = await approved(rig, 'uptime on db1 and db2', true);
    const held = runs.find((r) => r.state === 'held');
    const queued = runs.find((r) => r.state === 'queued');
    const other = queued?.agentName === 'db1' ? 'db2' : 'db1';
    await push(other, 'f'.repeat(64), queued?.id ?? '', held?.id ?? '');
    const reasons = (await auditOf('queue.foreign')).map((e) => e.detail.reason);
    expect(reasons.sort()).toEqual([
      'the run is of another agent',
      'the run waits for its wave',
      'there is no such run',
    ]);
    expect(await stateOf(rig, queued?.id ?? '')).toBe('queued');
    expect(await stateOf(rig, held?.id ?? '')).toBe('held');
  });

  it('of a run that was sent or has ended is a repeat, of which nothing is said', async () => {
    const run = await sentRun(rig, 'uptime on db1', 'db1');
    await rig.dispatcher.settle(agentIdOf('db1'), [run.id]);
    await push('db1', run.id);
    await rig.reports.refused(agentIdOf('db1'), run.id, { code: 'refused_signature', text: '' });
    await rig.dispatcher.settle(agentIdOf('db1'), [run.id]);
    await push('db1', run.id);
    expect(await auditOf('queue.foreign')).toEqual([]);
  });

  it('cannot fill the log: some are noted in a window, the rest counted with the next', async () => {
    const ids = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => String(from + i).padStart(64, '0'));
    await push('db1', ...ids(0, foreignIdsMax + 5));
    expect(await auditOf('queue.foreign')).toHaveLength(foreignIdsMax);
    rig.clock.step(noteWindowMs);
    await push('db1', ...ids(100, 1));
    const last = (await auditOf('queue.foreign')).at(-1);
    expect(last?.detail.leftOut).toBe(5);
  });

  it('is cut when it is longer than any of ours', async () => {
    await push('db1', 'x'.repeat(10_000));
    expect((await auditOf('queue.foreign')).map((e) => e.run)).toEqual(['x'.repeat(64)]);
  });
});
