import { type RawBuilder, sql } from 'kysely';
import { type AppendOnly, sqliteAppendOnly } from './append-only.ts';

/** What a column type is called by one database; migrations name the meaning. */
export interface ColumnTypes {
  /** Counts that fit 53 bits: instants, byte counts, sequence numbers. */
  readonly count: 'integer' | 'bigint';
  readonly bytes: 'blob' | 'bytea';
  /** Ends each table's definition. */
  readonly tableEnd: RawBuilder<unknown>;
  readonly appendOnly: AppendOnly;
}

/**
 * STRICT makes SQLite refuse a value of another type instead of keeping it, as Postgres does. The primary keys of
 * type `integer` are rowid aliases, which `bigint` would not be.
 */
export const sqliteTypes: ColumnTypes = {
  count: 'integer',
  bytes: 'blob',
  tableEnd: sql`strict`,
  appendOnly: sqliteAppendOnly,
};
