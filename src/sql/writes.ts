import type { Agent } from '../core/agent.ts';
import type { AuditEntry } from '../core/audit.ts';
import type { Invite } from '../core/enrolment.ts';
import type { Hook } from '../core/hook.ts';
import type { Run } from '../core/run.ts';
import type { Task } from '../core/task.ts';
import type { OutputChunk, Post, Scope, View, Writes } from '../ports/store.ts';
import { agentBeat, agentQueries, agentRow, isBeat } from './agent-rows.ts';
import { WriteConflictError } from './errors.ts';
import { hookQueries, hookRow } from './hook-rows.ts';
import { incidentStatements } from './incident-writes.ts';
import { inviteQueries, inviteRow } from './invite-rows.ts';
import { keptQueries, keptRunbookRow, keptVersionRow } from './kept-rows.ts';
import { type AuditHead, auditRow, logQueries, nextEntry } from './log-rows.ts';
import { postQueries, postRow } from './post-rows.ts';
import { approvalRow, proposalQueries, proposalRow } from './proposal-rows.ts';
import { runQueries, runRow } from './run-rows.ts';
import { type Statement, write } from './statement.ts';
import { type ClaimColumns, taskQueries } from './task-queries.ts';
import { hotTaskRow, isHotChange, taskRow } from './task-rows.ts';
import type { Loaded } from './view.ts';

/** The statements of one change in the order in which foreign keys allow them, and where the log ends after it. */
export interface Plan {
  statements: Statement[];
  head: AuditHead;
  /** Those that the statements append to the log. */
  entries: AuditEntry[];
}

/**
 * What a change's writes mean as statements. Pure, so that every database gets the same ones.
 *
 * @throws {WriteConflictError} for writes that no state of the rows could make right.
 */
export const planOf = (scope: Scope, loaded: Loaded, writes: Writes, head: AuditHead): Plan => {
  const { view } = loaded;
  const statements: Statement[] = [];
  if (writes.eventTask !== undefined) statements.push(eventStatement(scope, view, writes.eventTask));
  if (writes.task) statements.push(...taskStatements(loaded, writes.task));
  if (writes.proposal) {
    const { task, revision } = writes.proposal;
    statements.push(
      write(proposalQueries.insert, proposalRow(writes.proposal), 1, `proposal ${task}/${revision}`),
    );
  }
  for (const approval of writes.approvals ?? []) {
    statements.push(
      write(proposalQueries.insertApproval, approvalRow(approval), 1, `approval ${approval.id}`),
    );
  }
  const heldRun = heldRunsOf(view, writes.runs ?? []);
  let runMoved = false;
  for (const run of writes.runs ?? []) {
    const held = heldRun(run.id);
    runMoved ||= held?.state !== run.state;
    statements.push(runStatement(held, run));
  }
  if (writes.agent) statements.push(agentStatement(view.agent, writes.agent));
  if (writes.invite) statements.push(inviteStatement(view.invite, writes.invite));
  const incidents = incidentStatements(view, writes, view.now);
  statements.push(...incidents.statements);
  if (writes.hook) statements.push(hookStatement(view.hook, writes.hook));
  statements.push(...keptStatements(writes));
  if (writes.parked) statements.push(write(hookQueries.insertParked, writes.parked, null, 'parked'));
  for (const post of writes.posts ?? []) statements.push(postStatement(heldPost(view, post.id), post));
  // After the posts, as one may be made and told now in the same change.
  for (const number of writes.toldNow ?? []) {
    statements.push(write(postQueries.incidentToldNow, { number }));
  }
  for (const chunk of writes.output ?? []) statements.push(outputStatement(chunk));
  const taskMoved = writes.task !== undefined && writes.task.state !== view.task?.state;
  if (!writes.audit?.length && (runMoved || taskMoved || incidents.hasMoved)) {
    throw new WriteConflictError('a change of state needs its entry in the audit log');
  }
  const entries: AuditEntry[] = [];
  let last = head;
  for (const note of writes.audit ?? []) {
    const entry = nextEntry(last, view.now, note);
    statements.push(write(logQueries.insert, auditRow(entry), 1, `audit entry ${entry.seq}`));
    entries.push(entry);
    last = { seq: entry.seq, hash: entry.hash };
  }
  return { statements, head: last, entries };
};

const eventStatement = (scope: Scope, view: View, task: number): Statement => {
  if (scope.event === undefined) throw new WriteConflictError('eventTask without an event in the scope');
  return write(
    logQueries.insertEvent,
    { id: scope.event, task, at: view.now, digest: scope.eventDigest ?? null },
    1,
    `event ${scope.event}`,
  );
};

const taskStatements = ({ view, claim }: Loaded, task: Task): Statement[] => {
  const held = view.task?.number === task.number ? view.task : null;
  const conflict = `task ${task.number}`;
  if (!held) {
    const none = { claim_owner: null, claim_attempt: 0, claim_until: 0 };
    return [write(taskQueries.insert, taskRow(task, none), 1, conflict)];
  }
  const kept: ClaimColumns =
    held.state === task.state ? claim : { claim_owner: null, claim_attempt: 0, claim_until: 0 };
  const held_revision = held.revision;
  const update = isHotChange(held, task)
    ? write(taskQueries.updateHot, { ...hotTaskRow(task, kept), held_revision }, 1, conflict)
    : write(taskQueries.updateAll, { ...taskRow(task, kept), held_revision }, 1, conflict);
  if (task.revision === held.revision) return [update];
  return [update, write(postQueries.taskMoved, { number: task.number, revision: task.revision })];
};

/** Finds what the view held of a run; by a map where there are many, as a wave of a thousand would be squared. */
const heldRunsOf = (view: View, written: readonly Run[]): ((id: string) => Run | null) => {
  const byId =
    written.length > 1 && view.runs.length > 1 ? new Map(view.runs.map((r) => [r.id, r] as const)) : null;
  return (id) => {
    if (view.run?.id === id) return view.run;
    return (byId ? byId.get(id) : view.runs.find((r) => r.id === id)) ?? null;
  };
};

const runStatement = (held: Run | null, run: Run): Statement => {
  const row = runRow(run);
  const conflict = `run ${run.id}`;
  if (!held) return write(runQueries.insert, row, 1, conflict);
  return write(
    runQueries.update,
    {
      ...row,
      held_state: held.state,
      held_stdout_raw_bytes: held.stdoutRedaction.rawBytes,
      held_stderr_raw_bytes: held.stderrRedaction.rawBytes,
    },
    1,
    conflict,
  );
};

const agentStatement = (viewed: Agent | null, agent: Agent): Statement => {
  const conflict = `agent ${agent.id}`;
  if (viewed?.id !== agent.id) return write(agentQueries.insert, agentRow(agent), 1, conflict);
  const held = { held_last_seen_at: viewed.lastSeenAt, held_online: viewed.online ? 1 : 0 };
  return isBeat(viewed, agent)
    ? write(agentQueries.updateBeat, { ...agentBeat(agent), ...held }, 1, conflict)
    : write(agentQueries.updateAll, { ...agentRow(agent), ...held }, 1, conflict);
};

const inviteStatement = (viewed: Invite | null, invite: Invite): Statement => {
  const query = viewed?.id === invite.id ? inviteQueries.end : inviteQueries.insert;
  return write(query, inviteRow(invite), 1, `invite ${invite.id}`);
};

const hookStatement = (viewed: Hook | null, hook: Hook): Statement => {
  const query = viewed?.id === hook.id ? hookQueries.update : hookQueries.insert;
  return write(query, hookRow(hook), 1, `hook ${hook.id}`);
};

const keptStatements = ({ keptRunbook, keptVersion }: Writes): Statement[] => [
  ...(keptVersion
    ? [
        write(
          keptQueries.insertVersion,
          keptVersionRow(keptVersion),
          1,
          `runbook ${keptVersion.name} version ${keptVersion.version}`,
        ),
      ]
    : []),
  ...(keptRunbook ? [write(keptQueries.put, keptRunbookRow(keptRunbook), 1, 'a kept runbook')] : []),
];

/** What the view holds of that post. */
export const heldPost = ({ post, posts }: View, id: string): Post | null =>
  post?.id === id ? post : (posts.find((p) => p.id === id) ?? null);

const postStatement = (viewed: Post | null, post: Post): Statement => {
  const row = postRow(post);
  const conflict = `post ${post.id}`;
  if (!viewed) return write(postQueries.insert, row, 1, conflict);
  return write(
    postQueries.update,
    { ...row, held_shown_revision: viewed.shownRevision, held_retry_at: viewed.retryAt },
    1,
    conflict,
  );
};

const outputStatement = (chunk: OutputChunk): Statement =>
  write(
    runQueries.insertOutput,
    { run_id: chunk.runId, stream: chunk.stream, start: chunk.offset, bytes: chunk.bytes },
    1,
    `output of run ${chunk.runId} at ${chunk.offset}`,
  );
