import type { AlertSource } from '../core/alert.ts';
import { alertmanager } from './alertmanager.ts';
import { azure } from './azure.ts';
import { cloudwatch } from './cloudwatch.ts';
import { datadog } from './datadog.ts';
import { elastic } from './elastic.ts';
import { google } from './google.ts';
import { grafana } from './grafana.ts';
import { newrelic } from './newrelic.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { sentry } from './sentry.ts';
import type { AlertParser } from './told.ts';
import { uptimekuma } from './uptimekuma.ts';
import { zabbix } from './zabbix.ts';

/** Sources whose payloads need no mapping. */
export type KnownSource = Exclude<AlertSource, 'generic' | 'watch'>;

export const parsers: Readonly<Record<KnownSource, AlertParser>> = {
  alertmanager,
  azure,
  cloudwatch,
  datadog,
  elastic,
  google,
  grafana,
  newrelic,
  opsgenie,
  pagerduty,
  sentry,
  uptimekuma,
  zabbix,
};
