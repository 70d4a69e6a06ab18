import type { Alert } from '../../src/core/alert.ts';
import type { AlertDelivery } from '../../src/ports/alert-intake.ts';

/** Alerts for tests: ordinary ones, of which each test says only what it is about. */

export const anAlert = (over: Partial<Alert> = {}): Alert => ({
  source: 'alertmanager',
  key: 'disk of db1',
  group: 'disk',
  status: 'firing',
  title: 'HostOutOfDiskSpace',
  summary: 'Disk is almost full: 3 % left',
  severity: 'warning',
  level: 'warning',
  startsAt: null,
  endsAt: null,
  labels: { alertname: 'HostOutOfDiskSpace', instance: 'db1:9100' },
  annotations: {},
  machines: [{ kind: 'name', value: 'db1', from: 'labels.instance' }],
  link: null,
  value: null,
  ...over,
});

export const aDelivery = (over: Partial<AlertDelivery> = {}): AlertDelivery => ({
  via: 'hook-1',
  source: 'alertmanager',
  id: null,
  raw: '{}',
  home: null,
  ...over,
});
