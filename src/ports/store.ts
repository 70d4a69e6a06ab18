import type { Agent } from '../core/agent.ts';
import type { AuditEntry, AuditNote } from '../core/audit.ts';
import type { AuditFilter } from '../core/audit-filter.ts';
import type { SignedAuditHead } from '../core/audit-head.ts';
import type { ApprovedRows } from '../core/check-approval.ts';
import type { Trail } from '../core/check-trail.ts';
import type { Invite } from '../core/enrolment.ts';
import type { Hook, ParkedMessage } from '../core/hook.ts';
import type { KeptRunbook } from '../core/kept-runbook.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Run, RunState } from '../core/run.ts';
import type { Actor, Instant, Place, Task, TaskState } from '../core/task.ts';
import type { HookStore } from './hook-store.ts';
import type { IncidentReads, IncidentScope, IncidentView, IncidentWrites } from './incident-store.ts';
import type { RunbookReads, RunbookWrites } from './runbook-store.ts';

/** A worker's hold on a task: owner, lease and attempt, compared again when the work is committed. */
export interface Claim {
  owner: string;
  attempt: number;
  until: Instant;
}

/** The signed bytes of a decision; runs point at it. */
export interface StoredApproval {
  id: string;
  task: number;
  proposalRevision: number;
  document: Buffer;
  signature: Buffer;
}

export type OutputStream = 'stdout' | 'stderr';

/** A piece of a run's output at its place in the kept bytes. */
export interface OutputChunk {
  runId: string;
  stream: OutputStream;
  offset: number;
  bytes: Buffer;
}

/** What of its subject a post shows: each is a message of its own. */
export const PostPart = {
  card: 'card',
  answer: 'answer',
  /** A file of what the runs printed. */
  output: 'output',
  incident: 'incident',
} as const;
export type PostPart = (typeof PostPart)[keyof typeof PostPart];

export type PostSubject = { kind: 'task'; number: number } | { kind: 'incident'; number: number };

/**
 * A message that shows a task or an incident, in one place of several. `shownRevision` behind the subject's own means:
 * render it again.
 */
export interface Post {
  id: string;
  part: PostPart;
  subject: PostSubject;
  place: Place;
  /** Null until the surface has confirmed it. */
  messageId: string | null;
  messageChannel: string | null;
  shownRevision: number;
  /** No try before that instant. */
  retryAt: Instant;
  /** How often it was posted again since somebody had deleted it. */
  timesAnew: number;
  /** For a message that was not addressed to us: nothing is shown before there is something to show. */
  isQuiet: boolean;
  createdAt: Instant;
  /** Why it is given up, as a sentence; null while it lives. */
  gone: string | null;
  /** It is given up because its channel is closed to us, and wanted again once we are let in. */
  isShut: boolean;
  /** Since when the surface refuses what it is to show, and why, as a sentence; null where the last try was taken. */
  refused: { since: Instant; reason: string } | null;
}

/** Where one message after another is posted. */
export type PostChannel = Pick<Place, 'surface' | 'channel'>;

/** What a change wants to see; everything named is read inside the change's own transaction. */
export interface Scope extends IncidentScope {
  task?: number;
  /** Loads all runs of `task` into the view. */
  allRuns?: boolean;
  /** Where `task` is not given, the run's own task (with claim and proposal) is loaded too. */
  run?: string;
  agent?: string;
  /** A machine's name, in any case: the view says who has it. */
  agentName?: string;
  invite?: string;
  hook?: string;
  /** By its name. */
  keptRunbook?: string;
  /** Loads all agents that are not removed into the view: what a change decides by their labels holds as of its own commit. */
  agents?: boolean;
  /** A delivery's own unique id: the view says whether it was seen. */
  event?: string;
  /** Of what that delivery carries, stored with it: an id that comes again with other contents is no repetition. */
  eventDigest?: string;
  post?: string;
  /** Loads all posts of `task` into the view. */
  allPosts?: boolean;
}

/** The rows that a change decides on. What was not asked for, or doesn't exist, is null or empty. */
export interface View extends IncidentView {
  /** The store's clock at this commit. */
  now: Instant;
  /** The number that a new task gets. */
  nextTask: number;
  task: Task | null;
  claim: Claim | null;
  /** The current proposal of the task. */
  proposal: Proposal | null;
  /** What the audit log says happened to the task: for those who must not believe its row alone. Null without a task. */
  readonly trail: Trail | null;
  runs: Run[];
  run: Run | null;
  agent: Agent | null;
  /** The agent that has `scope.agentName`; one that was removed has given its name up. */
  namesake: Agent | null;
  invite: Invite | null;
  hook: Hook | null;
  /** Also one that is retired. */
  keptRunbook: KeptRunbook | null;
  readonly agents: readonly Agent[];
  post: Post | null;
  posts: Post[];
  /** For `scope.event`: the number of the task that the first delivery made, 0 where it made none; null if unseen. */
  seenEventTask: number | null;
  /** True where `scope.event` was seen with another `eventDigest`: a caller that uses one key for two things. */
  isOtherDelivery: boolean;
}

/**
 * Rows to write. A row that the view held is updated if it still is as it was, another is inserted; proposals,
 * approvals and output are only ever inserted. A write that doesn't fit rejects its change alone: it is a bug.
 */
export interface Writes extends IncidentWrites, RunbookWrites {
  task?: Task;
  proposal?: Proposal;
  approvals?: StoredApproval[];
  runs?: Run[];
  agent?: Agent;
  invite?: Invite;
  hook?: Hook;
  /** One that is parked already stays as it is. */
  parked?: ParkedMessage;
  posts?: Post[];
  output?: OutputChunk[];
  /** Marks `scope.event` as seen, with the task that it made (0 for none). */
  eventTask?: number;
  /** Every change of a task's or run's state has at least one (law 9); without one it is refused. */
  audit?: AuditNote[];
}

/** What a change came to: its result, and what must be durable before anyone hears of it. */
export interface Decided<T> {
  result: T;
  writes?: Writes;
}

/** What a commit touched, told after it is durable. */
export interface Committed {
  /** The last audit sequence that is durable. */
  seq: number;
  /** Tasks that were written, that a new post is to show, or of which a post was given up, refused or is wanted again. */
  tasks: ReadonlySet<number>;
  /** Tasks whose runs got output. */
  outputs: ReadonlySet<number>;
  agents: ReadonlySet<string>;
  /** The same of incidents. */
  incidents: ReadonlySet<number>;
}

export interface TaskRecord {
  task: Task;
  proposal: Proposal | null;
  runs: Run[];
}

/** What the rows say of a run that is to be sent: to be held against the signed document before anything is. */
export interface OrderRows {
  run: Run;
  /** One object for all runs of one approval; null when it is gone. */
  approved: ApprovedRows | null;
}

/** What the gateway sends: made by `OrderCheck` of what the rows say, or of what the yes has just signed. */
export interface Order {
  run: Run;
  document: Buffer;
  signature: Buffer;
  scriptText: string;
}

export interface TaskFilter {
  states?: readonly TaskState[];
  /** Only tasks with a smaller number: the page after the one that ended there. */
  before?: number;
  place?: Place;
  limit: number;
}

/** Tasks of one asker in one state. An asker who goes by several names has a row for each. */
export interface TaskCount {
  asker: Actor;
  state: TaskState;
  count: number;
}

export interface AuditSearch extends AuditFilter {
  /** Only entries with a smaller sequence: the page after the one that ended there. */
  before?: number;
  limit: number;
}

/**
 * What is true. One transaction for each change, many changes in one durable commit.
 *
 * - `change` loads the scope's rows, calls `decide` once and writes what it says, all in one transaction that no
 *   other change can see the middle of. `decide` is pure and synchronous: it may run in a group with others, before
 *   or after them. Its promise resolves only after the commit is on disk; if the commit fails, all of the group reject.
 * - The scope is read right before `decide` is called, so one change may gather what comes in until its turn.
 * - A `decide` that throws rolls back itself alone and rejects with what it threw.
 * - A lost race is a result that `decide` returns, never an error.
 * - Reads see only what is committed. They are not isolated from each other.
 * - What is over is forgotten by itself, in small transactions: events and deliveries after `eventMemoryMs`; incidents with
 *   their alerts, posts of ended tasks and messages put aside after `overKeptMs`, which a setting changes. No number is
 *   given twice, and neither tasks nor the audit log are touched.
 * - Errors: StoreUnavailableError when the database can't be read or written.
 */
export interface Store extends IncidentReads, HookStore, RunbookReads {
  start(): Promise<void>;
  /** Waits for the changes under way. Safe to call twice. */
  stop(): Promise<void>;

  change<T>(scope: Scope, decide: (view: View) => Decided<T>): Promise<T>;

  /**
   * Claims up to `countMax` tasks in `state` that nobody holds: lowest number first. The attempt counts up with each
   * claim within one state and starts again when the state changes.
   */
  claim(
    state: TaskState,
    owner: string,
    leaseMs: number,
    countMax: number,
  ): Promise<{ task: Task; claim: Claim }[]>;
  /**
   * Gives a claim back before its end, so that another may go on at once. The attempt stays counted unless the work was
   * never tried: a server that stops in order must not wear a task out.
   */
  release(task: number, claim: Claim, options?: { isCounted: boolean }): Promise<void>;

  /**
   * Gives back every claim whose owner begins so: a server does that at its start for its own earlier lives, which
   * can't be alive, so that nobody waits for their leases.
   */
  disown(ownerPrefix: string): Promise<void>;

  /** Calls back after each commit, in order, with what it touched. Returns the function that ends it. */
  onCommit(listener: (committed: Committed) => void): () => void;

  getTask(number: number): Promise<TaskRecord | null>;
  /** Newest first. */
  listTasks(filter: TaskFilter): Promise<Task[]>;
  /** How many were asked at that instant or since, in no order. */
  countTasks(since: Instant): Promise<TaskCount[]>;
  /** Tasks in `proposed` or `asking` whose `decideBy` is over. */
  dueTasks(now: Instant, limit: number): Promise<number[]>;
  getRun(id: string): Promise<Run | null>;
  /** Runs in these states, oldest `runBy` first; of one agent, or of all. */
  listRuns(states: readonly RunState[], agentId: string | null, limit: number): Promise<Run[]>;
  /** What is stored of these runs and their approvals; unknown ids are left out. */
  getOrders(runIds: readonly string[]): Promise<OrderRows[]>;
  getApproval(id: string): Promise<StoredApproval | null>;
  /** The kept bytes from `offset` on, at most `bytesMax` of them. */
  readOutput(runId: string, stream: OutputStream, offset: number, bytesMax: number): Promise<Buffer>;
  /** All but those that were removed; with `ids`, of these alone. */
  listAgents(ids?: readonly string[]): Promise<Agent[]>;
  /** Also one that was removed. */
  getAgent(id: string): Promise<Agent | null>;
  getInvite(id: string): Promise<Invite | null>;
  /** Those that a machine can still join by, newest first. */
  openInvites(now: Instant, limit: number): Promise<Invite[]>;
  /** Agents of the latest task with targets in this thread or channel top; empty when there is none. */
  lastTargets(place: Place): Promise<string[]>;
  /** Where posts are behind and may be tried. */
  channelsBehind(now: Instant): Promise<PostChannel[]>;
  /** Those of one channel, oldest first. */
  listPostsBehind(channel: PostChannel, now: Instant, limit: number): Promise<Post[]>;
  /** Those of one channel that are given up because it is closed to us, newest first. */
  listPostsShut(channel: PostChannel, limit: number): Promise<Post[]>;
  /** All of one subject, oldest first: also those that are given up. */
  listPosts(subject: PostSubject): Promise<Post[]>;
  getPost(id: string): Promise<Post | null>;
  /** The post that is shown by this message. */
  findPost(surface: string, message: { channel: string; id: string }): Promise<Post | null>;
  /** The newest entry's sequence, 0 while there is none. */
  lastSeq(): Promise<number>;
  /** Entries after `seq`, in order. */
  listAudit(afterSeq: number, limit: number): Promise<AuditEntry[]>;
  /** Entries that the filter lets through, newest first: at most `limit` of them before its `before`. */
  findAudit(search: AuditSearch): Promise<AuditEntry[]>;
  /** The log's newest head with its signature, which every commit with entries makes; null while the log is empty. */
  signedHead(): Promise<SignedAuditHead | null>;
  /** The hash of the entry of that sequence; null when the log doesn't reach there. */
  auditHashAt(seq: number): Promise<string | null>;
}

/** The database can't be read or written now: disk full, file gone, connection lost. Nothing of the change happened. */
export class StoreUnavailableError extends Error {
  readonly code = 'store_unavailable';
  constructor(cause: unknown) {
    super(`the database can't be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StoreUnavailableError';
  }
}
