import { type AuditFilter, smallLetters } from '../core/audit-filter.ts';
import type { AuditSearch } from '../ports/store.ts';
import { type EntryRow, entryColumns } from './log-rows.ts';
import { type Query, query } from './query.ts';
import { type Read, read } from './statement.ts';

type Column = 'task' | 'kind' | 'actor_name' | 'actor_id' | 'agent_name' | 'agent_id';

/** One question to one set of indexes: these columns equal these values, between these bounds. */
interface Plan {
  columns: Partial<Record<Column, string | number>>;
  kindFrom?: string;
}

interface Values {
  [name: string]: string | number;
}

/** Every combination of columns that was asked for, compiled once. There are a few dozen at most. */
const known = new Map<string, Query<Values, EntryRow>>();

/**
 * The reads that together answer a search. A name may be a name or an id: each is asked for by itself, where an index
 * gives the order and the limit ends the work; one query for both would sort all that either ever did.
 */
export const searchReads = (search: AuditSearch): Read<EntryRow>[] =>
  plansOf(search).map((p) => readOf(p, search));

const plansOf = ({ task, kind, actor, agent }: AuditFilter): Plan[] => {
  const base: Plan = { columns: {} };
  if (task !== undefined) base.columns.task = task;
  if (kind?.includes('.')) base.columns.kind = kind;
  else if (kind !== undefined) base.kindFrom = kind;
  return withEither(withEither([base], actor, ['actor_name', 'actor_id']), agent, ['agent_name', 'agent_id']);
};

const withEither = (plans: Plan[], name: string | undefined, columns: Column[]): Plan[] => {
  if (name === undefined) return plans;
  return plans.flatMap((plan) =>
    columns.map((column) => ({ ...plan, columns: { ...plan.columns, [column]: smallLetters(name) } })),
  );
};

const readOf = ({ columns, kindFrom }: Plan, search: AuditSearch): Read<EntryRow> => {
  const { since, until, limit, before = Number.MAX_SAFE_INTEGER } = search;
  const names = Object.keys(columns).sort() as Column[];
  const bounds: Values = { before, limit };
  if (since !== undefined) bounds.since = since;
  if (until !== undefined) bounds.until = until;
  if (kindFrom !== undefined) Object.assign(bounds, { kindFrom: `${kindFrom}.`, kindTo: `${kindFrom}/` });
  const key = [...names, ...Object.keys(bounds)].join();
  let found = known.get(key);
  if (!found) {
    found = searchQuery(names, bounds);
    known.set(key, found);
  }
  return read(found, { ...columns, ...bounds });
};

/** @param bounds whose names alone count: the values are the call's. */
const searchQuery = (names: readonly Column[], bounds: Values): Query<Values, EntryRow> =>
  query((db, p: Values) => {
    const slot = (name: string): never => p[name] as never;
    let q = db.selectFrom('audit').select(entryColumns).where('seq', '<', slot('before'));
    for (const name of names) q = q.where(name, '=', slot(name));
    if ('since' in bounds) q = q.where('at', '>=', slot('since'));
    if ('until' in bounds) q = q.where('at', '<=', slot('until'));
    if ('kindFrom' in bounds) q = q.where('kind', '>=', slot('kindFrom')).where('kind', '<', slot('kindTo'));
    return q.orderBy('seq', 'desc').limit(slot('limit'));
  });
