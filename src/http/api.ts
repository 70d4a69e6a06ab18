import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Sentence, sentence } from '../core/sentences.ts';
import { TaskState } from '../core/task.ts';
import type { Act, Desk, Outcome } from '../flow/desk.ts';
import type { OutputStream } from '../ports/store.ts';
import { actorOf, type Door, requireLocal, requireToken } from './access.ts';
import { actOf, refuse } from './act.ts';
import { read } from './input.ts';
import {
  keepListMax,
  keepTextCharsMax,
  outputPageBytesMax,
  pageTasksMax,
  selectorCharsMax,
} from './limits.ts';

const numberParam = z.object({ number: z.coerce.number().int().positive() });
const askBody = z.strictObject({
  request: z.string(),
  on: z.string().max(selectorCharsMax).nullable().default(null),
  thread: z.string().max(64).nullable().default(null),
});
const approveBody = z.strictObject({
  proposal: z.int().positive(),
  digest: z.string().length(64),
  canary: z.boolean().default(false),
  confirm: z.string().max(64).nullable().default(null),
});
const rejectBody = z.strictObject({ reason: z.string().nullable().default(null) });
const editBody = z.strictObject({
  proposal: z.int().positive(),
  texts: z
    .array(z.strictObject({ digest: z.string(), text: z.string() }))
    .min(1)
    .max(8),
});
const chooseBody = z.strictObject({ option: z.string().max(selectorCharsMax) });
const keepBody = z.strictObject({
  name: z.string().max(keepTextCharsMax),
  title: z.string().max(keepTextCharsMax),
  summary: z.string().max(keepTextCharsMax),
  examples: z.array(z.string().max(keepTextCharsMax)).min(1).max(keepListMax),
  parameters: z
    .array(
      z.strictObject({ name: z.string().max(keepTextCharsMax), value: z.string().max(keepTextCharsMax) }),
    )
    .max(keepListMax)
    .default([]),
});
const listQuery = z.object({
  state: z.enum(TaskState).optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(pageTasksMax).default(20),
});
const outputQuery = z.object({
  stream: z.enum(['stdout', 'stderr']).default('stdout'),
  offset: z.coerce.number().int().min(0).default(0),
});

export interface ApiParts {
  desk: Desk;
  door: Door;
  /** Makes a fresh link to the console. */
  consoleLink: () => string;
}

/** The routes under /api/v1: the desk's verbs over HTTP, for the CLI, for tests and for scripts of people's own. */
export const apiRoutes =
  (parts: ApiParts) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(parts.door));
    readRoutes(app, parts);
    actRoutes(app, parts.desk);
  };

const readRoutes = (app: FastifyInstance, { desk, consoleLink }: ApiParts): void => {
  app.get('/tasks', async (request) => {
    const { state, before, limit } = read(listQuery, request.query);
    return {
      tasks: await desk.cards({
        limit,
        ...(state === undefined ? {} : { states: [state] }),
        ...(before === undefined ? {} : { before }),
      }),
    };
  });
  app.get('/tasks/:number', async (request, reply) => {
    const { number } = read(numberParam, request.params);
    const card = await desk.card(number);
    return card ? { task: card } : refuse(reply, 404, sentence('task_unknown', { number }));
  });
  app.get('/tasks/:number/runs/:run/output', async (request, reply) => {
    const { number } = read(numberParam, request.params);
    const { run } = request.params as { run: string };
    const { stream, offset } = read(outputQuery, request.query);
    const output = await desk.output(number, run, stream as OutputStream, offset, outputPageBytesMax);
    if (!output) return refuse(reply, 404, sentence('run_unknown', { run }));
    return reply
      .type('text/plain; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .header('x-nerdy-output-bytes', output.total)
      .header('x-nerdy-output-cut-at', output.cutAt ?? '')
      .send(output.bytes);
  });
  app.get('/agents', async () => ({ agents: await desk.agents() }));
  app.post('/console-links', { onRequest: requireLocal }, async (_request, reply) =>
    reply.code(201).send({ url: consoleLink() }),
  );
};

const actRoutes = (app: FastifyInstance, desk: Desk): void => {
  app.post('/tasks', async (request, reply) => {
    const body = read(askBody, request.body);
    const { by, ...delivery } = actOf('ask', request, body);
    // A task's number names its conversation, wherever that began; anything else is the caller's own name for one.
    // A number that is no task yet would begin the conversation of a task to come.
    const number = /^\d{1,12}$/.test(body.thread ?? '') ? Number(body.thread) : null;
    const root = number === null ? null : await desk.card(number);
    if (number !== null && !root) return refuse(reply, 404, sentence('task_unknown', { number }));
    const place = root?.place ?? { surface: 'api', channel: 'api', thread: body.thread };
    return answer(
      reply,
      await desk.ask({ request: body.request, on: body.on, asker: by, place, ...delivery }),
      201,
    );
  });
  const act = <T>(
    verb: string,
    schema: z.ZodType<T>,
    run: (number: number, act: Act, body: T) => Promise<Outcome>,
  ): void => {
    app.post(`/tasks/:number/${verb}`, async (request, reply) => {
      const { number } = read(numberParam, request.params);
      const body = read(schema, request.body ?? {});
      return answer(reply, await run(number, actOf(`${verb}:${number}`, request, body), body), 200);
    });
  };
  const nothing = z.strictObject({});
  act('approve', approveBody, (number, by, body) => desk.approve(number, { ...by, ...body }));
  act('reject', rejectBody, (number, by, body) => desk.reject(number, { ...by, ...body }));
  act('edit', editBody, (number, by, body) => desk.edit(number, { ...by, ...body }));
  act('choose', chooseBody, (number, by, body) => desk.choose(number, { ...by, ...body }));
  act('cancel', nothing, (number, by) => desk.cancel(number, by));
  act('continue', nothing, (number, by) => desk.continue(number, by));
  act('stop', nothing, (number, by) => desk.stop(number, by));
  act('keep', keepBody, (number, by, wish) => desk.keep(number, { ...by, wish }));
  app.get('/tasks/:number/keep', async (request, reply) => {
    const { number } = read(numberParam, request.params);
    const outcome = await desk.keepForm(number, actorOf(request));
    return outcome.kind === 'form'
      ? { keep: outcome.form }
      : refuse(reply, statusOf(outcome.sentence), outcome.sentence);
  });
};

const answer = (reply: FastifyReply, outcome: Outcome, status: number): FastifyReply => {
  if (outcome.kind === 'done') return reply.code(status).send({ task: outcome.card });
  return refuse(reply, statusOf(outcome.sentence), outcome.sentence);
};

/** Who acted may not; another may. */
const forbiddenCodes: readonly string[] = [
  'role_missing',
  'keep_by_people',
  'policy_refused',
  'policy_asker_refused',
  'policy_forbidden',
  'chooser_may_less',
  'approver_not_named',
  'approver_unlinked',
  'approver_local',
  'approver_own',
  'approver_maybe_own',
];

const statusOf = ({ code }: Sentence): number => {
  if (code === 'task_unknown') return 404;
  if (forbiddenCodes.includes(code)) return 403;
  return [
    'task_decided',
    'not_decidable',
    'card_outdated',
    'expired',
    'vote_given',
    'keep_not_done',
  ].includes(code)
    ? 409
    : 422;
};
