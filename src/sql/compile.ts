import type { Kysely } from 'kysely';
import type { AnyQuery } from './query.ts';
import type { Tables } from './tables.ts';

/** Text and parameter names of a compiled query; `values` in a call are looked up by these names. */
export interface Compiled {
  readonly sql: string;
  readonly bind: (values: object) => unknown[];
}

class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

export const compile = (db: Kysely<Tables>, q: AnyQuery): Compiled => {
  const { sql, parameters } = q.build(db, slots as never).compile();
  const names = parameters.map((p) => (p instanceof Slot ? p.name : null));
  return {
    sql,
    bind: (values) =>
      names.map((name, i) => (name === null ? parameters[i] : (values as Record<string, unknown>)[name])),
  };
};
