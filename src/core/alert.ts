import type { Instant } from './task.ts';

/** Where alerts come from: the name in a hook's address. `watch` is our own scheduled checks. */
export const AlertSource = {
  alertmanager: 'alertmanager',
  azure: 'azure',
  cloudwatch: 'cloudwatch',
  datadog: 'datadog',
  elastic: 'elastic',
  /** By a mapping in nerdyops.yml. */
  generic: 'generic',
  google: 'google',
  grafana: 'grafana',
  newrelic: 'newrelic',
  opsgenie: 'opsgenie',
  pagerduty: 'pagerduty',
  sentry: 'sentry',
  uptimekuma: 'uptimekuma',
  watch: 'watch',
  zabbix: 'zabbix',
} as const;
export type AlertSource = (typeof AlertSource)[keyof typeof AlertSource];

export const AlertStatus = {
  firing: 'firing',
  /** Somebody has said in the source itself that they look at it. It fires still. */
  acknowledged: 'acknowledged',
  resolved: 'resolved',
} as const;
export type AlertStatus = (typeof AlertStatus)[keyof typeof AlertStatus];

/** The sources' many severities on one scale, worst first. */
export const Severity = { critical: 'critical', error: 'error', warning: 'warning', info: 'info' } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** A word of the alert that may be a machine, with port and URL cut off. */
export interface MachineHint {
  /** `instance`: a cloud's own id of it (`i-0d07…`). */
  kind: 'name' | 'address' | 'instance';
  value: string;
  /** Where it was read, for people: `labels.instance`, `Trigger.Dimensions.InstanceId`. */
  from: string;
}

/**
 * What monitoring told us of one thing that is wrong, whatever the source. All of its texts are that system's:
 * data, cut to the bounds of src/alerts/limits.ts, not yet redacted. Times are the source's own clock's.
 */
export interface Alert {
  source: AlertSource;
  /** The source's own key of this alert: the same each time it is told, firing or resolved. Unique within one hook. */
  key: string;
  /** What the source keeps together: alerts with one group make one incident. The key itself where it groups nothing. */
  group: string;
  status: AlertStatus;
  /** What is wrong, in a line: never empty. */
  title: string;
  /** The source's longer words; null for none. */
  summary: string | null;
  /** As the source says it (`page`, `P1`, `High`); null where it says none. */
  severity: string | null;
  /** The same on our scale; null where it can't be told. */
  level: Severity | null;
  /** When it began, by which two occurrences of one key are told apart; null where the source doesn't say. */
  startsAt: Instant | null;
  /** While it fires: until when it holds, unless it is told again. Null where the source doesn't say. */
  endsAt: Instant | null;
  /** What routes and silences match. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** What may be its machine, the likeliest first. */
  machines: MachineHint[];
  /** The source's own page of it, http or https; null for none. */
  link: string | null;
  /** What was measured, as the source says it; null where it doesn't. */
  value: string | null;
}
