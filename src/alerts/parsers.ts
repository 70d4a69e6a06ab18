import type { AlertSource } from '../core/alert.ts';
import { alertmanager } from './alertmanager.ts';
import { cloudwatch } from './cloudwatch.ts';
import { grafana } from './grafana.ts';
import type { AlertParser } from './told.ts';

/** One for each source that needs no mapping. */
export const parsers: Readonly<Partial<Record<AlertSource, AlertParser>>> = {
  alertmanager,
  cloudwatch,
  grafana,
};
