import { sql } from 'kysely';
import type { Agent } from '../core/agent.ts';
import { type AgentIdentity, IdentityState } from '../core/enrolment.ts';
import { query, rowOf } from './query.ts';
import type { Row } from './tables.ts';

const beatColumns = [
  'online',
  'last_seen_at',
  'load',
  'spool_id',
  'boot_id',
] as const satisfies (keyof Row<'agent'>)[];
const columns = [
  'id',
  'name',
  'labels',
  'facts',
  'created_at',
  'identity_state',
  'identity',
  ...beatColumns,
] as const satisfies (keyof Row<'agent'>)[];

/** Said as its index says it. */
const isPresent = sql<boolean>`(identity_state is null or identity_state <> ${sql.lit(IdentityState.removed)})`;

interface HeldAgent {
  held_last_seen_at: number;
  held_online: number;
}
export type AgentBeat = Pick<Row<'agent'>, 'id' | (typeof beatColumns)[number]>;

export const agentQueries = {
  byId: query((db, p: { id: string }) => db.selectFrom('agent').select(columns).where('id', '=', p.id)),
  /** Without those that were removed, whose number only grows. */
  present: query((db) =>
    db.selectFrom('agent').select(columns).where(isPresent).orderBy('name').orderBy('id'),
  ),
  byName: query((db, p: { name: string }) =>
    db
      .selectFrom('agent')
      .select(columns)
      .where(sql<string>`lower(name)`, '=', sql<string>`lower(${p.name})`)
      .where(isPresent)
      .orderBy('id')
      .limit(1),
  ),
  insert: query((db, p: Row<'agent'>) => db.insertInto('agent').values(rowOf(p, columns))),
  /** A heartbeat's change: every agent's, every few seconds. */
  updateBeat: query((db, p: AgentBeat & HeldAgent) =>
    db
      .updateTable('agent')
      .set(rowOf(p, beatColumns))
      .where('id', '=', p.id)
      .where('last_seen_at', '=', p.held_last_seen_at)
      .where('online', '=', p.held_online),
  ),
  updateAll: query((db, p: Row<'agent'> & HeldAgent) =>
    db
      .updateTable('agent')
      .set(rowOf(p, columns))
      .where('id', '=', p.id)
      .where('last_seen_at', '=', p.held_last_seen_at)
      .where('online', '=', p.held_online),
  ),
};

export const agentOf = (row: Row<'agent'>): Agent => ({
  id: row.id,
  name: row.name,
  labels: JSON.parse(row.labels) as Agent['labels'],
  facts: JSON.parse(row.facts) as Agent['facts'],
  spoolId: row.spool_id,
  bootId: row.boot_id,
  online: row.online === 1,
  lastSeenAt: row.last_seen_at,
  load: row.load === null ? null : (JSON.parse(row.load) as Agent['load']),
  createdAt: row.created_at,
  identity: row.identity === null ? null : (JSON.parse(row.identity) as AgentIdentity),
});

export const agentBeat = (agent: Agent): AgentBeat => ({
  id: agent.id,
  online: agent.online ? 1 : 0,
  last_seen_at: agent.lastSeenAt,
  load: agent.load === null ? null : JSON.stringify(agent.load),
  spool_id: agent.spoolId,
  boot_id: agent.bootId,
});

export const agentRow = (agent: Agent): Row<'agent'> => ({
  ...agentBeat(agent),
  name: agent.name,
  labels: JSON.stringify(agent.labels),
  facts: JSON.stringify(agent.facts),
  created_at: agent.createdAt,
  identity_state: agent.identity?.state ?? null,
  identity: agent.identity === null ? null : JSON.stringify(agent.identity),
});

/** True when nothing differs but what a heartbeat carries; compares by identity. */
export const isBeat = (before: Agent, after: Agent): boolean =>
  before.name === after.name &&
  before.labels === after.labels &&
  before.facts === after.facts &&
  before.createdAt === after.createdAt &&
  before.identity === after.identity;
