import { z } from 'zod';
import { AlertStatus, type MachineHint, Severity } from '../core/alert.ts';
import { scalar, text, time, words } from './fields.ts';
import { machineHints } from './machines.ts';
import { list, object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertFacts, type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const condition = object({
  allOf: list(
    object({
      metricName: text,
      metricMeasureColumn: text,
      metricValue: scalar,
      threshold: scalar,
      operator: scalar,
      dimensions: list(object({ name: scalar, value: scalar })),
    }),
  ),
  metricName: text,
  metricValue: scalar,
});
type Condition = z.infer<typeof condition>;

const common = object({
  essentials: object({
    alertId: text,
    originAlertId: text,
    alertRule: text,
    severity: text,
    signalType: text,
    monitorCondition: text,
    monitoringService: text,
    alertTargetIDs: list(scalar),
    configurationItems: list(scalar),
    firedDateTime: time,
    resolvedDateTime: time,
    description: text,
    investigationLink: text,
  }),
  alertContext: object({
    condition: condition.nullish(),
    // Of the activity log, service health among it: each of its events fires, also the one that says it is over.
    correlationId: scalar,
    operationName: scalar,
    status: scalar,
    properties: object({ title: scalar, trackingId: scalar }),
  })
    .nullish()
    .catch(null),
  customProperties: words.catch({}),
});

const classic = object({
  status: text,
  context: object({
    timestamp: time,
    id: text,
    name: text,
    description: text,
    severity: scalar,
    condition,
    conditionType: scalar,
    resourceGroupName: text,
    resourceName: text,
    resourceType: text,
    resourceId: text,
    portalLink: text,
    activityLog: object({
      operationName: scalar,
      level: scalar,
      resourceId: text,
      eventTimestamp: time,
      status: scalar,
      correlationId: scalar,
      properties: object({ title: scalar }),
    }).nullish(),
  }),
  properties: words.catch({}),
  // A classic alert on logs says all at once, at the top of its data.
  AlertRuleName: text,
  Severity: text,
  Description: text,
  AlertType: text,
  SearchIntervalStartTimeUtc: time,
  LinkToSearchResults: text,
  ResultCount: scalar,
  AffectedConfigurationItems: list(scalar),
});

/**
 * Azure Monitor: the common alert schema, and the classic payloads of metrics, activity logs and log searches.
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-webhooks
 */
export const azure: AlertParser = (body, now) => {
  const envelope = z.looseObject({ data: z.looseObject({}) }).safeParse(body);
  const data = envelope.success ? envelope.data.data : body;
  const isCommon = typeof data === 'object' && data !== null && 'essentials' in data;
  return (isCommon ? byCommonSchema : byClassic)(data, now);
};

const byCommonSchema = parserOf(common, ({ essentials: said, alertContext, customProperties }): Told => {
  const status = statusOf(said.monitorCondition);
  if (status === null) {
    return {
      kind: 'foreign',
      problem: '"data.essentials.monitorCondition" is missing, which tells Fired from Resolved.',
    };
  }
  const targets = said.alertTargetIDs.filter((id) => id !== null);
  const event = /^activity log$/i.test(said.signalType ?? '') ? alertContext : null;
  const isOver = /^resolved$/i.test(event?.status ?? '');
  const track = event?.properties.trackingId ?? event?.correlationId ?? null;
  // Of a whole subscription, and no machine.
  const isOfService = /^\/subscriptions\/[^/]+$/.test(targets[0] ?? '');
  const measured = measuredBy(alertContext?.condition ?? null);
  return one({
    key: track
      ? keyOf('event', said.alertRule, track)
      : keyOf(said.alertId ?? said.originAlertId ?? said.alertRule),
    // Each firing has an id of its own; the rule and its targets are what flaps.
    group: keyOf('rule', said.alertRule, ...targets),
    status: isOver ? AlertStatus.resolved : status,
    title: titled(said.alertRule, event?.properties.title ?? null),
    summary: said.description,
    severity: said.severity,
    startsAt: isOver ? null : said.firedDateTime,
    endsAt: said.resolvedDateTime ?? said.firedDateTime,
    labels: {
      ...measured.labels,
      ...customProperties,
      ...present({
        rule: said.alertRule,
        signal: said.signalType,
        service: said.monitoringService,
        ...placeOf(targets[0]),
      }),
    },
    machines: [
      ...targets.flatMap((id) => machineOf(id, 'alertTargetIDs')),
      ...(isOfService ? [] : said.configurationItems).flatMap((name) =>
        machineOf(name, 'configurationItems'),
      ),
    ],
    link: said.investigationLink ?? portalLink(said.alertId),
    value: measured.value,
  });
});

const titled = (rule: string | null, event: string | null): string | null =>
  rule !== null && event !== null ? `${rule}: ${event}` : (rule ?? event);

const byClassic = parserOf(classic, (data): Told => {
  const { context, status } = data;
  if (data.AlertRuleName !== null) {
    return one({
      key: keyOf('log', data.AlertRuleName, ...data.AffectedConfigurationItems),
      // Such a rule tells each time what it found, and never that it finds nothing any more.
      status: AlertStatus.firing,
      title: data.AlertRuleName,
      summary: data.Description,
      severity: data.Severity,
      startsAt: data.SearchIntervalStartTimeUtc,
      machines: data.AffectedConfigurationItems.flatMap((id) => machineOf(id, 'AffectedConfigurationItems')),
      link: data.LinkToSearchResults,
      value: data.ResultCount,
    });
  }
  const log = context.activityLog;
  if (log) {
    const ends = /^resolved$/i.test(log.status ?? '') ? AlertStatus.resolved : AlertStatus.firing;
    return one({
      key: keyOf('activity', log.correlationId ?? log.resourceId, log.operationName),
      status: ends,
      title: log.properties.title ?? log.operationName,
      severity: log.level,
      startsAt: ends === AlertStatus.firing ? log.eventTimestamp : null,
      endsAt: log.eventTimestamp,
      labels: present({ operation: log.operationName, ...placeOf(log.resourceId) }),
      machines: machineOf(log.resourceId, 'activityLog.resourceId'),
      link: portalLink(log.resourceId),
    });
  }
  const known = statusOf(status);
  if (known === null || (context.name ?? context.id) === null) {
    return {
      kind: 'foreign',
      problem: 'it has neither "data.essentials" nor a "status" with a "context", one of which Azure sends.',
    };
  }
  const measured = measuredBy(context.condition);
  return one({
    key: keyOf('metric', context.id ?? context.name, context.resourceId),
    status: known,
    title: context.name,
    summary: context.description,
    severity: /^\d$/.test(context.severity ?? '') ? `Sev${context.severity}` : context.severity,
    startsAt: known === AlertStatus.firing ? context.timestamp : null,
    endsAt: context.timestamp,
    labels: {
      ...measured.labels,
      ...data.properties,
      ...present({
        rule: context.name,
        resource_group: context.resourceGroupName,
        resource_type: context.resourceType,
      }),
    },
    machines: [
      ...machineOf(context.resourceId, 'context.resourceId'),
      ...machineHints(context.resourceName, 'context.resourceName'),
    ],
    link: context.portalLink,
    value: measured.value,
  });
});

const one = (facts: Omit<AlertFacts, 'source'>): Told => ({
  kind: 'alerts',
  alerts: [alertOf({ ...facts, source: 'azure', level: levels[facts.severity ?? ''] ?? null })],
  id: null,
});

/** Azure's own scale, whose Sev1 is an error. */
const levels: Readonly<Record<string, Severity>> = {
  Sev0: Severity.critical,
  Sev1: Severity.error,
  Sev2: Severity.warning,
  Sev3: Severity.info,
  Sev4: Severity.info,
};

const statusOf = (said: string | null): AlertStatus | null => {
  if (/^(fired|activated)$/i.test(said ?? '')) return AlertStatus.firing;
  return /^(resolved|deactivated)$/i.test(said ?? '') ? AlertStatus.resolved : null;
};

const measuredBy = (one: Condition | null) => {
  const parts = one?.allOf ?? [];
  const pairs = parts.flatMap(({ dimensions }) =>
    dimensions.flatMap(({ name, value }): [string, string][] => (name && value ? [[name, value]] : [])),
  );
  const shown = parts
    .filter(({ metricValue }) => metricValue !== null)
    .map((p) => measure(p.metricName ?? p.metricMeasureColumn, p.metricValue));
  const only = one?.metricValue ? measure(one.metricName, one.metricValue) : null;
  return { labels: Object.fromEntries(pairs), value: shown.join(', ') || only };
};

/** A search that counts its rows has no name of what it measures. */
const measure = (name: string | null, value: string | null): string =>
  name ? `${name}=${value}` : `${value}`;

/** A resource's id ends in what it is called: `…/virtualMachines/web01`. Of a scale set's machine, in a number. */
const machineOf = (id: string | null, from: string): MachineHint[] => {
  if (id === null) return [];
  const [, type, name, instance] =
    /\/(virtualmachines|virtualmachinescalesets|machines|servers)\/([^/]+)(?:\/virtualmachines\/([^/]+))?/i.exec(
      id,
    ) ?? [];
  if (type === undefined || name === undefined) return id.startsWith('/') ? [] : machineHints(id, from);
  return machineHints(instance === undefined ? name : `${name}_${instance}`, from);
};

const placeOf = (id: string | null | undefined) => {
  const at = (name: string): string | null => new RegExp(`/${name}/([^/]+)`, 'i').exec(id ?? '')?.[1] ?? null;
  return { subscription: at('subscriptions'), resource_group: at('resourcegroups') };
};

const portalLink = (id: string | null): string | null =>
  id?.startsWith('/subscriptions/') ? `https://portal.azure.com/#resource${encodeURI(id)}` : null;
