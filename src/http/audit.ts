import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AuditSearch, Store } from '../ports/store.ts';
import { type Door, requireToken } from './access.ts';
import { read } from './input.ts';
import { pageAuditMax, searchCharsMax } from './limits.ts';

const name = z.string().min(1).max(searchCharsMax);
/** Milliseconds since the Unix epoch, or a time as ISO 8601 writes it. */
const instant = z.union(
  [
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform(Date.parse),
  ],
  { error: 'must be milliseconds since 1970, or a time like 2026-05-31T14:00:00Z' },
);
const auditQuery = z.strictObject({
  actor: name.optional(),
  agent: name.optional(),
  kind: name.optional(),
  task: z.coerce.number().int().positive().optional(),
  since: instant.optional(),
  until: instant.optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(pageAuditMax).default(50),
});

/** `GET /api/v1/audit`: the audit log, searched. `before` the last entry's `seq` gives the next page. */
export const auditRoutes =
  ({ store, door }: { store: Store; door: Door }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(door));
    app.get('/audit', async (request) => {
      // What wasn't asked for isn't there at all.
      const search = read(auditQuery, request.query) as AuditSearch;
      return { entries: await store.findAudit(search) };
    });
  };
