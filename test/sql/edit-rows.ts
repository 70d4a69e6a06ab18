import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What the database says, read beside the server. */
export const readRows = <R>(dataDir: string, sql: string, ...values: unknown[]): R[] => {
  const database = new Database(join(dataDir, 'nerdyops.db'), { readonly: true });
  try {
    return database.prepare(sql).all(...values) as R[];
  } finally {
    database.close();
  }
};

/** Changes the database behind the server's back, as somebody with a shell on its machine would. */
export const editRows = (dataDir: string, sql: string, ...values: unknown[]): void => {
  const database = new Database(join(dataDir, 'nerdyops.db'));
  try {
    database.pragma('foreign_keys = off');
    const { changes } = database.prepare(sql).run(...values);
    if (changes === 0) throw new Error(`nothing was changed by: ${sql}`);
  } finally {
    database.close();
  }
};
