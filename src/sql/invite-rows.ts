import type { Invite } from '../core/enrolment.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const columns = [
  'id',
  'secret_digest',
  'name',
  'labels',
  'rejoins',
  'by',
  'created_at',
  'expires_at',
  'used',
  'withdrawn_at',
  'open',
] as const satisfies (keyof Row<'invite'>)[];

export const inviteQueries = {
  byId: query((db, p: { id: string }) => db.selectFrom('invite').select(columns).where('id', '=', p.id)),
  open: query((db, p: { now: number; limit: number }) =>
    db
      .selectFrom('invite')
      .select(columns)
      .where('open', '=', 1)
      .where('expires_at', '>', p.now)
      .orderBy('created_at', 'desc')
      .limit(p.limit),
  ),
  insert: query((db, p: Row<'invite'>) => db.insertInto('invite').values(rowOf(p, columns))),
  /** Only its end is ever written, and only once. */
  end: query((db, p: Pick<Row<'invite'>, 'id' | 'used' | 'withdrawn_at' | 'open'>) =>
    db
      .updateTable('invite')
      .set(rowOf(p, ['used', 'withdrawn_at', 'open']))
      .where('id', '=', p.id)
      .where('open', '=', 1),
  ),
};

export const inviteOf = (row: Row<'invite'>): Invite => ({
  id: row.id,
  secretDigest: row.secret_digest,
  name: row.name,
  labels: JSON.parse(row.labels) as Invite['labels'],
  rejoins: row.rejoins,
  by: JSON.parse(row.by) as Invite['by'],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  used: row.used === null ? null : (JSON.parse(row.used) as Invite['used']),
  withdrawnAt: row.withdrawn_at,
});

export const inviteRow = (invite: Invite): Row<'invite'> => ({
  id: invite.id,
  secret_digest: invite.secretDigest,
  name: invite.name,
  labels: JSON.stringify(invite.labels),
  rejoins: invite.rejoins,
  by: JSON.stringify(invite.by),
  created_at: invite.createdAt,
  expires_at: invite.expiresAt,
  used: invite.used === null ? null : JSON.stringify(invite.used),
  withdrawn_at: invite.withdrawnAt,
  open: invite.used === null && invite.withdrawnAt === null ? 1 : 0,
});
