import type { AuditEntry } from '../core/audit.ts';
import type { Instant, Task, TaskState } from '../core/task.ts';
import type { AuditSeal } from '../ports/audit-seal.ts';
import type { Claim, Committed, Decided, OutputChunk, Scope, View, Writes } from '../ports/store.ts';
import { WriteConflictError } from './errors.ts';
import { incidentQueries } from './incident-rows.ts';
import { incidentView } from './incident-view.ts';
import { firstTaskNumber } from './limits.ts';
import { type AuditHead, logQueries } from './log-rows.ts';
import { prune } from './prune.ts';
import { runQueries } from './run-rows.ts';
import { sealQueries, sealStatements } from './seal-rows.ts';
import type { SqliteSession } from './sqlite-session.ts';
import { read, write } from './statement.ts';
import { taskQueries } from './task-queries.ts';
import { taskOf } from './task-rows.ts';
import type { Trails } from './trails.ts';
import { readsOf, type ViewRows, viewOf } from './view.ts';
import { heldPost, planOf } from './writes.ts';

/**
 * The changes of one group while their transaction is open. Each sees what those before it wrote.
 *
 * Modes: open from the session's `begin` until `finish`; thrown away after.
 */
export class GroupTransaction {
  readonly #session: SqliteSession;
  readonly #now: Instant;
  readonly #seal: AuditSeal;
  readonly #trails: Trails;
  readonly #headBefore: AuditHead;
  #head: AuditHead;
  #nextTask: number;
  #nextIncident: number;
  readonly #written: AuditEntry[] = [];
  readonly #tasks = new Set<number>();
  readonly #outputs = new Set<number>();
  readonly #agents = new Set<string>();
  readonly #incidents = new Set<number>();

  /** @param session in a transaction that may write. */
  constructor(session: SqliteSession, now: Instant, seal: AuditSeal, trails: Trails) {
    this.#session = session;
    this.#trails = trails;
    this.#seal = seal;
    this.#now = now;
    const head = session.first(read(logQueries.head, {}));
    if (!head) throw new WriteConflictError('the head of the audit log is gone');
    this.#headBefore = head;
    this.#head = head;
    this.#nextTask = (session.first(read(taskQueries.lastNumber, {}))?.number ?? firstTaskNumber - 1) + 1;
    this.#nextIncident = (session.first(read(incidentQueries.lastNumber, {}))?.number ?? 0) + 1;
  }

  /** @throws what `decide` threw, or a WriteConflictError; the change has written nothing then. */
  change<T>(scope: Scope, decide: (view: View) => Decided<T>): T {
    const loaded = viewOf(
      this.#load(scope),
      incidentView(this.#session, scope, this.#nextIncident),
      this.#now,
      this.#nextTask,
      scope.eventDigest,
      (task) => this.#trails.of(task, this.#written),
    );
    const { result, writes } = decide(loaded.view);
    if (!writes) return result;
    const { statements, head, entries } = planOf(scope, loaded, writes, this.#head);
    this.#session.nested(() => {
      for (const statement of statements) this.#session.run(statement);
      for (const chunk of writes.output ?? []) this.#outputs.add(this.#taskOfOutput(chunk, loaded.view));
    });
    // Only now that the savepoint is kept may the next change build on it.
    this.#head = head;
    this.#written.push(...entries);
    this.#touch(loaded.view, writes);
    return result;
  }

  claim(state: TaskState, owner: string, leaseMs: number, countMax: number): { task: Task; claim: Claim }[] {
    const free = this.#session.rows(read(taskQueries.claimable, { state, now: this.#now, limit: countMax }));
    return free.map((row) => {
      const claim = { owner, attempt: row.claim_attempt + 1, until: this.#now + leaseMs };
      this.#session.run(write(taskQueries.claim, { number: row.number, ...claim }, 1, `task ${row.number}`));
      return { task: taskOf(row), claim };
    });
  }

  /** A claim that is no longer held is left as it is: another has it, or the task went on. */
  release(number: number, { owner, attempt }: Claim, isCounted: boolean): void {
    const kept_attempt = isCounted ? attempt : attempt - 1;
    this.#session.run(write(taskQueries.release, { number, owner, attempt, kept_attempt }));
  }

  /** Every claim whose owner begins so is nobody's; the attempts stay counted. */
  disown(ownerPrefix: string): void {
    const to = `${ownerPrefix}\u{10FFFF}`;
    this.#session.run(write(taskQueries.disown, { from: ownerPrefix, to }));
  }

  /** @returns whether there may be more to delete. */
  prune(keptMs: number): boolean {
    return prune(this.#session, this.#now, keptMs);
  }

  /** Moves the log's head and signs it. To be called once, right before the commit. @returns null when there is nothing to tell. */
  finish(): Committed | null {
    const { seq, hash } = this.#head;
    const held = this.#headBefore;
    if (seq !== held.seq) {
      const values = { seq, hash, held_seq: held.seq, held_hash: held.hash };
      this.#session.run(write(logQueries.setHead, values, 1, 'the head of the audit log'));
      const signers = this.#session.rows(read(sealQueries.signers, {}));
      for (const statement of sealStatements(this.#head, this.#now, this.#seal, signers)) {
        this.#session.run(statement);
      }
    }
    const touched = this.#tasks.size + this.#outputs.size + this.#agents.size + this.#incidents.size;
    if (touched === 0 && seq === held.seq) return null;
    return {
      seq,
      tasks: this.#tasks,
      outputs: this.#outputs,
      agents: this.#agents,
      incidents: this.#incidents,
    };
  }

  /** To be called once the commit is durable. */
  settle(): void {
    this.#trails.add(this.#written);
  }

  #load(scope: Scope): ViewRows {
    const reads = readsOf(scope);
    const session = this.#session;
    return {
      task: reads.task && session.rows(reads.task),
      proposal: reads.proposal && session.rows(reads.proposal),
      runs: reads.runs && session.rows(reads.runs),
      run: reads.run && session.rows(reads.run),
      agent: reads.agent && session.rows(reads.agent),
      namesake: reads.namesake && session.rows(reads.namesake),
      invite: reads.invite && session.rows(reads.invite),
      hook: reads.hook && session.rows(reads.hook),
      keptRunbook: reads.keptRunbook && session.rows(reads.keptRunbook),
      agents: reads.agents && session.rows(reads.agents),
      post: reads.post && session.rows(reads.post),
      posts: reads.posts && session.rows(reads.posts),
      event: reads.event && session.rows(reads.event),
    };
  }

  #touch(view: View, writes: Writes): void {
    if (writes.task) {
      this.#tasks.add(writes.task.number);
      this.#nextTask = Math.max(this.#nextTask, writes.task.number + 1);
    }
    for (const { id, subject, gone, refused, timesAnew } of writes.posts ?? []) {
      const held = heldPost(view, id);
      // A message that is given up or refused is news too, as whoever shows the task says so; and one that is wanted again.
      const isAsBefore =
        (held?.gone === null) === (gone === null) && held?.refused?.reason === refused?.reason;
      if (held && isAsBefore && held.timesAnew === timesAnew) continue;
      (subject.kind === 'task' ? this.#tasks : this.#incidents).add(subject.number);
    }
    for (const { number } of writes.incidents ?? []) {
      this.#incidents.add(number);
      this.#nextIncident = Math.max(this.#nextIncident, number + 1);
    }
    if (writes.agent) this.#agents.add(writes.agent.id);
  }

  #taskOfOutput(chunk: OutputChunk, view: View): number {
    if (view.run?.id === chunk.runId) return view.run.task;
    const row = this.#session.first(read(runQueries.taskOf, { id: chunk.runId }));
    if (!row) throw new WriteConflictError(`output of run ${chunk.runId}, which is not there`);
    return row.task;
  }
}
