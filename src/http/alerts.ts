import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { IncidentState } from '../core/incident-card.ts';
import { sentence } from '../core/sentences.ts';
import type { AlertDesk, IncidentOutcome } from '../flow/alert-desk.ts';
import type { Act } from '../flow/desk.ts';
import { type Door, requireToken } from './access.ts';
import { actOf, refuse } from './act.ts';
import { read } from './input.ts';
import { nameCharsMax, pageTasksMax } from './limits.ts';

const numberParam = z.object({ number: z.coerce.number().int().positive() });
const listQuery = z.object({
  /** `open`: all but those that are over. */
  state: z.enum(['open', 'all', ...Object.values(IncidentState)]).default('open'),
  machine: z.string().min(1).max(nameCharsMax).optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(pageTasksMax).default(20),
});
const silenceBody = z.strictObject({ forMs: z.int().positive() });
const diagnoseBody = z.strictObject({ on: z.string().min(1).max(nameCharsMax).nullable().default(null) });
const nothing = z.strictObject({});

const openStates = Object.values(IncidentState).filter((state) => state !== IncidentState.resolved);

/** The routes of incidents: what monitoring told, and what people do about it. */
export const alertRoutes =
  ({ alerts, door }: { alerts: AlertDesk; door: Door }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(door));
    app.get('/alerts', async (request) => {
      const { state, machine, before, limit } = read(listQuery, request.query);
      return {
        incidents: await alerts.incidents({
          limit,
          ...(state === 'all' ? {} : { states: state === 'open' ? openStates : [state] }),
          ...(machine === undefined ? {} : { machine }),
          ...(before === undefined ? {} : { before }),
        }),
      };
    });
    app.get('/alerts/:number', async (request, reply) => {
      const { number } = read(numberParam, request.params);
      const incident = await alerts.incident(number);
      return incident ? { incident } : refuse(reply, 404, sentence('incident_unknown', { number }));
    });
    const act = <T>(
      verb: string,
      schema: z.ZodType<T>,
      run: (number: number, act: Act, body: T) => Promise<IncidentOutcome>,
    ): void => {
      app.post(`/alerts/:number/${verb}`, async (request, reply) => {
        const { number } = read(numberParam, request.params);
        const body = read(schema, request.body ?? {});
        return answer(reply, await run(number, actOf(`alert-${verb}:${number}`, request, body), body));
      });
    };
    act('acknowledge', nothing, (number, by) => alerts.acknowledge(number, by));
    act('silence', silenceBody, (number, by, body) => alerts.silence(number, { ...by, ...body }));
    act('unsilence', nothing, (number, by) => alerts.unsilence(number, by));
    act('diagnose', diagnoseBody, (number, by, body) => alerts.diagnose(number, { ...by, ...body }));
  };

const answer = (reply: FastifyReply, outcome: IncidentOutcome): FastifyReply =>
  outcome.kind === 'done'
    ? reply.send({ incident: outcome.incident })
    : refuse(reply, statuses[outcome.sentence.code] ?? 422, outcome.sentence);

const statuses: Readonly<Record<string, number>> = {
  incident_unknown: 404,
  role_missing: 403,
  incident_not_now: 409,
  incident_being_looked_into: 409,
};
