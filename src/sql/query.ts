import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * A query as data: Kysely writes its SQL once for each driver, with named slots where values go. Compiling costs
 * several times what SQLite takes to answer, so it must not happen at each call.
 */
export interface Query<P, R> {
  readonly build: (db: Kysely<Tables>, p: P) => Compilable<R>;
}

/** A query of any parameters; for maps and lists. */
export type AnyQuery = Query<never, unknown>;

/** @param build gets the names of its parameters as slots: use each as the value it stands for. */
export const query = <P extends object, R>(
  build: (db: Kysely<Tables>, p: P) => Compilable<R>,
): Query<P, R> => ({
  build,
});

/** The slots of these columns as one row, for an insert or an update of all of them. */
export const rowOf = <R extends object, K extends keyof R>(p: R, columns: readonly K[]): Pick<R, K> => {
  const row: Partial<Pick<R, K>> = {};
  for (const column of columns) row[column] = p[column];
  return row as Pick<R, K>;
};
