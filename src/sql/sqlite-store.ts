import type { Agent } from '../core/agent.ts';
import type { AuditEntry } from '../core/audit.ts';
import type { SignedAuditHead } from '../core/audit-head.ts';
import type { Invite } from '../core/enrolment.ts';
import type { Hook, ParkedMessage } from '../core/hook.ts';
import { overKeptMs } from '../core/limits.ts';
import type { Run, RunState } from '../core/run.ts';
import { type Instant, type Place, type Task, TaskState } from '../core/task.ts';
import type { AuditSeal } from '../ports/audit-seal.ts';
import type { Clock } from '../ports/clock.ts';
import type { IncidentFilter } from '../ports/incident-store.ts';
import type { Log } from '../ports/log.ts';
import {
  type AuditSearch,
  type Claim,
  type Committed,
  type Decided,
  type OrderRows,
  type OutputStream,
  type Post,
  type PostChannel,
  type PostSubject,
  type Scope,
  type Store,
  type StoredApproval,
  StoreUnavailableError,
  type TaskCount,
  type TaskFilter,
  type TaskRecord,
  type View,
} from '../ports/store.ts';
import { CommitGroup } from './commit-group.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { IncidentStoreReads } from './incident-reads.ts';
import { pruneEveryMs } from './limits.ts';
import { isUnavailable, SqliteSession } from './sqlite-session.ts';
import { StoreReads } from './store-reads.ts';

export interface SqliteStoreOptions {
  /** Made if it is missing, closed to other users, locked against other servers. */
  dataDir: string;
  clock: Clock;
  log: Log;
  /** Called once, when the directory is made and locked: that is where the key is kept. */
  seal: () => AuditSeal;
  /** How long what is over is kept (`prune`); `overKeptMs` where nothing is said. */
  keptMs?: number;
}

interface Open {
  readonly directory: DataDirectory;
  readonly session: SqliteSession;
  readonly reads: StoreReads;
  readonly incidents: IncidentStoreReads;
  readonly group: CommitGroup;
}

/**
 * The store on one SQLite file.
 *
 * Modes: new; open between `start` and `stop`; stopped for good. Only an open store can be read or changed, the
 * others reject with StoreUnavailableError.
 */
export class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions;
  readonly #listeners = new Set<(committed: Committed) => void>();
  #open: Open | null = null;
  #stopped = false;
  #stopPruning = (): void => {};

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
  }

  /** @throws {DataDirUnwritableError} @throws {DataDirInUseError} @throws {StoreUnavailableError}, what `seal` threw. */
  async start(): Promise<void> {
    if (this.#open || this.#stopped) throw new Error('a store starts once');
    const { dataDir, clock, log } = this.#options;
    const directory = openDataDirectory(dataDir);
    let session: SqliteSession | null = null;
    try {
      session = new SqliteSession(directory.databasePath);
      await session.migrate();
    } catch (error) {
      session?.close();
      directory.release();
      throw new StoreUnavailableError(error);
    }
    let seal: AuditSeal;
    try {
      seal = this.#options.seal();
    } catch (error) {
      session.close();
      directory.release();
      throw error;
    }
    this.#open = {
      directory,
      session,
      reads: new StoreReads(session),
      incidents: new IncidentStoreReads(session),
      group: new CommitGroup(session, { clock, log, seal }, this.#listeners),
    };
    this.#prune();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopPruning();
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    open.group.close();
    open.session.close();
    open.directory.release();
  }

  change<T>(scope: Scope, decide: (view: View) => Decided<T>): Promise<T> {
    return this.#submit((group) => group.submit((transaction) => transaction.change(scope, decide)));
  }

  claim(
    state: TaskState,
    owner: string,
    leaseMs: number,
    countMax: number,
  ): Promise<{ task: Task; claim: Claim }[]> {
    return this.#submit((group) =>
      group.submit((transaction) => transaction.claim(state, owner, leaseMs, countMax)),
    );
  }

  release(task: number, claim: Claim, { isCounted } = { isCounted: true }): Promise<void> {
    return this.#submit((group) =>
      group.submit((transaction) => transaction.release(task, claim, isCounted)),
    );
  }

  disown(ownerPrefix: string): Promise<void> {
    return this.#submit((group) => group.submit((transaction) => transaction.disown(ownerPrefix)));
  }

  onCommit(listener: (committed: Committed) => void): () => void {
    // Wrapped, so that a function that listens twice hears twice and ends once.
    const own = (committed: Committed): void => listener(committed);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async getTask(number: number): Promise<TaskRecord | null> {
    return this.#read((reads) => reads.getTask(number));
  }

  async listTasks(filter: TaskFilter): Promise<Task[]> {
    return this.#read((reads) => reads.listTasks(filter));
  }

  async countTasks(since: Instant): Promise<TaskCount[]> {
    return this.#read((reads) => reads.countTasks(since));
  }

  async dueTasks(now: Instant, limit: number): Promise<number[]> {
    const states = [TaskState.proposed, TaskState.asking];
    return this.#read((reads) => reads.dueTasks(states, now, limit));
  }

  async getRun(id: string): Promise<Run | null> {
    return this.#read((reads) => reads.getRun(id));
  }

  async listRuns(states: readonly RunState[], agentId: string | null, limit: number): Promise<Run[]> {
    return this.#read((reads) => reads.listRuns(states, agentId, limit));
  }

  async getOrders(runIds: readonly string[]): Promise<OrderRows[]> {
    return this.#read((reads) => reads.getOrders(runIds));
  }

  async getApproval(id: string): Promise<StoredApproval | null> {
    return this.#read((reads) => reads.getApproval(id));
  }

  async readOutput(runId: string, stream: OutputStream, offset: number, bytesMax: number): Promise<Buffer> {
    return this.#read((reads) => reads.readOutput(runId, stream, offset, bytesMax));
  }

  async listAgents(ids?: readonly string[]): Promise<Agent[]> {
    return this.#read((reads) => reads.listAgents(ids));
  }

  async getAgent(id: string): Promise<Agent | null> {
    return this.#read((reads) => reads.getAgent(id));
  }

  async getInvite(id: string): Promise<Invite | null> {
    return this.#read((reads) => reads.getInvite(id));
  }

  async listHooks(): Promise<Hook[]> {
    return this.#read((reads) => reads.listHooks());
  }

  async hookByToken(digest: string): Promise<Hook | null> {
    return this.#read((reads) => reads.hookByToken(digest));
  }

  async listParked(limit: number): Promise<ParkedMessage[]> {
    return this.#read((reads) => reads.listParked(limit));
  }

  async openInvites(now: Instant, limit: number): Promise<Invite[]> {
    return this.#read((reads) => reads.openInvites(now, limit));
  }

  async lastTargets(place: Place): Promise<string[]> {
    return this.#read((reads) => reads.lastTargets(place));
  }

  async channelsBehind(now: Instant): Promise<PostChannel[]> {
    return this.#read((reads) => reads.channelsBehind(now));
  }

  async listPostsBehind(channel: PostChannel, now: Instant, limit: number): Promise<Post[]> {
    return this.#read((reads) => reads.listPostsBehind(channel, now, limit));
  }

  async listPostsShut(channel: PostChannel, limit: number): Promise<Post[]> {
    return this.#read((reads) => reads.listPostsShut(channel, limit));
  }

  async listPosts(subject: PostSubject): Promise<Post[]> {
    return this.#read((reads) => reads.listPosts(subject));
  }

  async getPost(id: string): Promise<Post | null> {
    return this.#read((reads) => reads.getPost(id));
  }

  async findPost(surface: string, message: { channel: string; id: string }): Promise<Post | null> {
    return this.#read((reads) => reads.findPost(surface, message));
  }

  async getIncident(number: number) {
    return this.#read((_, incidents) => incidents.get(number));
  }

  async listIncidents(filter: IncidentFilter) {
    return this.#read((_, incidents) => incidents.list(filter));
  }

  async listAlerts(incident: number, limit: number) {
    return this.#read((_, incidents) => incidents.alerts(incident, limit));
  }

  async dueIncidents(now: Instant, limit: number) {
    return this.#read((_, incidents) => incidents.due(now, limit));
  }

  async diagnosing(states: readonly string[], limit: number) {
    return this.#read((_, incidents) => incidents.diagnosing(states, limit));
  }

  async listKeptRunbooks() {
    return this.#read((reads) => reads.keptRunbooks());
  }

  async listKeptInUse() {
    return this.#read((reads) => reads.keptInUse());
  }

  async listKeptVersions(name: string) {
    return this.#read((reads) => reads.keptVersions(name));
  }

  async runbookUses() {
    return this.#read((reads) => reads.runbookUses());
  }

  async listWatches() {
    return this.#read((_, incidents) => incidents.watches());
  }

  async incidentOfTask(task: number) {
    return this.#read((_, incidents) => incidents.ofTask(task));
  }

  async listReceived(incident: number, limit: number) {
    return this.#read((_, incidents) => incidents.received(incident, limit));
  }

  async lastSeq(): Promise<number> {
    return this.#read((reads) => reads.lastSeq());
  }

  async signedHead(): Promise<SignedAuditHead | null> {
    return this.#read((reads) => reads.signedHead());
  }

  async auditHashAt(seq: number): Promise<string | null> {
    return this.#read((reads) => reads.auditHashAt(seq));
  }

  async findAudit(search: AuditSearch): Promise<AuditEntry[]> {
    return this.#read((reads) => reads.findAudit(search));
  }

  async listAudit(afterSeq: number, limit: number): Promise<AuditEntry[]> {
    return this.#read((reads) => reads.listAudit(afterSeq, limit));
  }

  /** No group is under way between two turns, so whatever is read here is committed. */
  #read<T>(work: (reads: StoreReads, incidents: IncidentStoreReads) => T): T {
    if (!this.#open) throw this.#notOpen();
    try {
      return work(this.#open.reads, this.#open.incidents);
    } catch (error) {
      throw isUnavailable(error) ? new StoreUnavailableError(error) : error;
    }
  }

  #submit<T>(work: (group: CommitGroup) => Promise<T>): Promise<T> {
    return this.#open ? work(this.#open.group) : Promise.reject(this.#notOpen());
  }

  #notOpen(): StoreUnavailableError {
    return new StoreUnavailableError(this.#stopped ? 'it is stopped' : 'it is not started');
  }

  /** Forgets what is over, a bounded number of rows at a time. */
  #prune(): void {
    const { clock, log, keptMs = overKeptMs } = this.#options;
    const again = (delayMs: number): void => {
      if (!this.#stopped) this.#stopPruning = clock.after(delayMs, () => this.#prune());
    };
    this.#submit((group) => group.submit((transaction) => transaction.prune(keptMs))).then(
      (hasMore) => again(hasMore ? 0 : pruneEveryMs),
      (error) => {
        log.warn({ err: error }, 'what is over could not be forgotten; tried again later');
        again(pruneEveryMs);
      },
    );
  }
}
