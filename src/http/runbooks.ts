import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { RunbookDesk, RunbookOutcome } from '../flow/runbook-desk.ts';
import { actorOf, type Door, requireToken } from './access.ts';
import { refuse } from './act.ts';
import { read } from './input.ts';
import { nameCharsMax } from './limits.ts';

const nameParam = z.object({ name: z.string().min(1).max(nameCharsMax) });
const versionQuery = z.object({ version: z.coerce.number().int().positive().nullable().default(null) });
const restoreBody = z.strictObject({ version: z.int().positive() });

/** The routes of runbooks: what can be asked for, and the versions of those that people kept. */
export const runbookRoutes =
  ({ runbooks, door }: { runbooks: RunbookDesk; door: Door }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(door));
    app.get('/runbooks', async () => ({ runbooks: await runbooks.list() }));
    app.get('/runbooks/:name', async (request, reply) => {
      const { name } = read(nameParam, request.params);
      const { version } = read(versionQuery, request.query);
      return answer(reply, await runbooks.show(name, version));
    });
    app.post('/runbooks/:name/restore', async (request, reply) => {
      const { name } = read(nameParam, request.params);
      const { version } = read(restoreBody, request.body ?? {});
      return answer(reply, await runbooks.restore(actorOf(request), name, version));
    });
    app.delete('/runbooks/:name', async (request, reply) => {
      const { name } = read(nameParam, request.params);
      return answer(reply, await runbooks.retire(actorOf(request), name));
    });
  };

const answer = (reply: FastifyReply, outcome: RunbookOutcome): FastifyReply =>
  outcome.kind === 'done'
    ? reply.send({ runbook: outcome.runbook })
    : refuse(reply, statuses[outcome.sentence.code] ?? 422, outcome.sentence);

const statuses: Readonly<Record<string, number>> = {
  runbook_unknown: 404,
  runbook_version_unknown: 404,
  runbook_retired_already: 409,
  role_missing: 403,
  keep_by_people: 403,
};
