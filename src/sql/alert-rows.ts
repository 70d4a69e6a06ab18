import type { ExpressionBuilder } from 'kysely';
import type { StoredAlert } from '../core/incident.ts';
import { query, rowOf } from './query.ts';
import type { Row, Tables } from './tables.ts';

const columns = [
  'incident',
  'alert_key',
  'firing',
  'since',
  'times',
  'body',
] as const satisfies (keyof Row<'alert'>)[];

type AlertColumns = Pick<Row<'alert'>, (typeof columns)[number]>;

export const alertQueries = {
  prune: query((db, p: { incident: number; limit: number }) =>
    db
      .deleteFrom('alert')
      .where('incident', '=', p.incident)
      .where('alert_key', 'in', (eb) =>
        eb
          .selectFrom('alert as old')
          .select('old.alert_key')
          .where('old.incident', '=', p.incident)
          .limit(p.limit),
      ),
  ),
  byKey: query((db, p: { incident: number; key: string }) =>
    db.selectFrom('alert').select(columns).where('incident', '=', p.incident).where('alert_key', '=', p.key),
  ),
  ofIncident: query((db, p: { incident: number; firing: number; limit: number }) =>
    db
      .selectFrom('alert')
      .select(columns)
      .where('incident', '=', p.incident)
      .where('firing', '=', p.firing)
      .orderBy('since', 'desc')
      .limit(p.limit),
  ),
  insert: query((db, p: AlertColumns) =>
    db.insertInto('alert').values((eb) => ({ ...rowOf(p, columns), delivery: lastDelivery(eb) })),
  ),
  update: query((db, p: AlertColumns & { held_times: number }) =>
    db
      .updateTable('alert')
      .set((eb) => ({ ...rowOf(p, columns), delivery: lastDelivery(eb) }))
      .where('incident', '=', p.incident)
      .where('alert_key', '=', p.alert_key)
      .where('times', '=', p.held_times),
  ),
};

/** The one that this change has stored just before. */
const lastDelivery = (eb: ExpressionBuilder<Tables, 'alert'>) =>
  eb.selectFrom('delivery').select((d) => d.fn.max('delivery.id').as('id'));

export const deliveryQueries = {
  insert: query((db, p: Omit<Row<'delivery'>, 'id'>) =>
    db.insertInto('delivery').values(rowOf(p, ['at', 'via', 'source', 'body'])),
  ),
  ofIncident: query((db, p: { incident: number; limit: number }) =>
    db
      .selectFrom('delivery')
      .select(['id', 'at', 'via', 'source', 'body'])
      .where('id', 'in', (eb) =>
        eb.selectFrom('alert').select('alert.delivery').where('incident', '=', p.incident),
      )
      .orderBy('id', 'desc')
      .limit(p.limit),
  ),
  prune: query((db, p: { before: number; limit: number }) =>
    db
      .deleteFrom('delivery')
      .where('id', 'in', (eb) =>
        eb.selectFrom('delivery as old').select('old.id').where('old.at', '<', p.before).limit(p.limit),
      ),
  ),
};

export const alertOf = ({ body }: AlertColumns): StoredAlert => JSON.parse(body) as StoredAlert;

export const alertRow = (alert: StoredAlert): AlertColumns => ({
  incident: alert.incident,
  alert_key: alert.key,
  firing: alert.isFiring ? 1 : 0,
  since: alert.since,
  times: alert.times,
  body: JSON.stringify(alert),
});
