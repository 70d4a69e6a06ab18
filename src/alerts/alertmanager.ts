import { z } from 'zod';
import { type Alert, type AlertSource, AlertStatus } from '../core/alert.ts';
import { text, time, words } from './fields.ts';
import { alertsInDeliveryMax } from './limits.ts';
import { list, object } from './shapes.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const alertFields = {
  status: text,
  labels: words,
  annotations: words,
  startsAt: time,
  endsAt: time,
  generatorURL: text,
  fingerprint: text,
  dashboardURL: text,
  panelURL: text,
  silenceURL: text,
  values: z.unknown().optional(),
  valueString: text,
};
const alert = object(alertFields);
type OneAlert = z.infer<typeof alert>;

const groupFields = {
  alerts: z.array(alert).max(alertsInDeliveryMax).nullish(),
  status: text,
  groupKey: text,
  groupLabels: words,
  commonLabels: words,
  commonAnnotations: words,
  externalURL: text,
  title: text,
  message: text,
  ruleUid: text,
};
const group = object(groupFields);

/** The group of a notification, as Alertmanager and Grafana say it. */
export type AlertGroup = z.infer<typeof group>;
export { group as alertGroupShape };

/**
 * Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 * Also one alert by itself, as some relays pass it on, and the list that Prometheus posts to an Alertmanager
 * (https://prometheus.io/docs/alerting/latest/clients/), in which only the end tells what is over.
 */
export const alertmanager: AlertParser = (body, now) =>
  Array.isArray(body) ? posted(body, now) : grouped(body, now);

const posted = parserOf(list(alert), (alerts, now) => tellGroup('alertmanager', groupOf({ alerts }), now));
const grouped = parserOf(group, (payload, now) =>
  payload.alerts ? tellGroup('alertmanager', payload, now) : alone(payload, now),
);
const alone = parserOf(object({ ...groupFields, ...alertFields }), (one, now) =>
  Object.keys(one.labels).length > 0
    ? tellGroup('alertmanager', { ...one, alerts: [one] }, now)
    : { kind: 'foreign', problem: 'there is no list "alerts" in it, which Alertmanager always sends.' },
);
const groupOf = (parts: unknown): AlertGroup => group.parse(parts);

/** The alerts of a group. One that has no fingerprint is known by its labels, of which Alertmanager makes it too. */
export const tellGroup = (source: AlertSource, payload: AlertGroup, now: number): Told => {
  const alerts = (payload.alerts ?? []).map((one) => oneOf(source, payload, one, now));
  return alerts.length > 0
    ? { kind: 'alerts', alerts, id: null }
    : { kind: 'nothing', why: 'its list of alerts is empty.' };
};

const oneOf = (source: AlertSource, payload: AlertGroup, one: OneAlert, now: number): Alert => {
  const labels = { ...payload.commonLabels, ...one.labels };
  const annotations = { ...payload.commonAnnotations, ...one.annotations };
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const groupLabels = Object.entries(payload.groupLabels).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = one.fingerprint ?? keyOf(JSON.stringify(sorted));
  const name = unreadRule(labels) ?? labels.alertname ?? labels.alertName ?? payload.title;
  const said = first(annotations, ['summary', 'title', 'message', 'description']);
  return alertOf({
    source,
    key,
    group:
      payload.groupKey ?? (groupLabels.length > 0 ? JSON.stringify(groupLabels) : (payload.ruleUid ?? name)),
    status: statusOf(one, payload, now),
    title: name && said && !said.includes(name) ? `${name}: ${said}` : (said ?? name ?? null),
    summary: first(annotations, ['description', 'message', 'summary']) ?? payload.message,
    severity: first(labels, ['severity', 'priority', 'level']) ?? annotations.severity ?? null,
    startsAt: one.startsAt,
    endsAt: one.endsAt,
    // Notifications leave it out while an alert fires; what is posted to an Alertmanager has it.
    holdsUntil: one.endsAt !== null && one.endsAt > now ? one.endsAt : null,
    labels,
    annotations,
    link: one.panelURL ?? one.dashboardURL ?? one.generatorURL ?? payload.externalURL,
    value: measuredIn(one) ?? annotations.value ?? null,
  });
};

/** Grafana tells under a name of its own of a rule that has no data, or could not be read. */
const unreadRule = ({ alertname, rulename }: Record<string, string>): string | null => {
  if (rulename === undefined) return null;
  if (alertname === 'DatasourceNoData') return `${rulename} has no data`;
  return alertname === 'DatasourceError' ? `${rulename} could not be read` : null;
};

const statusOf = (one: OneAlert, payload: AlertGroup, now: number): AlertStatus => {
  const said = (one.status ?? payload.status)?.toLowerCase();
  if (said === 'resolved' || said === 'ok' || said === 'normal') return AlertStatus.resolved;
  if (said === undefined && one.endsAt !== null && one.endsAt <= now) return AlertStatus.resolved;
  return AlertStatus.firing;
};

/** Grafana's `values` by their refs (`A=95.2`), else its older string of them. */
const measuredIn = (one: OneAlert): string | null => {
  if (one.values === undefined || one.values === null) return one.valueString;
  const values = words.safeParse(one.values);
  const pairs = values.success ? Object.entries(values.data) : [];
  if (pairs.length > 0) return pairs.map(([ref, value]) => `${ref}=${value}`).join(', ');
  return one.valueString;
};

const first = (texts: Record<string, string>, names: readonly string[]): string | null =>
  names.map((name) => texts[name]).find((value) => value !== undefined) ?? null;
