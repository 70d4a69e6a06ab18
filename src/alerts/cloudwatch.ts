import type { z } from 'zod';
import { AlertStatus, type MachineHint } from '../core/alert.ts';
import { text, time, words } from './fields.ts';
import { machinesIn } from './machines.ts';
import { list, object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const dimension = object({ name: text, value: text });
const metricStat = object({
  Metric: object({ MetricName: text, Namespace: text, Dimensions: list(dimension) }),
});

const alarm = object({
  AlarmName: text,
  AlarmDescription: text,
  AWSAccountId: text,
  AlarmArn: text,
  NewStateValue: text,
  NewStateReason: text,
  OldStateValue: text,
  StateChangeTime: time,
  Region: text,
  AlarmRule: text,
  Trigger: object({
    MetricName: text,
    Namespace: text,
    Threshold: text,
    ComparisonOperator: text,
    Dimensions: list(dimension),
    Metrics: list(object({ MetricStat: metricStat, Label: text })),
  }),
});
type Alarm = z.infer<typeof alarm>;

/** What EventBridge sends of an alarm; https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const event = object({
  id: text,
  account: text,
  region: text,
  time: time,
  resources: list(text),
  'detail-type': text,
  detail: object({
    alarmName: text,
    state: object({ value: text, reason: text, timestamp: time }),
    previousState: object({ value: text }),
    configuration: object({
      description: text,
      metrics: list(
        object({
          metricStat: object({ metric: object({ namespace: text, name: text, dimensions: words }) }),
        }),
      ),
    }),
  }),
});

/**
 * A CloudWatch alarm as SNS delivers it "raw", as the text within an SNS message (whose envelope is opened before), or
 * as EventBridge sends it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
 */
export const cloudwatch: AlertParser = (body, now) =>
  typeof body === 'object' && body !== null && 'detail-type' in body ? bridgedIn(body, now) : told(body, now);

/** What EventBridge tells of other things has other shapes. */
const bridgedIn = (body: { 'detail-type': unknown }, now: number): Told => {
  const type = String(body['detail-type']).slice(0, 80);
  return /alarm/i.test(type)
    ? bridged(body, now)
    : { kind: 'foreign', problem: `it is an event "${type}", which is no alarm's.` };
};

const told = parserOf(alarm, (payload): Told => {
  if (payload.AlarmName === null || payload.NewStateValue === null) {
    return { kind: 'foreign', problem: 'it has no "AlarmName" and "NewStateValue", which every alarm has.' };
  }
  const { Trigger: trigger } = payload;
  const stats = trigger.Metrics.map(({ MetricStat }) => MetricStat.Metric);
  const dimensions = [...trigger.Dimensions, ...stats.flatMap((one) => one.Dimensions)];
  return tell(payload, {
    labels: pairsOf(dimensions),
    where: 'Trigger.Dimensions',
    metric: trigger.MetricName ?? stats[0]?.MetricName ?? null,
    namespace: trigger.Namespace ?? stats[0]?.Namespace ?? null,
    id: null,
  });
});

const bridged = parserOf(event, (payload): Told => {
  const { detail } = payload;
  if (detail.alarmName === null || detail.state.value === null) {
    return { kind: 'foreign', problem: `it is an event "${payload['detail-type']}", which is no alarm's.` };
  }
  const metrics = detail.configuration.metrics.map(({ metricStat }) => metricStat.metric);
  const inAlarmWords = alarm.parse({
    AlarmName: detail.alarmName,
    AlarmDescription: detail.configuration.description,
    AWSAccountId: payload.account,
    AlarmArn: payload.resources.find((arn) => arn?.includes(':alarm:')),
    NewStateValue: detail.state.value,
    NewStateReason: detail.state.reason,
    OldStateValue: detail.previousState.value,
    StateChangeTime: detail.state.timestamp ?? payload.time,
    Region: payload.region,
  });
  return tell(inAlarmWords, {
    labels: Object.assign({}, ...metrics.map(({ dimensions }) => dimensions)),
    where: 'detail.configuration.metrics.dimensions',
    metric: metrics[0]?.name ?? null,
    namespace: metrics[0]?.namespace ?? null,
    id: payload.id,
  });
});

interface Measured {
  labels: Record<string, string>;
  where: string;
  metric: string | null;
  namespace: string | null;
  id: string | null;
}

const tell = (payload: Alarm, { labels, where, metric, namespace, id }: Measured): Told => {
  const state = payload.NewStateValue?.toUpperCase();
  const status = state === 'OK' ? AlertStatus.resolved : AlertStatus.firing;
  const region = /^arn:[^:]*:cloudwatch:([^:]+):/.exec(payload.AlarmArn ?? '')?.[1] ?? null;
  const hasNoData = state === 'INSUFFICIENT_DATA';
  const machines: MachineHint[] = machinesIn(labels, where);
  const alert = alertOf({
    source: 'cloudwatch',
    key: payload.AlarmArn ?? keyOf(payload.AWSAccountId, payload.Region, payload.AlarmName),
    status,
    title: hasNoData ? `${payload.AlarmName} has no data` : payload.AlarmName,
    summary: [payload.AlarmDescription, payload.NewStateReason].filter((t) => t !== null).join('\n') || null,
    severity: hasNoData ? 'warning' : null,
    startsAt: status === AlertStatus.firing ? payload.StateChangeTime : null,
    endsAt: payload.StateChangeTime,
    labels: {
      ...labels,
      ...present({
        alertname: payload.AlarmName,
        metric,
        namespace,
        account: payload.AWSAccountId,
        region: region ?? payload.Region,
      }),
    },
    annotations: present({ reason: payload.NewStateReason, description: payload.AlarmDescription }),
    machines,
    link: region === null ? null : consoleLink(region, payload.AlarmName ?? ''),
    value: measuredIn(payload.NewStateReason),
  });
  return { kind: 'alerts', alerts: [alert], id };
};

const pairsOf = (dimensions: readonly z.infer<typeof dimension>[]): Record<string, string> =>
  present(
    Object.fromEntries(dimensions.flatMap(({ name, value }) => (name === null ? [] : [[name, value]]))),
  );

/** `… 1 datapoint [95.0 (20/11/24 20:34:00)] was greater …`: the newest datapoint stands first. */
const measuredIn = (reason: string | null): string | null =>
  /datapoints?[^[]*\[(-?[\d.]+(?:E-?\d+)?)/i.exec(reason ?? '')?.[1] ?? null;

const consoleLink = (region: string, name: string): string => {
  const home = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${home}#alarmsV2:alarm/${encodeURIComponent(name)}`;
};
