import type { AnyQuery, Query } from './query.ts';

/** A read with its values: what a driver is to fetch. */
export interface Read<R> {
  readonly query: Query<never, R>;
  readonly values: object;
}

/** A write with its values, and how many rows it must touch (null where any number is right). */
export interface Statement {
  readonly query: AnyQuery;
  readonly values: object;
  readonly rows: number | null;
  /** What it means when another number of rows was touched. */
  readonly conflict: string;
}

export const read = <P extends object, R>(q: Query<P, R>, values: P): Read<R> => ({ query: q, values });

export const write = <P extends object>(
  q: Query<P, unknown>,
  values: P,
  rows: number | null = null,
  conflict = '',
): Statement => ({ query: q, values, rows, conflict });
