import type { TaskState } from '../core/task.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const hotColumns = [
  'state',
  'revision',
  'proposal_revision',
  'decide_by',
  'runs_open',
  'runs_held',
  'runs_total',
  'updated_at',
  'claim_owner',
  'claim_attempt',
  'claim_until',
] as const satisfies (keyof Row<'task'>)[];

const coldColumns = [
  'language',
  'request',
  'selector',
  'asker',
  'place',
  'created_at',
  'targets_count',
  'question',
  'votes',
  'decision',
  'sentence',
  'answer',
  'suggestions',
  'context',
  'kept',
  'targets',
] as const satisfies (keyof Row<'task'>)[];

const columns = ['number', ...hotColumns, ...coldColumns] as const;

export type HotTask = Pick<Row<'task'>, 'number' | (typeof hotColumns)[number]>;
export type ClaimColumns = Pick<Row<'task'>, 'claim_owner' | 'claim_attempt' | 'claim_until'>;
type Versioned<R> = R & { held_revision: number };

export const taskQueries = {
  byNumber: query((db, p: { number: number }) =>
    db.selectFrom('task').select(columns).where('number', '=', p.number),
  ),
  byRun: query((db, p: { run: string }) =>
    db
      .selectFrom('task')
      .select(columns)
      .where('number', '=', (eb) => eb.selectFrom('run').select('run.task').where('run.id', '=', p.run)),
  ),
  lastNumber: query((db) => db.selectFrom('task').select('number').orderBy('number', 'desc').limit(1)),
  insert: query((db, p: Row<'task'>) => db.insertInto('task').values(rowOf(p, columns))),
  /** What most events change: a run moved, a count fell. */
  updateHot: query((db, p: Versioned<HotTask>) =>
    db
      .updateTable('task')
      .set(rowOf(p, hotColumns))
      .where('number', '=', p.number)
      .where('revision', '=', p.held_revision),
  ),
  updateAll: query((db, p: Versioned<Row<'task'>>) =>
    db
      .updateTable('task')
      .set(rowOf(p, [...hotColumns, ...coldColumns]))
      .where('number', '=', p.number)
      .where('revision', '=', p.held_revision),
  ),
  claimable: query((db, p: { state: TaskState; now: number; limit: number }) =>
    db
      .selectFrom('task')
      .select(columns)
      .where('state', '=', p.state)
      .where('claim_until', '<=', p.now)
      .orderBy('number')
      .limit(p.limit),
  ),
  claim: query((db, p: { number: number; owner: string; attempt: number; until: number }) =>
    db
      .updateTable('task')
      .set({ claim_owner: p.owner, claim_attempt: p.attempt, claim_until: p.until })
      .where('number', '=', p.number),
  ),
  release: query((db, p: { number: number; owner: string; attempt: number; kept_attempt: number }) =>
    db
      .updateTable('task')
      .set({ claim_owner: null, claim_until: 0, claim_attempt: p.kept_attempt })
      .where('number', '=', p.number)
      .where('claim_owner', '=', p.owner)
      .where('claim_attempt', '=', p.attempt),
  ),
  disown: query((db, p: { from: string; to: string }) =>
    db
      .updateTable('task')
      .set({ claim_owner: null, claim_until: 0 })
      .where('claim_owner', '>=', p.from)
      .where('claim_owner', '<', p.to),
  ),
  due: query((db, p: { state: TaskState; now: number; limit: number }) =>
    db
      .selectFrom('task')
      .select(['number', 'decide_by'])
      .where('state', '=', p.state)
      .where('decide_by', '<', p.now)
      .orderBy('decide_by')
      .limit(p.limit),
  ),
  /** Numbers follow time, so this walks back from the newest, no further than the window goes. */
  lastBefore: query((db, p: { instant: number }) =>
    db
      .selectFrom('task')
      .select('number')
      .where('created_at', '<', p.instant)
      .orderBy('number', 'desc')
      .limit(1),
  ),
  countAfter: query((db, p: { number: number }) =>
    db
      .selectFrom('task')
      .select(['asker', 'state', (eb) => eb.fn.countAll<number>().as('count')])
      .where('number', '>', p.number)
      .groupBy(['asker', 'state']),
  ),
  latest: query((db, p: { before: number; limit: number }) =>
    db
      .selectFrom('task')
      .select(columns)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  latestInState: query((db, p: { state: TaskState; before: number; limit: number }) =>
    db
      .selectFrom('task')
      .select(columns)
      .where('state', '=', p.state)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  latestInPlace: query((db, p: { place: string; before: number; limit: number }) =>
    db
      .selectFrom('task')
      .select(columns)
      .where('place', '=', p.place)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  latestInPlaceAndState: query((db, p: { place: string; state: TaskState; before: number; limit: number }) =>
    db
      .selectFrom('task')
      .select(columns)
      .where('place', '=', p.place)
      .where('state', '=', p.state)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  lastTargets: query((db, p: { place: string }) =>
    db
      .selectFrom('task')
      .select('targets')
      .where('place', '=', p.place)
      .where('targets_count', '>', 0)
      .orderBy('number', 'desc')
      .limit(1),
  ),
};
