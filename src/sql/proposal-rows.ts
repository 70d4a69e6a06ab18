import type { Proposal } from '../core/proposal.ts';
import type { StoredApproval } from '../ports/store.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const proposalColumns = ['task', 'revision', 'digest', 'body', 'runbook', 'runbook_version'] as const;
const approvalColumns = ['id', 'task', 'proposal_revision', 'document', 'signature'] as const;

export const proposalQueries = {
  current: query((db, p: { number: number }) =>
    db
      .selectFrom('task')
      .innerJoin('proposal', (join) =>
        join
          .onRef('proposal.task', '=', 'task.number')
          .onRef('proposal.revision', '=', 'task.proposal_revision'),
      )
      .select(['proposal.body'])
      .where('task.number', '=', p.number),
  ),
  currentByRun: query((db, p: { run: string }) =>
    db
      .selectFrom('run')
      .innerJoin('task', 'task.number', 'run.task')
      .innerJoin('proposal', (join) =>
        join
          .onRef('proposal.task', '=', 'task.number')
          .onRef('proposal.revision', '=', 'task.proposal_revision'),
      )
      .select(['proposal.body'])
      .where('run.id', '=', p.run),
  ),
  insert: query((db, p: Row<'proposal'>) => db.insertInto('proposal').values(rowOf(p, proposalColumns))),
  approval: query((db, p: { id: string }) =>
    db.selectFrom('approval').select(approvalColumns).where('id', '=', p.id),
  ),
  insertApproval: query((db, p: Row<'approval'>) =>
    db.insertInto('approval').values(rowOf(p, approvalColumns)),
  ),
  /** With the proposal and the task that the document names. */
  approvalWithScripts: query((db, p: { id: string }) =>
    db
      .selectFrom('approval')
      .innerJoin('proposal', (join) =>
        join
          .onRef('proposal.task', '=', 'approval.task')
          .onRef('proposal.revision', '=', 'approval.proposal_revision'),
      )
      .innerJoin('task', 'task.number', 'approval.task')
      .select([
        ...approvalColumns.map((column) => `approval.${column}` as const),
        'proposal.digest',
        'proposal.body',
        'task.proposal_revision as current_revision',
        'task.targets',
      ])
      .where('approval.id', '=', p.id),
  ),
};

export const proposalOf = (body: string): Proposal => JSON.parse(body) as Proposal;

export const proposalRow = (proposal: Proposal): Row<'proposal'> => ({
  task: proposal.task,
  revision: proposal.revision,
  digest: proposal.digest,
  body: JSON.stringify(proposal),
  runbook: proposal.runbook?.verbatim ? proposal.runbook.name : null,
  runbook_version: (proposal.runbook?.verbatim && proposal.runbook.version) || null,
});

export const approvalOf = (row: Row<'approval'>): StoredApproval => ({
  id: row.id,
  task: row.task,
  proposalRevision: row.proposal_revision,
  document: row.document,
  signature: row.signature,
});

export const approvalRow = (approval: StoredApproval): Row<'approval'> => ({
  id: approval.id,
  task: approval.task,
  proposal_revision: approval.proposalRevision,
  document: approval.document,
  signature: approval.signature,
});
