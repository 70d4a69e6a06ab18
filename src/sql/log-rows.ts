import { type AuditEntry, type AuditNote, auditHash } from '../core/audit.ts';
import type { Instant } from '../core/task.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

export const entryColumns = [
  'seq',
  'at',
  'kind',
  'actor',
  'task',
  'run',
  'digest',
  'detail',
  'previous',
  'hash',
] as const satisfies (keyof Row<'audit'>)[];

/** An entry without the columns that are only searched. */
export type EntryRow = Pick<Row<'audit'>, (typeof entryColumns)[number]>;

/** The last entry's place in the chain. */
export interface AuditHead {
  seq: number;
  hash: string;
}

export const logQueries = {
  head: query((db) => db.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1)),
  setHead: query((db, p: AuditHead & { held_seq: number; held_hash: string }) =>
    db
      .updateTable('audit_head')
      .set({ seq: p.seq, hash: p.hash })
      .where('id', '=', 1)
      .where('seq', '=', p.held_seq)
      .where('hash', '=', p.held_hash),
  ),
  insert: query((db, p: EntryRow) => db.insertInto('audit').values(rowOf(p, entryColumns))),
  after: query((db, p: { seq: number; limit: number }) =>
    db.selectFrom('audit').select(entryColumns).where('seq', '>', p.seq).orderBy('seq').limit(p.limit),
  ),
  /** What happened to the task itself; by the task's index, as of its runs there may be thousands more. */
  ofTask: query((db, p: { task: number }) =>
    db
      .selectFrom('audit')
      .select(entryColumns)
      .where('task', '=', p.task)
      .where((eb) => eb(eb.fn<string>('substr', ['kind', eb.val(1), eb.val(5)]), '=', 'task.'))
      .orderBy('seq'),
  ),
  event: query((db, p: { id: string }) =>
    db.selectFrom('event').select(['task', 'digest']).where('id', '=', p.id),
  ),
  insertEvent: query((db, p: Row<'event'>) =>
    db.insertInto('event').values(rowOf(p, ['id', 'task', 'at', 'digest'])),
  ),
  pruneEvents: query((db, p: { before: number; limit: number }) =>
    db
      .deleteFrom('event')
      .where('id', 'in', (eb) =>
        eb.selectFrom('event').select('id').where('at', '<', p.before).orderBy('at').limit(p.limit),
      ),
  ),
};

/** The next link of the chain. */
export const nextEntry = (head: AuditHead, at: Instant, note: AuditNote): AuditEntry => {
  const seq = head.seq + 1;
  return { ...note, seq, at, previous: head.hash, hash: auditHash(head.hash, seq, at, note) };
};

export const auditRow = (entry: AuditEntry): EntryRow => ({
  seq: entry.seq,
  at: entry.at,
  kind: entry.kind,
  actor: JSON.stringify(entry.actor),
  task: entry.task,
  run: entry.run,
  digest: entry.digest,
  detail: JSON.stringify(entry.detail),
  previous: entry.previous,
  hash: entry.hash,
});

export const auditOf = (row: EntryRow): AuditEntry => ({
  seq: row.seq,
  at: row.at,
  kind: row.kind as AuditEntry['kind'],
  actor: JSON.parse(row.actor) as AuditEntry['actor'],
  task: row.task,
  run: row.run,
  digest: row.digest,
  detail: JSON.parse(row.detail) as AuditEntry['detail'],
  previous: row.previous,
  hash: row.hash,
});
