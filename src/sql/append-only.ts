import { type RawBuilder, sql } from 'kysely';

/** How one database is told to refuse what would rewrite the log, in statements that a migration executes. */
export interface AppendOnly {
  /** No row of the table is ever changed or deleted. */
  keepRows(table: string): RawBuilder<unknown>[];
  /** A new row stands right behind the last one. */
  onlyAtEnd(table: string, column: string): RawBuilder<unknown>[];
  /** The table's one row stays and only counts up. */
  onlyForward(table: string, column: string): RawBuilder<unknown>[];
}

const refuse = (name: string, when: string, words: string): RawBuilder<unknown> =>
  sql.raw(`create trigger ${name} before ${when} begin select raise(abort, '${words}'); end`);

/**
 * By triggers, so that a slip of ours or of a curious person at `sqlite3` changes nothing. Whoever can write the file
 * can drop them: for that there are the chain, its signatures, and the agents' witnesses.
 */
export const sqliteAppendOnly: AppendOnly = {
  keepRows: (table) => [
    refuse(`${table}_no_update`, `update on ${table}`, `${table} is append-only`),
    refuse(`${table}_no_delete`, `delete on ${table}`, `${table} is append-only`),
  ],
  // `insert or replace` deletes what it replaces without asking a delete trigger, so it must not get that far.
  onlyAtEnd: (table, column) => [
    refuse(
      `${table}_at_end`,
      `insert on ${table} when new.${column} is not (select coalesce(max(${column}), 0) + 1 from ${table})`,
      `${table} grows at its end only`,
    ),
  ],
  onlyForward: (table, column) => [
    refuse(
      `${table}_forward`,
      `update on ${table} when new.id is not old.id or new.${column} <= old.${column}`,
      `${table} only goes forward`,
    ),
    refuse(`${table}_no_delete`, `delete on ${table}`, `${table} stays`),
    refuse(`${table}_no_insert`, `insert on ${table}`, `${table} has its one row`),
  ],
};
