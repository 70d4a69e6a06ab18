import type { KeptRunbook, KeptVersion } from '../core/kept-runbook.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const columns = ['name', 'version', 'latest', 'retired_at'] as const satisfies (keyof Row<'kept_runbook'>)[];
const versionColumns = [
  'name',
  'version',
  'digest',
  'task',
  'at',
  'by',
  'yaml',
] as const satisfies (keyof Row<'kept_version'>)[];

export const keptQueries = {
  byName: query((db, p: { name: string }) =>
    db.selectFrom('kept_runbook').select(columns).where('name', '=', p.name),
  ),
  all: query((db, _: object) => db.selectFrom('kept_runbook').select(columns).orderBy('name')),
  put: query((db, p: Row<'kept_runbook'>) =>
    db
      .insertInto('kept_runbook')
      .values(rowOf(p, columns))
      .onConflict((c) =>
        c.column('name').doUpdateSet({ version: p.version, latest: p.latest, retired_at: p.retired_at }),
      ),
  ),
  insertVersion: query((db, p: Row<'kept_version'>) =>
    db.insertInto('kept_version').values(rowOf(p, versionColumns)),
  ),
  versions: query((db, p: { name: string }) =>
    db
      .selectFrom('kept_version')
      .select(versionColumns)
      .where('name', '=', p.name)
      .orderBy('version', 'desc'),
  ),
  inUse: query((db, _: object) =>
    db
      .selectFrom('kept_runbook')
      .innerJoin('kept_version', (join) =>
        join
          .onRef('kept_version.name', '=', 'kept_runbook.name')
          .onRef('kept_version.version', '=', 'kept_runbook.version'),
      )
      .select(versionColumns.map((column) => `kept_version.${column}` as const))
      .where('kept_runbook.retired_at', 'is', null)
      .orderBy('kept_runbook.name'),
  ),
};

export const keptRunbookOf = (row: Row<'kept_runbook'>): KeptRunbook => ({
  name: row.name,
  version: row.version,
  latest: row.latest,
  retiredAt: row.retired_at,
});

export const keptRunbookRow = (kept: KeptRunbook): Row<'kept_runbook'> => ({
  name: kept.name,
  version: kept.version,
  latest: kept.latest,
  retired_at: kept.retiredAt,
});

export const keptVersionOf = (row: Row<'kept_version'>): KeptVersion => ({
  ...row,
  by: JSON.parse(row.by) as KeptVersion['by'],
});

export const keptVersionRow = (version: KeptVersion): Row<'kept_version'> => ({
  ...version,
  by: JSON.stringify(version.by),
});
