import { z } from 'zod';
import { type Alert, AlertStatus } from '../core/alert.ts';
import { looseDetails } from './details.ts';
import { scalar, text, time } from './fields.ts';
import { machinesIn } from './machines.ts';
import { list, object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

/** A reference as v3 has it, or a name by itself. */
const reference = z
  .unknown()
  .optional()
  .transform((value): string | null => {
    const parsed = z.looseObject({ summary: scalar, name: scalar }).safeParse(value);
    return parsed.success ? (parsed.data.summary ?? parsed.data.name) : scalar.parse(value);
  });

const incident = object({
  id: text,
  type: text,
  number: text,
  incident_number: text,
  status: text,
  title: text,
  description: text,
  summary: text,
  html_url: text,
  incident_key: text,
  created_at: time,
  created_on: time,
  last_status_change_at: time,
  last_status_change_on: time,
  urgency: text,
  service: reference,
  priority: reference,
  body: z.unknown().optional(),
  trigger_summary_data: object({ subject: text, description: text }),
});

const event = object({
  id: text,
  event_type: text,
  occurred_at: time,
  data: incident,
});

/** https://developer.pagerduty.com/docs/webhooks-overview; the fields of each event are in its event data types. */
const v3 = parserOf(object({ event }), ({ event: one }): Told => {
  if (one.event_type === 'pagey.ping')
    return { kind: 'nothing', why: 'it is the test that PagerDuty sends.' };
  if (!one.event_type?.startsWith('incident.') || one.data.status === null) {
    return one.event_type
      ? { kind: 'nothing', why: `"${one.event_type}" neither begins nor ends an incident.` }
      : { kind: 'foreign', problem: '"event.event_type" is missing, which every event of PagerDuty has.' };
  }
  return { kind: 'alerts', alerts: [incidentAlert(one.data, null, one.occurred_at)], id: one.id };
});

/** Before v3: several messages, each with its incident; and what integrations pass on. */
const messages = parserOf(
  object({
    messages: list(
      object({ id: text, type: text, event: text, created_on: time, incident, data: object({ incident }) }),
    ),
    incident,
  }),
  (payload): Told => {
    const all = [
      ...payload.messages.map((m) => ({
        kind: m.type ?? m.event,
        at: m.created_on,
        one: m.incident.id === null ? m.data.incident : m.incident,
      })),
      { kind: null, at: null, one: payload.incident },
    ].filter(({ one }) => one.id !== null);
    if (all.length === 0)
      return { kind: 'foreign', problem: 'there is neither "event" nor an incident in it.' };
    const alerts = all.map(({ kind, at, one }) => incidentAlert(one, kind, at));
    return { kind: 'alerts', alerts, id: null };
  },
);

/** PagerDuty's webhooks: version 3, and the two before it that relays still send. */
export const pagerduty: AlertParser = (body, now) =>
  typeof body === 'object' && body !== null && 'event' in body ? v3(body, now) : messages(body, now);

const incidentAlert = (one: z.infer<typeof incident>, kind: string | null, at: number | null): Alert => {
  const status = statusOf(kind, one.status);
  const { service, priority, urgency } = one;
  const details = looseDetails(one.body);
  return alertOf({
    source: 'pagerduty',
    key: keyOf(one.id),
    status,
    title:
      one.title ??
      one.trigger_summary_data.subject ??
      one.description ??
      one.summary ??
      `Incident ${one.number}`,
    summary: one.description ?? one.trigger_summary_data.description,
    severity: priority ?? urgency,
    ...(priority === null && urgency ? { level: urgency === 'high' ? 'critical' : 'warning' } : {}),
    startsAt: one.created_at ?? one.created_on,
    endsAt: at ?? one.last_status_change_at ?? one.last_status_change_on,
    labels: present({
      service,
      priority,
      urgency,
      number: one.number ?? one.incident_number,
      key: one.incident_key,
    }),
    annotations: details,
    machines: machinesIn(details, 'body.details'),
    link: one.html_url,
  });
};

/** What has just happened says more than the status, which an old message repeats as it was. */
const statusOf = (kind: string | null, status: string | null): AlertStatus => {
  const said = kind?.replace(/^incident\./, '') ?? status ?? '';
  if (/^resolve/.test(said)) return AlertStatus.resolved;
  return /^acknowledge/.test(said) ? AlertStatus.acknowledged : AlertStatus.firing;
};
