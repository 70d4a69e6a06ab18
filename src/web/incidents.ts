import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sentence } from '../core/sentences.ts';
import type { AlertDesk, IncidentOutcome } from '../flow/alert-desk.ts';
import type { Act } from '../flow/desk.ts';
import { consoleActor, eventIdHeader, eventIdOf, invalidInput } from './chat.ts';
import type { ConsoleContext } from './context.ts';
import { incidentsView } from './incidents-view.ts';
import { bodyBytesMax, onCharsMax } from './limits.ts';
import { renderIncidents } from './render-incidents.tsx';

const nothing = z.object({});
const silenceShape = z.object({
  for: z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
});
const diagnoseShape = z.object({
  on: z
    .string()
    .max(onCharsMax)
    .optional()
    .transform((on) => on?.trim() || null),
});

type Verb = (alerts: AlertDesk, incident: number, body: unknown, act: Act) => Promise<IncidentOutcome>;

const verb =
  <T>(
    shape: z.ZodType<T>,
    run: (alerts: AlertDesk, incident: number, form: T, act: Act) => Promise<IncidentOutcome>,
  ): Verb =>
  async (alerts, incident, body, act) => {
    const form = shape.safeParse(body ?? {});
    return form.success
      ? run(alerts, incident, form.data, act)
      : { kind: 'refused', sentence: invalidInput(form.error) };
  };

/** What each button of an incident does, by the last part of its address. */
const verbs: Readonly<Record<string, Verb>> = {
  acknowledge: verb(nothing, (alerts, incident, _form, act) => alerts.acknowledge(incident, act)),
  silence: verb(silenceShape, (alerts, incident, form, act) =>
    alerts.silence(incident, { ...act, forMs: form.for }),
  ),
  unsilence: verb(nothing, (alerts, incident, _form, act) => alerts.unsilence(incident, act)),
  diagnose: verb(diagnoseShape, (alerts, incident, form, act) =>
    alerts.diagnose(incident, { ...act, on: form.on }),
  ),
};

/** Routes of incidents: one by its number, and what is done about it. */
export const registerIncidents = (app: FastifyInstance, { guard, alerts, clock }: ConsoleContext): void => {
  app.get('/console/incidents/:number', async (request, reply) => {
    guard.reader(request);
    const number = numberOf(request);
    const incident = await alerts.incident(number);
    if (incident) return html(reply, renderIncidents.one(incident, clock.now()));
    return html(reply.code(404), renderIncidents.none(number, sentence('incident_unknown', { number })));
  });

  for (const [name, run] of Object.entries(verbs)) {
    app.post(`/console/incidents/:number/${name}`, { bodyLimit: bodyBytesMax }, async (request, reply) => {
      guard.writer(request);
      const number = numberOf(request);
      const eventId = eventIdOf(request.headers[eventIdHeader], `incident-${name}`, number);
      const outcome = await run(alerts, number, request.body, { by: consoleActor(), eventId });
      if (outcome.kind === 'refused') {
        return html(reply.code(409), renderIncidents.said(number, outcome.sentence));
      }
      const now = clock.now();
      const list = renderIncidents.list(await incidentsView(alerts, now));
      return html(reply, renderIncidents.one(outcome.incident, now) + list);
    });
  }
};

const numberOf = (request: FastifyRequest): number =>
  z.coerce
    .number()
    .int()
    .positive()
    .max(Number.MAX_SAFE_INTEGER)
    .catch(0)
    .parse((request.params as { number?: string }).number);

const html = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(text);
