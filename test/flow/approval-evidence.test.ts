import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApprovalEvidence } from '../../src/flow/approval-evidence.ts';
import { type AuditVerdict, verifyAudit } from '../../src/flow/verify-audit.ts';
import type { TaskRecord } from '../../src/ports/store.ts';
import { openAuditDatabase } from '../../src/sql/audit-database.ts';
import { editRows } from '../sql/edit-rows.ts';
import { approved, joined, makeRig, type Rig, sentTo } from './rig.ts';

let rig: Rig;
let record: TaskRecord;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1', 'db2');
  record = await approved(rig, 'uptime on db1 and db2');
  await sentTo(rig, 'db1');
});
afterEach(() => rig.dispose());

const verify = async (): Promise<AuditVerdict> => {
  const source = openAuditDatabase(join(rig.dataDir, 'nerdyops.db'));
  try {
    const evidence = source.evidence && new ApprovalEvidence(source.evidence, source.signers);
    return await verifyAudit(source, { trusted: [], witness: null, evidence, onProgress: () => {} });
  } finally {
    source.close();
  }
};

it('holds approvals and runs against the log, and finds nothing where nothing was changed', async () => {
  expect(await verify()).toMatchObject({ isWhole: true, breaks: [], checked: { approvals: 1, runs: 2 } });
  rig.signer.rotate(rig.clock.now(), { kind: 'token', surface: 'api', id: 'local', name: 'root' });
  await approved(rig, 'uptime on db2');
  expect(await verify()).toMatchObject({ isWhole: true, checked: { approvals: 2, runs: 3 } });
});

it.each<[string, string, string, unknown[]]>([
  [
    'the script',
    "update proposal set body = replace(body, 'echo linux', 'echo other')",
    'audit_approval_differs',
    [],
  ],
  ["the proposal's digest", 'update proposal set digest = ?', 'audit_approval_differs', ['f'.repeat(64)]],
  ['the proposal, into nonsense', "update proposal set body = 'hello'", 'audit_approval_differs', []],
  ['the proposal, away', 'delete from proposal', 'audit_approval_differs', []],
  ['the task, away', 'delete from task', 'audit_approval_differs', []],
  ['the document', "update approval set document = x'00ff'", 'audit_approval_differs', []],
  ['the signature', 'update approval set signature = randomblob(64)', 'audit_approval_differs', []],
  ["the approval's id", 'update approval set id = ?', 'audit_approval_differs', ['f'.repeat(64)]],
  ['the approval, away', 'delete from approval', 'audit_approval_missing', []],
  ['the approval, to another task', 'update approval set task = 9', 'audit_approval_unlogged', []],
  ['a run, away', "delete from run where agent_name = 'db2'", 'audit_run_missing', []],
  ["a run's machine", "update run set agent_name = 'db3' where agent_name = 'db2'", 'audit_run_differs', []],
  ["a run's id", "update run set id = ? where agent_name = 'db1'", 'audit_run_missing', ['f'.repeat(64)]],
  [
    "a run's script",
    "update run set script_digest = ? where agent_name = 'db1'",
    'audit_run_differs',
    ['f'.repeat(64)],
  ],
  ["a run's task", "update run set task = 9 where agent_name = 'db1'", 'audit_run_differs', []],
])('names what was changed beside the log: %s', async (_, sql, code, values) => {
  editRows(rig.dataDir, sql, ...values);
  const { breaks, isWhole } = await verify();
  expect(isWhole).toBe(false);
  expect(breaks.map((b) => b.sentence.code)).toContain(code);
  if (code !== 'audit_approval_unlogged')
    expect(breaks[0]?.sentence.text).toContain(`#${record.task.number}`);
});

it('does not mind a run whose sentence can not be read: nobody decides by that', async () => {
  editRows(rig.dataDir, "update run set sentence = 'hello'");
  expect(await verify()).toMatchObject({ isWhole: true });
});
