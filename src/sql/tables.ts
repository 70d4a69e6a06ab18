import type { Generated } from 'kysely';
import type { IdentityState } from '../core/enrolment.ts';
import type { IncidentState } from '../core/incident-card.ts';
import type { RunState } from '../core/run.ts';
import type { TaskState } from '../core/task.ts';
import type { OutputStream } from '../ports/store.ts';

/** A value of core/ as JSON text. Nothing in it is searched, so both databases may keep it as text. */
type Json = string;

interface TaskRow {
  number: number;
  state: TaskState;
  revision: number;
  proposal_revision: number;
  decide_by: number | null;
  runs_open: number;
  runs_held: number;
  runs_total: number;
  updated_at: number;
  /** Null when nobody holds the task. */
  claim_owner: string | null;
  claim_attempt: number;
  /** 0 when nobody holds the task, so that one comparison finds what may be claimed. */
  claim_until: number;
  created_at: number;
  /** `[surface, channel, thread]`: one text, so that a thread of null is found by equality like any other. */
  place: Json;
  language: string;
  request: string;
  selector: string | null;
  asker: Json;
  targets_count: number;
  question: Json | null;
  votes: Json;
  decision: Json | null;
  sentence: Json | null;
  answer: Json | null;
  suggestions: Json;
  context: string | null;
  kept: Json | null;
  targets: Json;
}

interface ProposalRow {
  task: number;
  revision: number;
  digest: string;
  /** All of the proposal: it is only ever read whole and never rewritten. */
  body: Json;
  /** The runbook that its scripts are, verbatim: what is counted by. Null for none. */
  runbook: string | null;
  /** Null for a file's. */
  runbook_version: number | null;
}

interface ApprovalRow {
  id: string;
  task: number;
  proposal_revision: number;
  document: Buffer;
  signature: Buffer;
}

interface RunRow {
  id: string;
  task: number;
  agent_id: string;
  agent_name: string;
  platform: string;
  approval_id: string;
  script_digest: string;
  state: RunState;
  wave: number;
  run_by: number;
  timeout_ms: number;
  exit_code: number | null;
  stdout_bytes: number;
  stderr_bytes: number;
  stdout_raw_bytes: number;
  stderr_raw_bytes: number;
  /** Null while nothing is to be remembered of it but the raw bytes. */
  stdout_redaction: Json | null;
  stderr_redaction: Json | null;
  stdout_cut_at: number | null;
  stderr_cut_at: number | null;
  cancel_asked_at: number | null;
  sent_at: number | null;
  started_at: number | null;
  ended_at: number | null;
  sentence: Json | null;
}

interface OutputRow {
  run_id: string;
  stream: OutputStream;
  start: number;
  bytes: Buffer;
}

interface AgentRow {
  id: string;
  name: string;
  labels: Json;
  facts: Json;
  spool_id: string;
  boot_id: string;
  /** 0 or 1. */
  online: number;
  last_seen_at: number;
  load: Json | null;
  created_at: number;
  /** Of `identity`, to be searched; null for an agent without one. */
  identity_state: IdentityState | null;
  identity: Json | null;
}

interface InviteRow {
  id: string;
  secret_digest: string;
  name: string | null;
  labels: Json;
  rejoins: string | null;
  by: Json;
  created_at: number;
  expires_at: number;
  used: Json | null;
  withdrawn_at: number | null;
  /** 1 while it is neither used nor withdrawn. */
  open: number;
}

interface HookRow {
  id: string;
  token_digest: string;
  removed_at: number | null;
  created_at: number;
  topic: string | null;
  /** What is never written again. */
  body: Json;
}

interface ParkedRow {
  id: string;
  at: number;
  via: string;
  reason: string;
  body: string;
}

interface PostRow {
  id: string;
  part: string;
  /** Either of the two. */
  task: number | null;
  incident: number | null;
  surface: string;
  channel: string;
  thread: string | null;
  message_id: string | null;
  message_channel: string | null;
  shown_revision: number;
  /** The subject's own; written with each of its changes. */
  wanted_revision: number;
  /** 1 while it lives and shows less than is wanted; kept by every write of either, for the index. */
  behind: number;
  retry_at: number;
  times_anew: number;
  is_quiet: number;
  created_at: number;
  gone: string | null;
  is_shut: number;
  refused_since: number | null;
  refused: string | null;
}

/** What is searched of an incident, and all of it in `body`. */
interface IncidentRow {
  number: number;
  revision: number;
  state: IncidentState;
  due_at: number | null;
  diagnosis_state: string | null;
  diagnosis_task: number | null;
  group_key: string;
  storm: number | null;
  machines: Json;
  body: Json;
}

interface AlertRow {
  incident: number;
  alert_key: string;
  /** 0 or 1. */
  firing: number;
  since: number;
  times: number;
  /** The delivery that told of it last; it is forgotten before the alert is. */
  delivery: number | null;
  body: Json;
}

interface DeliveryRow {
  id: Generated<number>;
  at: number;
  via: string;
  source: string;
  body: string;
}

interface StormWatchRow {
  /** `[surface, channel]`. */
  place: Json;
  storm: number | null;
  body: Json;
}

interface WatchRow {
  name: string;
  removed_at: number | null;
  next_at: number;
  task: number | null;
  body: Json;
}

interface KeptRunbookRow {
  name: string;
  version: number;
  latest: number;
  retired_at: number | null;
}

interface KeptVersionRow {
  name: string;
  version: number;
  digest: string;
  task: number;
  at: number;
  by: Json;
  yaml: string;
}

interface EventRow {
  id: string;
  task: number;
  at: number;
  /** Of what the delivery carried; null where its id alone tells what it is. */
  digest: string | null;
}

interface AuditRow {
  seq: number;
  at: number;
  kind: string;
  actor: Json;
  task: number | null;
  run: string | null;
  digest: string | null;
  detail: Json;
  previous: string;
  hash: string;
  /** Worked out by the database from `actor` and `detail`, in small letters; only ever searched. */
  actor_name: Generated<string | null>;
  actor_id: Generated<string | null>;
  agent_name: Generated<string | null>;
  agent_id: Generated<string | null>;
}

/** One row, compared and set in each commit that appends to the log. */
interface AuditHeadRow {
  id: number;
  seq: number;
  hash: string;
}

/** A key that heads were signed with, and the server that signed. */
interface AuditSignerRow {
  id: number;
  server: string;
  key_id: string;
  /** SPKI. */
  public_key: Buffer;
  /** When it began to sign. */
  since: number;
  /** The word of the key before that this one takes over, and that key's signature; null for a server's first. */
  statement: Buffer | null;
  statement_signature: Buffer | null;
}

/** The signature of the head as it was after the commit that ended with this entry. */
interface AuditSignatureRow {
  seq: number;
  signer: number;
  signature: Buffer;
}

export interface Tables {
  task: TaskRow;
  proposal: ProposalRow;
  approval: ApprovalRow;
  run: RunRow;
  output: OutputRow;
  agent: AgentRow;
  invite: InviteRow;
  hook: HookRow;
  parked: ParkedRow;
  post: PostRow;
  incident: IncidentRow;
  alert: AlertRow;
  delivery: DeliveryRow;
  storm_watch: StormWatchRow;
  watch: WatchRow;
  kept_runbook: KeptRunbookRow;
  kept_version: KeptVersionRow;
  event: EventRow;
  audit: AuditRow;
  audit_head: AuditHeadRow;
  audit_signer: AuditSignerRow;
  audit_signature: AuditSignatureRow;
}

/** A row of one table, as both databases give it. */
export type Row<T extends keyof Tables> = Tables[T];
