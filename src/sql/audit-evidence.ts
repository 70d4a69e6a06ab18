import type { Database as Connection } from 'better-sqlite3';
import type { Run } from '../core/run.ts';
import type { AuditEvidence } from '../ports/audit-evidence.ts';
import { type ApprovedRow, approvedOf } from './orders.ts';
import { runOf } from './run-rows.ts';
import type { Row } from './tables.ts';

/** @param connection in a transaction that only reads. */
export const auditEvidenceOn = (connection: Connection): AuditEvidence => {
  // Outer joins: an approval whose proposal was taken away must be found all the same.
  const approvals = connection.prepare(
    `select approval.*, proposal.digest, proposal.body, task.proposal_revision as current_revision, task.targets
     from approval
     left join proposal on proposal.task = approval.task and proposal.revision = approval.proposal_revision
     left join task on task.number = approval.task
     where approval.task = ?`,
  );
  const runsOf = connection.prepare('select * from run where task = ?');
  const run = connection.prepare('select * from run where id = ?');
  const tasks = connection.prepare('select distinct task from approval').pluck();
  return {
    approvals: (task) => (approvals.all(task) as ApprovedRow[]).map(approvedOf),
    runsOf: (task) => (runsOf.all(task) as Row<'run'>[]).map(bareRun),
    run: (id) => {
      const row = run.get(id) as Row<'run'> | undefined;
      return row ? bareRun(row) : null;
    },
    approvedTasks: () => tasks.all() as number[],
  };
};

/** Without its sentence, which nobody checks and which may be no JSON any more. */
const bareRun = (row: Row<'run'>): Run => runOf({ ...row, sentence: null });
