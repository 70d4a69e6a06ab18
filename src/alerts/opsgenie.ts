import type { z } from 'zod';
import { type Alert, AlertStatus } from '../core/alert.ts';
import { scalar, text, time, words } from './fields.ts';
import { machineHints, machinesIn } from './machines.ts';
import { list, object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const fields = {
  alertId: text,
  id: text,
  tinyId: text,
  alias: text,
  message: text,
  description: text,
  entity: text,
  source: scalar,
  priority: text,
  status: text,
  acknowledged: scalar,
  createdAt: time,
  updatedAt: time,
  tags: list(scalar),
  details: words,
  team: scalar,
};
const alert = object(fields);
const outgoing = object({ action: text, alert: alert, integrationName: scalar });

/**
 * Opsgenie's (and Jira Service Management's) outgoing webhook, and the form of its "create alert" call, which many tools
 * can send.
 * https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/
 * https://docs.opsgenie.com/docs/alert-api
 */
export const opsgenie: AlertParser = (body, now) =>
  typeof body === 'object' && body !== null && 'action' in body ? acted(body, now) : created(body, now);

const acted = parserOf(outgoing, ({ action, alert: one }): Told => {
  if ((one.alertId ?? one.id ?? one.alias) === null) {
    return { kind: 'foreign', problem: 'it has no "alert" with an "alertId".' };
  }
  const status = statuses[(action ?? '').toLowerCase()];
  return status
    ? { kind: 'alerts', alerts: [tell(one, status)], id: null }
    : { kind: 'nothing', why: `"${action}" neither begins nor ends an alert.` };
});

const created = parserOf(alert, (one): Told => {
  if (one.message === null) {
    return { kind: 'foreign', problem: 'it has neither "action" with an "alert" nor a "message".' };
  }
  const status = /^(closed|resolved)$/i.test(one.status ?? '') ? AlertStatus.resolved : AlertStatus.firing;
  return { kind: 'alerts', alerts: [tell(one, status)], id: null };
});

const statuses: Readonly<Record<string, AlertStatus>> = {
  create: AlertStatus.firing,
  unacknowledge: AlertStatus.firing,
  acknowledge: AlertStatus.acknowledged,
  close: AlertStatus.resolved,
  delete: AlertStatus.resolved,
};

const tell = (one: z.infer<typeof alert>, status: AlertStatus): Alert =>
  alertOf({
    source: 'opsgenie',
    // Whoever creates alerts knows them by their alias; the id is new each time.
    key: keyOf('alert', one.alias ?? one.alertId ?? one.id ?? one.message),
    status,
    title: one.message,
    summary: one.description,
    severity: one.priority,
    startsAt: one.createdAt,
    endsAt: one.updatedAt,
    labels: { ...tagged(one.tags), ...present({ source: one.source, team: one.team, entity: one.entity }) },
    annotations: one.details,
    machines: [
      ...machinesIn(one.details, 'details'),
      ...machineHints(one.entity, 'entity'),
      ...machinesIn(tagged(one.tags), 'tags'),
      ...machineHints(one.source, 'source'),
    ],
    link: one.details.url ?? one.details.link ?? null,
  });

const tagged = (tags: readonly (string | null)[]): Record<string, string> =>
  Object.fromEntries(
    tags
      .filter((tag) => tag !== null)
      .map((tag) => /^([^:=]+)[:=](.+)$/s.exec(tag)?.slice(1) ?? [tag, 'true']) as [string, string][],
  );
