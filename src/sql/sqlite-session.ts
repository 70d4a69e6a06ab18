import Database, { type Database as Connection, type Statement as Prepared } from 'better-sqlite3';
import { Kysely, Migrator, SqliteAdapter, SqliteDialect } from 'kysely';
import { sqliteTypes } from './column-types.ts';
import { type Compiled, compile } from './compile.ts';
import { WriteConflictError } from './errors.ts';
import { busyTimeoutMs, cacheKibibytes, walBytesKept, walPagesMax } from './limits.ts';
import { migrationsFor } from './migrations.ts';
import type { AnyQuery } from './query.ts';
import type { Read, Statement } from './statement.ts';
import type { Tables } from './tables.ts';

/** Kysely thinks otherwise, but SQLite rolls back DDL like anything else: a kill in a migration leaves nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class TransactionalDialect extends SqliteDialect {
  override createAdapter(): TransactionalAdapter {
    return new TransactionalAdapter();
  }
}

const isConstraint = (error: unknown): error is InstanceType<typeof Database.SqliteError> =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT');

/** True when the database can't be used now, rather than one statement being wrong. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Database.SqliteError &&
  !/^SQLITE_(CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG)/.test(error.code);

/**
 * One connection to one SQLite file: runs queries synchronously, each compiled and prepared once.
 *
 * Modes: open until `close`; within `begin` and `commit` or `rollback` it is in a transaction.
 */
export class SqliteSession {
  readonly #connection: Connection;
  readonly #kysely: Kysely<Tables>;
  readonly #prepared = new Map<AnyQuery, { statement: Prepared; bind: Compiled['bind'] }>();
  readonly #verbs: Record<'begin' | 'commit' | 'rollback' | 'savepoint' | 'keep' | 'undo', Prepared>;

  /** @param path a file that exists; its `-wal` and `-shm` get its permissions. */
  constructor(path: string) {
    this.#connection = new Database(path, { timeout: busyTimeoutMs });
    const pragmas = [
      'journal_mode = WAL',
      'synchronous = FULL',
      'foreign_keys = ON',
      'temp_store = MEMORY',
      `cache_size = -${cacheKibibytes}`,
      `wal_autocheckpoint = ${walPagesMax}`,
      `journal_size_limit = ${walBytesKept}`,
    ];
    try {
      for (const pragma of pragmas) this.#connection.pragma(pragma);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
    this.#kysely = new Kysely({ dialect: new TransactionalDialect({ database: this.#connection }) });
    const verb = (sql: string): Prepared => this.#connection.prepare(sql);
    this.#verbs = {
      begin: verb('begin immediate'),
      commit: verb('commit'),
      rollback: verb('rollback'),
      savepoint: verb('savepoint change'),
      keep: verb('release change'),
      undo: verb('rollback to change'),
    };
  }

  /** Brings the schema to this program's version. @throws what went wrong; nothing of the failed step is kept. */
  async migrate(): Promise<void> {
    const migrator = new Migrator({ db: this.#kysely, provider: migrationsFor(sqliteTypes) });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  }

  rows<R>(read: Read<R>): R[] {
    const { statement, bind } = this.#prepare(read.query);
    return statement.all(bind(read.values)) as R[];
  }

  first<R>(read: Read<R>): R | undefined {
    const { statement, bind } = this.#prepare(read.query);
    return statement.get(bind(read.values)) as R | undefined;
  }

  /** @throws {WriteConflictError} when it touched another number of rows than it must. */
  run(write: Statement): number {
    const { statement, bind } = this.#prepare(write.query);
    let changes: number;
    try {
      changes = statement.run(bind(write.values)).changes;
    } catch (error) {
      if (!isConstraint(error)) throw error;
      throw new WriteConflictError(`${write.conflict} can't be written: ${error.message}`, error);
    }
    if (write.rows !== null && changes !== write.rows) {
      throw new WriteConflictError(`${write.conflict} is not as the view had it`);
    }
    return changes;
  }

  begin(): void {
    this.#verbs.begin.run();
  }

  commit(): void {
    this.#verbs.commit.run();
  }

  /** Some faults have rolled back already; then there is nothing to do. */
  rollback(): void {
    if (this.#connection.inTransaction) this.#verbs.rollback.run();
  }

  /**
   * Runs `work` so that all of it is undone when it throws, and the transaction around it goes on.
   *
   * @throws what `work` threw.
   */
  nested(work: () => void): void {
    this.#verbs.savepoint.run();
    try {
      work();
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction; there is no savepoint left to go back to then.
      if (this.#connection.inTransaction) {
        this.#verbs.undo.run();
        this.#verbs.keep.run();
      }
      throw error;
    }
    this.#verbs.keep.run();
  }

  /** The plan of a read, one line a step; for tests that prove that an index is used. */
  planOf(read: Read<unknown>): string[] {
    const { sql, bind } = compile(this.#kysely, read.query);
    const rows = this.#connection.prepare(`explain query plan ${sql}`).all(bind(read.values));
    return (rows as { detail: string }[]).map((r) => r.detail);
  }

  close(): void {
    this.#connection.close();
  }

  #prepare(query: AnyQuery): { statement: Prepared; bind: Compiled['bind'] } {
    let prepared = this.#prepared.get(query);
    if (!prepared) {
      const { sql, bind } = compile(this.#kysely, query);
      prepared = { statement: this.#connection.prepare(sql), bind };
      this.#prepared.set(query, prepared);
    }
    return prepared;
  }
}
