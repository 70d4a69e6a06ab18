import type { Incident } from '../core/incident.ts';
import type { IncidentState } from '../core/incident-card.ts';
import type { StormWatch } from '../core/storm.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const columns = [
  'number',
  'revision',
  'state',
  'due_at',
  'diagnosis_state',
  'diagnosis_task',
  'group_key',
  'storm',
  'machines',
  'body',
] as const satisfies (keyof Row<'incident'>)[];

type Page = { before: number; limit: number };

export const incidentQueries = {
  byNumber: query((db, p: { number: number }) =>
    db.selectFrom('incident').select(columns).where('number', '=', p.number),
  ),
  latestOfGroup: query((db, p: { group: string }) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where('group_key', '=', p.group)
      .orderBy('number', 'desc')
      .limit(1),
  ),
  stormInPlace: query((db, p: { place: string }) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where('number', '=', (eb) =>
        eb.selectFrom('storm_watch').select('storm_watch.storm').where('place', '=', p.place),
      ),
  ),
  lastNumber: query((db) => db.selectFrom('incident').select('number').orderBy('number', 'desc').limit(1)),
  latest: query((db, p: Page) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  latestInState: query((db, p: Page & { state: IncidentState }) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where('state', '=', p.state)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  /** Walks back from the newest: a machine's last incidents are near. */
  latestOfMachine: query((db, p: Page & { machine: string }) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where((eb) => eb(eb.fn<number>('instr', ['machines', eb.val(p.machine)]), '>', 0))
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  latestOfStorm: query((db, p: Page & { storm: number }) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where('storm', '=', p.storm)
      .where('number', '<', p.before)
      .orderBy('number', 'desc')
      .limit(p.limit),
  ),
  due: query((db, p: { now: number; limit: number }) =>
    db.selectFrom('incident').select('number').where('due_at', '<=', p.now).orderBy('due_at').limit(p.limit),
  ),
  diagnosing: query((db, p: { state: string; limit: number }) =>
    db
      .selectFrom('incident')
      .select(columns)
      .where('diagnosis_state', '=', p.state)
      .orderBy('number')
      .limit(p.limit),
  ),
  ofTask: query((db, p: { task: number }) =>
    db.selectFrom('incident').select('number').where('diagnosis_task', '=', p.task).limit(1),
  ),
  oldestInState: query((db, p: { state: IncidentState; limit: number }) =>
    db.selectFrom('incident').select(columns).where('state', '=', p.state).orderBy('number').limit(p.limit),
  ),
  remove: query((db, p: { number: number }) => db.deleteFrom('incident').where('number', '=', p.number)),
  insert: query((db, p: Row<'incident'>) => db.insertInto('incident').values(rowOf(p, columns))),
  update: query((db, p: Row<'incident'> & { held_revision: number }) =>
    db
      .updateTable('incident')
      .set(rowOf(p, columns))
      .where('number', '=', p.number)
      .where('revision', '=', p.held_revision),
  ),
};

export const stormQueries = {
  inPlace: query((db, p: { place: string }) =>
    db.selectFrom('storm_watch').select(['place', 'storm', 'body']).where('place', '=', p.place),
  ),
  put: query((db, p: Row<'storm_watch'>) =>
    db
      .insertInto('storm_watch')
      .values(rowOf(p, ['place', 'storm', 'body']))
      .onConflict((c) => c.column('place').doUpdateSet({ storm: p.storm, body: p.body })),
  ),
};

export const incidentOf = (row: Row<'incident'>): Incident => JSON.parse(row.body) as Incident;

export const incidentRow = (incident: Incident): Row<'incident'> => ({
  number: incident.number,
  revision: incident.revision,
  state: incident.state,
  due_at: incident.dueAt,
  diagnosis_state: incident.diagnosis?.state ?? null,
  diagnosis_task: incident.diagnosis?.task ?? null,
  group_key: incident.key,
  storm: incident.storm,
  machines: JSON.stringify(incident.machines),
  body: JSON.stringify(incident),
});

export const stormPlace = ({ surface, channel }: StormWatch['place']): string =>
  JSON.stringify([surface, channel]);
