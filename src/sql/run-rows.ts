import { noRedaction, type OutputRedaction, type Run, type RunState } from '../core/run.ts';
import type { OutputStream } from '../ports/store.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const movingColumns = [
  'state',
  'exit_code',
  'stdout_bytes',
  'stderr_bytes',
  'stdout_raw_bytes',
  'stderr_raw_bytes',
  'stdout_redaction',
  'stderr_redaction',
  'stdout_cut_at',
  'stderr_cut_at',
  'cancel_asked_at',
  'sent_at',
  'started_at',
  'ended_at',
  'sentence',
] as const satisfies (keyof Row<'run'>)[];

const columns = [
  'id',
  'task',
  'agent_id',
  'agent_name',
  'platform',
  'approval_id',
  'script_digest',
  'wave',
  'run_by',
  'timeout_ms',
  ...movingColumns,
] as const satisfies (keyof Row<'run'>)[];

interface HeldRun {
  held_state: RunState;
  held_stdout_raw_bytes: number;
  held_stderr_raw_bytes: number;
}

export const runQueries = {
  byId: query((db, p: { id: string }) => db.selectFrom('run').select(columns).where('id', '=', p.id)),
  ofTask: query((db, p: { task: number }) =>
    db
      .selectFrom('run')
      .select(columns)
      .where('task', '=', p.task)
      .orderBy('wave')
      .orderBy('agent_name')
      .orderBy('id'),
  ),
  ofTaskOfRun: query((db, p: { run: string }) =>
    db
      .selectFrom('run')
      .select(columns)
      .where('task', '=', (eb) => eb.selectFrom('run as one').select('one.task').where('one.id', '=', p.run))
      .orderBy('wave')
      .orderBy('agent_name')
      .orderBy('id'),
  ),
  inState: query((db, p: { state: RunState; limit: number }) =>
    db
      .selectFrom('run')
      .select(columns)
      .where('state', '=', p.state)
      .orderBy('run_by')
      .orderBy('id')
      .limit(p.limit),
  ),
  inStateOnAgent: query((db, p: { state: RunState; agent: string; limit: number }) =>
    db
      .selectFrom('run')
      .select(columns)
      .where('agent_id', '=', p.agent)
      .where('state', '=', p.state)
      .orderBy('run_by')
      .orderBy('id')
      .limit(p.limit),
  ),
  insert: query((db, p: Row<'run'>) => db.insertInto('run').values(rowOf(p, columns))),
  update: query((db, p: Pick<Row<'run'>, 'id' | (typeof movingColumns)[number]> & HeldRun) =>
    db
      .updateTable('run')
      .set(rowOf(p, movingColumns))
      .where('id', '=', p.id)
      .where('state', '=', p.held_state)
      .where('stdout_raw_bytes', '=', p.held_stdout_raw_bytes)
      .where('stderr_raw_bytes', '=', p.held_stderr_raw_bytes),
  ),
  taskOf: query((db, p: { id: string }) => db.selectFrom('run').select('task').where('id', '=', p.id)),
  insertOutput: query((db, p: Row<'output'>) =>
    db.insertInto('output').values(rowOf(p, ['run_id', 'stream', 'start', 'bytes'])),
  ),
  /** From the chunk that holds `from` to the one before `to`. */
  output: query((db, p: { run: string; stream: OutputStream; from: number; to: number }) =>
    db
      .selectFrom('output')
      .select(['start', 'bytes'])
      .where('run_id', '=', p.run)
      .where('stream', '=', p.stream)
      .where('start', '>=', (eb) =>
        eb.fn.coalesce(
          eb
            .selectFrom('output as first')
            .select((f) => f.fn.max('first.start').as('start'))
            .where('first.run_id', '=', p.run)
            .where('first.stream', '=', p.stream)
            .where('first.start', '<=', p.from),
          eb.lit(0),
        ),
      )
      .where('start', '<', p.to)
      .orderBy('start'),
  ),
};

const redactionOf = (rawBytes: number, rest: string | null): OutputRedaction => ({
  ...noRedaction,
  ...(rest === null ? {} : (JSON.parse(rest) as Partial<OutputRedaction>)),
  rawBytes,
});

const redactionText = ({ state, headBytes, isWithheld }: OutputRedaction): string | null =>
  state === '' && headBytes === null && !isWithheld ? null : JSON.stringify({ state, headBytes, isWithheld });

export const runOf = (row: Row<'run'>): Run => ({
  id: row.id,
  task: row.task,
  agentId: row.agent_id,
  agentName: row.agent_name,
  platform: row.platform as Run['platform'],
  approvalId: row.approval_id,
  scriptDigest: row.script_digest,
  state: row.state,
  wave: row.wave,
  runBy: row.run_by,
  timeoutMs: row.timeout_ms,
  exitCode: row.exit_code,
  stdoutBytes: row.stdout_bytes,
  stderrBytes: row.stderr_bytes,
  stdoutRedaction: redactionOf(row.stdout_raw_bytes, row.stdout_redaction),
  stderrRedaction: redactionOf(row.stderr_raw_bytes, row.stderr_redaction),
  stdoutCutAt: row.stdout_cut_at,
  stderrCutAt: row.stderr_cut_at,
  cancelAskedAt: row.cancel_asked_at,
  sentAt: row.sent_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  sentence: row.sentence === null ? null : (JSON.parse(row.sentence) as Run['sentence']),
});

export const runRow = (run: Run): Row<'run'> => ({
  id: run.id,
  task: run.task,
  agent_id: run.agentId,
  agent_name: run.agentName,
  platform: run.platform,
  approval_id: run.approvalId,
  script_digest: run.scriptDigest,
  state: run.state,
  wave: run.wave,
  run_by: run.runBy,
  timeout_ms: run.timeoutMs,
  exit_code: run.exitCode,
  stdout_bytes: run.stdoutBytes,
  stderr_bytes: run.stderrBytes,
  stdout_raw_bytes: run.stdoutRedaction.rawBytes,
  stderr_raw_bytes: run.stderrRedaction.rawBytes,
  stdout_redaction: redactionText(run.stdoutRedaction),
  stderr_redaction: redactionText(run.stderrRedaction),
  stdout_cut_at: run.stdoutCutAt,
  stderr_cut_at: run.stderrCutAt,
  cancel_asked_at: run.cancelAskedAt,
  sent_at: run.sentAt,
  started_at: run.startedAt,
  ended_at: run.endedAt,
  sentence: run.sentence === null ? null : JSON.stringify(run.sentence),
});
