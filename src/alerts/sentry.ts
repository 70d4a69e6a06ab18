import { z } from 'zod';
import { type Alert, AlertStatus } from '../core/alert.ts';
import { scalar, text, time } from './fields.ts';
import { machineHints } from './machines.ts';
import { object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

/** `[["server_name", "web7"], …]`, or the same as objects. */
const tags = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    const pairs = (Array.isArray(value) ? value : []).map((tag) =>
      Array.isArray(tag) ? tag : [tag?.key, tag?.value],
    );
    return Object.fromEntries(
      pairs.filter(([key, one]) => typeof key === 'string' && typeof one === 'string'),
    );
  });

const project = z
  .unknown()
  .optional()
  .transform((value): string | null => {
    const parsed = z.looseObject({ slug: scalar, name: scalar }).safeParse(value);
    return parsed.success ? (parsed.data.slug ?? parsed.data.name) : scalar.parse(value);
  });

const issue = object({
  id: text,
  shortId: text,
  title: text,
  culprit: text,
  level: text,
  status: text,
  firstSeen: time,
  lastSeen: time,
  permalink: text,
  web_url: text,
  project,
});
const happened = object({
  event_id: text,
  issue_id: text,
  title: text,
  message: text,
  culprit: text,
  level: text,
  datetime: time,
  web_url: text,
  server_name: scalar,
  project,
  tags,
});
const metric = object({
  id: text,
  identifier: text,
  title: text,
  status: text,
  date_started: time,
  date_closed: time,
  alert_rule: object({ id: text, name: text }),
});

const payload = object({
  action: text,
  data: object({
    issue: issue.nullish(),
    event: happened.nullish(),
    error: happened.nullish(),
    metric_alert: metric.nullish(),
    triggered_rule: text,
    description_title: text,
    description_text: text,
    web_url: text,
  }),
  // The plugin of before: the event stands at the top.
  event: happened.nullish(),
  project: scalar,
  project_name: scalar,
  url: text,
  message: scalar,
  level: scalar,
  id: scalar,
});
type Payload = z.infer<typeof payload>;

/**
 * Sentry's webhooks of alerts, metric alerts and issues, and the older plugin's.
 * https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
export const sentry: AlertParser = parserOf(payload, (body): Told => {
  const { data } = body;
  if (data.metric_alert) return alerts(metricAlert(body, data.metric_alert));
  const event = data.event ?? data.error ?? body.event;
  if (event) return alerts(eventAlert(body, event));
  if (data.issue) {
    const status = issueStatus(body.action, data.issue.status);
    return status === null
      ? { kind: 'nothing', why: `"${body.action}" neither begins nor ends an issue.` }
      : alerts(issueAlert(data.issue, status));
  }
  return body.action === null
    ? {
        kind: 'foreign',
        problem: 'it has no "action" and no "data" of an issue, an event or a metric alert.',
      }
    : { kind: 'nothing', why: `"${body.action}" is about no issue.` };
});

const alerts = (alert: Alert): Told => ({ kind: 'alerts', alerts: [alert], id: null });

const issueStatus = (action: string | null, status: string | null): AlertStatus | null => {
  switch (action ?? status) {
    case 'created':
    case 'unresolved':
    case 'regressed':
    case 'triggered':
      return AlertStatus.firing;
    case 'assigned':
      return AlertStatus.acknowledged;
    case 'resolved':
    case 'archived':
    case 'ignored':
      return AlertStatus.resolved;
    default:
      return null;
  }
};

const issueKey = (id: string | null): string => keyOf('issue', id);

const issueAlert = (one: z.infer<typeof issue>, status: AlertStatus): Alert =>
  alertOf({
    source: 'sentry',
    key: issueKey(one.id ?? one.shortId),
    status,
    title: one.title,
    summary: one.culprit,
    severity: one.level,
    startsAt: one.firstSeen,
    endsAt: one.lastSeen,
    labels: present({ project: one.project, short_id: one.shortId, level: one.level }),
    link: one.web_url ?? one.permalink,
  });

const eventAlert = ({ data, ...body }: Payload, one: z.infer<typeof happened>): Alert => {
  const level = one.level ?? body.level;
  const issueId = one.issue_id ?? data.issue?.id ?? body.id;
  return alertOf({
    source: 'sentry',
    key: issueId === null ? keyOf('event', one.title ?? body.message) : issueKey(issueId),
    status: AlertStatus.firing,
    title: one.title ?? body.message ?? one.message ?? data.triggered_rule,
    summary: one.culprit ?? one.message,
    severity: level,
    // The same issue rings again with each event: its beginning is the issue's, which an event doesn't say.
    startsAt: null,
    labels: {
      ...one.tags,
      ...present({
        project: body.project_name ?? body.project ?? one.project,
        rule: data.triggered_rule,
        level,
      }),
    },
    machines: machineHints(one.server_name, 'event.server_name'),
    link: one.web_url ?? body.url,
  });
};

const metricAlert = ({ action, data }: Payload, one: z.infer<typeof metric>): Alert =>
  alertOf({
    source: 'sentry',
    key: keyOf('metric', one.id ?? one.identifier ?? one.alert_rule.id),
    group: keyOf('rule', one.alert_rule.id ?? one.id),
    status: action === 'resolved' ? AlertStatus.resolved : AlertStatus.firing,
    title:
      (one.alert_rule.name ?? one.title ?? data.description_title)?.replace(
        /^(Critical|Warning|Resolved): /,
        '',
      ) ?? null,
    summary: data.description_text,
    severity: action === 'resolved' ? null : action,
    startsAt: one.date_started,
    endsAt: one.date_closed,
    labels: present({ rule: one.alert_rule.name }),
    link: data.web_url,
  });
