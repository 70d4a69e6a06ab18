import type { Hook, ParkedMessage } from '../core/hook.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const columns = [
  'id',
  'token_digest',
  'removed_at',
  'created_at',
  'topic',
  'body',
] as const satisfies (keyof Row<'hook'>)[];
const parkedColumns = ['id', 'at', 'via', 'reason', 'body'] as const satisfies (keyof Row<'parked'>)[];

export const hookQueries = {
  byId: query((db, p: { id: string }) => db.selectFrom('hook').select(columns).where('id', '=', p.id)),
  byToken: query((db, p: { digest: string }) =>
    db
      .selectFrom('hook')
      .select(columns)
      .where('token_digest', '=', p.digest)
      .where('removed_at', 'is', null),
  ),
  present: query((db, _: object) =>
    db.selectFrom('hook').select(columns).where('removed_at', 'is', null).orderBy('created_at'),
  ),
  insert: query((db, p: Row<'hook'>) => db.insertInto('hook').values(rowOf(p, columns))),
  /** Only its topic, once, and its end are ever written. */
  update: query((db, p: Pick<Row<'hook'>, 'id' | 'removed_at' | 'topic'>) =>
    db
      .updateTable('hook')
      .set(rowOf(p, ['removed_at', 'topic']))
      .where('id', '=', p.id)
      .where('removed_at', 'is', null),
  ),
  insertParked: query((db, p: Row<'parked'>) =>
    db
      .insertInto('parked')
      .values(rowOf(p, parkedColumns))
      .onConflict((c) => c.column('id').doNothing()),
  ),
  pruneParked: query((db, p: { before: number; limit: number }) =>
    db
      .deleteFrom('parked')
      .where('id', 'in', (eb) =>
        eb.selectFrom('parked as old').select('old.id').where('old.at', '<', p.before).limit(p.limit),
      ),
  ),
  parked: query((db, p: { limit: number }) =>
    db.selectFrom('parked').select(parkedColumns).orderBy('at', 'desc').limit(p.limit),
  ),
};

type Body = Pick<Hook, 'source' | 'secret' | 'home' | 'mapping' | 'by'>;

export const hookOf = (row: Row<'hook'>): Hook => ({
  ...(JSON.parse(row.body) as Body),
  id: row.id,
  tokenDigest: row.token_digest,
  topic: row.topic,
  createdAt: row.created_at,
  removedAt: row.removed_at,
});

export const hookRow = ({ source, secret, home, mapping, by, ...hook }: Hook): Row<'hook'> => ({
  id: hook.id,
  token_digest: hook.tokenDigest,
  removed_at: hook.removedAt,
  created_at: hook.createdAt,
  topic: hook.topic,
  body: JSON.stringify({ source, secret, home, mapping, by } satisfies Body),
});

export const parkedOf = (row: Row<'parked'>): ParkedMessage => row;
