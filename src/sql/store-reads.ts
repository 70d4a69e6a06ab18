import type { Agent } from '../core/agent.ts';
import type { AuditEntry } from '../core/audit.ts';
import type { SignedAuditHead } from '../core/audit-head.ts';
import { IdentityState, type Invite } from '../core/enrolment.ts';
import type { Hook, ParkedMessage } from '../core/hook.ts';
import type { KeptRunbook, KeptVersion, RunbookUse } from '../core/kept-runbook.ts';
import type { Run, RunState } from '../core/run.ts';
import type { Instant, Place, Target, Task, TaskState } from '../core/task.ts';
import type {
  AuditSearch,
  OrderRows,
  OutputStream,
  Post,
  PostChannel,
  PostSubject,
  StoredApproval,
  TaskCount,
  TaskFilter,
  TaskRecord,
} from '../ports/store.ts';
import { agentOf, agentQueries } from './agent-rows.ts';
import { searchReads } from './audit-search.ts';
import { hookOf, hookQueries, parkedOf } from './hook-rows.ts';
import { inviteOf, inviteQueries } from './invite-rows.ts';
import { keptQueries, keptRunbookOf, keptVersionOf } from './kept-rows.ts';
import { auditOf, type EntryRow, logQueries } from './log-rows.ts';
import { ordersOf } from './orders.ts';
import { placeText } from './place-text.ts';
import { postOf, postQueries } from './post-rows.ts';
import { approvalOf, proposalOf, proposalQueries } from './proposal-rows.ts';
import { runOf, runQueries } from './run-rows.ts';
import { runbookUses, runbookUsesOf } from './runbook-uses.ts';
import { sealQueries, signedHeadOf } from './seal-rows.ts';
import type { SqliteSession } from './sqlite-session.ts';
import { type Read, read } from './statement.ts';
import type { Row } from './tables.ts';
import { taskQueries } from './task-queries.ts';
import { taskOf } from './task-rows.ts';

/**
 * What the store answers outside changes.
 *
 * Lists over several states ask for each state by itself, where the index gives the order and the limit ends the
 * work, and merge in memory; one query over all would sort everything that these states ever held.
 */
export class StoreReads {
  readonly #session: SqliteSession;

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  getTask(number: number): TaskRecord | null {
    const row = this.#session.first(read(taskQueries.byNumber, { number }));
    if (!row) return null;
    const proposal = this.#session.first(read(proposalQueries.current, { number }));
    return {
      task: taskOf(row),
      proposal: proposal ? proposalOf(proposal.body) : null,
      runs: this.#session.rows(read(runQueries.ofTask, { task: number })).map(runOf),
    };
  }

  listTasks(filter: TaskFilter): Task[] {
    const before = filter.before ?? Number.MAX_SAFE_INTEGER;
    const page = { before, limit: filter.limit };
    const place = filter.place ? placeText(filter.place) : null;
    const parts: Read<Row<'task'>>[] = [];
    if (!filter.states) {
      parts.push(
        place === null ? read(taskQueries.latest, page) : read(taskQueries.latestInPlace, { ...page, place }),
      );
    }
    for (const state of new Set(filter.states)) {
      parts.push(
        place === null
          ? read(taskQueries.latestInState, { ...page, state })
          : read(taskQueries.latestInPlaceAndState, { ...page, place, state }),
      );
    }
    const rows = parts.flatMap((part) => this.#session.rows(part));
    rows.sort((a, b) => b.number - a.number);
    return rows.slice(0, filter.limit).map(taskOf);
  }

  countTasks(since: Instant): TaskCount[] {
    const before = this.#session.first(read(taskQueries.lastBefore, { instant: since }));
    const rows = this.#session.rows(read(taskQueries.countAfter, { number: before?.number ?? 0 }));
    return rows.map(({ asker, state, count }) => ({
      asker: JSON.parse(asker) as TaskCount['asker'],
      state: state as TaskState,
      count: Number(count),
    }));
  }

  dueTasks(states: readonly TaskState[], now: Instant, limit: number): number[] {
    const rows = states.flatMap((state) => this.#session.rows(read(taskQueries.due, { state, now, limit })));
    rows.sort((a, b) => (a.decide_by ?? 0) - (b.decide_by ?? 0) || a.number - b.number);
    return rows.slice(0, limit).map((row) => row.number);
  }

  getRun(id: string): Run | null {
    const row = this.#session.first(read(runQueries.byId, { id }));
    return row ? runOf(row) : null;
  }

  listRuns(states: readonly RunState[], agent: string | null, limit: number): Run[] {
    const rows = [...new Set(states)].flatMap((state) =>
      this.#session.rows(
        agent === null
          ? read(runQueries.inState, { state, limit })
          : read(runQueries.inStateOnAgent, { state, agent, limit }),
      ),
    );
    rows.sort((a, b) => a.run_by - b.run_by || (a.id < b.id ? -1 : 1));
    return rows.slice(0, limit).map(runOf);
  }

  getOrders(runIds: readonly string[]): OrderRows[] {
    const runs: Row<'run'>[] = [];
    for (const id of runIds) {
      const row = this.#session.first(read(runQueries.byId, { id }));
      if (row) runs.push(row);
    }
    const approvals = [...new Set(runs.map((r) => r.approval_id))].flatMap((id) =>
      this.#session.rows(read(proposalQueries.approvalWithScripts, { id })),
    );
    return ordersOf(runs, approvals);
  }

  getApproval(id: string): StoredApproval | null {
    const row = this.#session.first(read(proposalQueries.approval, { id }));
    return row ? approvalOf(row) : null;
  }

  /** Ends before a gap: bytes after one would be shown at the wrong place. */
  readOutput(run: string, stream: OutputStream, offset: number, bytesMax: number): Buffer {
    const to = offset + bytesMax;
    const chunks = this.#session.rows(read(runQueries.output, { run, stream, from: offset, to }));
    const pieces: Buffer[] = [];
    let next = offset;
    for (const { start, bytes } of chunks) {
      if (start > next) break;
      const piece = bytes.subarray(next - start, to - start);
      if (piece.length === 0) continue;
      pieces.push(piece);
      next += piece.length;
    }
    return Buffer.concat(pieces);
  }

  listAgents(ids?: readonly string[]): Agent[] {
    if (!ids) return this.#session.rows(read(agentQueries.present, {})).map(agentOf);
    const found = [...new Set(ids)].flatMap((id) => this.getAgent(id) ?? []);
    return found.filter((agent) => agent.identity?.state !== IdentityState.removed);
  }

  getAgent(id: string): Agent | null {
    const row = this.#session.first(read(agentQueries.byId, { id }));
    return row ? agentOf(row) : null;
  }

  getInvite(id: string): Invite | null {
    const row = this.#session.first(read(inviteQueries.byId, { id }));
    return row ? inviteOf(row) : null;
  }

  listHooks(): Hook[] {
    return this.#session.rows(read(hookQueries.present, {})).map(hookOf);
  }

  hookByToken(digest: string): Hook | null {
    const row = this.#session.first(read(hookQueries.byToken, { digest }));
    return row ? hookOf(row) : null;
  }

  listParked(limit: number): ParkedMessage[] {
    return this.#session.rows(read(hookQueries.parked, { limit })).map(parkedOf);
  }

  keptRunbooks(): KeptRunbook[] {
    return this.#session.rows(read(keptQueries.all, {})).map(keptRunbookOf);
  }

  keptInUse(): KeptVersion[] {
    return this.#session.rows(read(keptQueries.inUse, {})).map(keptVersionOf);
  }

  keptVersions(name: string): KeptVersion[] {
    return this.#session.rows(read(keptQueries.versions, { name })).map(keptVersionOf);
  }

  runbookUses(): RunbookUse[] {
    return runbookUsesOf(this.#session.rows(read(runbookUses, {})));
  }

  openInvites(now: Instant, limit: number): Invite[] {
    return this.#session.rows(read(inviteQueries.open, { now, limit })).map(inviteOf);
  }

  lastTargets(place: Place): string[] {
    const row = this.#session.first(read(taskQueries.lastTargets, { place: placeText(place) }));
    return row ? (JSON.parse(row.targets) as Target[]).map((t) => t.agentId) : [];
  }

  channelsBehind(now: Instant): PostChannel[] {
    return this.#session.rows(read(postQueries.channelsBehind, { now }));
  }

  listPostsBehind({ surface, channel }: PostChannel, now: Instant, limit: number): Post[] {
    return this.#session.rows(read(postQueries.behind, { surface, channel, now, limit })).map(postOf);
  }

  listPostsShut({ surface, channel }: PostChannel, limit: number): Post[] {
    return this.#session.rows(read(postQueries.shut, { surface, channel, limit })).map(postOf);
  }

  listPosts({ kind, number }: PostSubject): Post[] {
    const of = kind === 'task' ? postQueries.ofTask : postQueries.ofIncident;
    return this.#session.rows(read(of, { number })).map(postOf);
  }

  getPost(id: string): Post | null {
    const row = this.#session.first(read(postQueries.byId, { id }));
    return row ? postOf(row) : null;
  }

  findPost(surface: string, { channel, id }: { channel: string; id: string }): Post | null {
    const row = this.#session.first(read(postQueries.byMessage, { surface, channel, id }));
    return row ? postOf(row) : null;
  }

  lastSeq(): number {
    return this.#session.first(read(logQueries.head, {}))?.seq ?? 0;
  }

  findAudit(search: AuditSearch): AuditEntry[] {
    const found = new Map<number, EntryRow>();
    for (const part of searchReads(search)) {
      for (const row of this.#session.rows(part)) found.set(row.seq, row);
    }
    const rows = [...found.values()].sort((a, b) => b.seq - a.seq);
    return rows.slice(0, search.limit).map(auditOf);
  }

  signedHead(): SignedAuditHead | null {
    const row = this.#session.first(read(sealQueries.latest, {}));
    return row ? signedHeadOf(row) : null;
  }

  auditHashAt(seq: number): string | null {
    return this.#session.first(read(sealQueries.hashAt, { seq }))?.hash ?? null;
  }

  listAudit(afterSeq: number, limit: number): AuditEntry[] {
    return this.#session.rows(read(logQueries.after, { seq: afterSeq, limit })).map(auditOf);
  }
}
