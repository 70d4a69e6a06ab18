import type { Watch } from '../core/watch.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const columns = ['name', 'removed_at', 'next_at', 'task', 'body'] as const satisfies (keyof Row<'watch'>)[];

export const watchQueries = {
  byName: query((db, p: { name: string }) =>
    db.selectFrom('watch').select(columns).where('name', '=', p.name),
  ),
  present: query((db) =>
    db.selectFrom('watch').select(columns).where('removed_at', 'is', null).orderBy('name'),
  ),
  put: query((db, p: Row<'watch'>) =>
    db
      .insertInto('watch')
      .values(rowOf(p, columns))
      .onConflict((c) =>
        c
          .column('name')
          .doUpdateSet({ removed_at: p.removed_at, next_at: p.next_at, task: p.task, body: p.body }),
      ),
  ),
};

export const watchOf = ({ body }: Row<'watch'>): Watch => JSON.parse(body) as Watch;

export const watchRow = (watch: Watch): Row<'watch'> => ({
  name: watch.name,
  removed_at: watch.removedAt,
  next_at: watch.nextAt,
  task: watch.task,
  body: JSON.stringify(watch),
});
