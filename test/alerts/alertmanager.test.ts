import { describe, expect, it } from 'vitest';
import { alertmanager } from '../../src/alerts/alertmanager.ts';
import { alertsInDeliveryMax } from '../../src/alerts/limits.ts';
import { alertIn, alertsOf, now, problemOf } from './told-alerts.ts';

const firing = {
  status: 'firing',
  labels: { alertname: 'DiskFull', instance: 'db1.example.com:9100', severity: 'page' },
  annotations: { summary: '/var is 97 % full', description: 'It grows by 1 GB an hour.' },
  startsAt: '2026-11-21T01:22:03Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph',
  fingerprint: 'b1c11497b32ce15e',
};
const notification = (alerts: unknown[]) => ({
  version: '4',
  groupKey: '{}:{alertname="DiskFull"}',
  status: 'firing',
  receiver: 'nerdy',
  groupLabels: { alertname: 'DiskFull' },
  commonLabels: { severity: 'page' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  truncatedAlerts: 0,
  alerts,
});

describe("Alertmanager's webhook", () => {
  it('is read with key, group, times, severity and machine', () => {
    expect(alertIn(alertmanager, notification([firing]))).toMatchObject({
      key: 'b1c11497b32ce15e',
      group: '{}:{alertname="DiskFull"}',
      status: 'firing',
      title: 'DiskFull: /var is 97 % full',
      summary: 'It grows by 1 GB an hour.',
      severity: 'page',
      level: 'critical',
      startsAt: Date.parse('2026-11-21T01:22:03Z'),
      endsAt: null,
      link: 'http://prometheus:9090/graph',
      machines: [
        { kind: 'name', value: 'db1.example.com', from: 'labels.instance' },
        { kind: 'name', value: 'db1' },
      ],
    });
  });

  it('tells each alert by its own status, not by the status of the group', () => {
    const over = { ...firing, status: 'resolved', endsAt: '2026-11-21T02:00:00Z', fingerprint: 'other' };
    const alerts = alertsOf(alertmanager, notification([firing, over]));
    expect(alerts.map(({ status, endsAt }) => [status, endsAt])).toEqual([
      ['firing', null],
      ['resolved', Date.parse('2026-11-21T02:00:00Z')],
    ]);
  });

  it('knows an alert without a fingerprint by its labels, in whatever order they stand', () => {
    const one = { ...firing, fingerprint: undefined, labels: { alertname: 'A', host: 'x' } };
    const other = { ...one, labels: { host: 'x', alertname: 'A' } };
    expect(alertIn(alertmanager, notification([one])).key).toBe(
      alertIn(alertmanager, notification([other])).key,
    );
  });

  it('takes what Prometheus posts to an Alertmanager, where only the end tells what is over', () => {
    const { status: _, fingerprint: __, ...posted } = firing;
    const ended = { ...posted, endsAt: new Date(now - 1_000).toISOString() };
    const goesOn = { ...posted, endsAt: new Date(now + 240_000).toISOString() };
    expect(alertsOf(alertmanager, [ended, goesOn]).map(({ status }) => status)).toEqual([
      'resolved',
      'firing',
    ]);
  });

  it('says of more alerts than are taken at once that they are too many, in either form', () => {
    const many = Array.from({ length: alertsInDeliveryMax + 1 }, () => ({}));
    expect(problemOf(alertmanager, many)).toMatch(/5000/);
    expect(problemOf(alertmanager, notification(many))).toMatch(/5000/);
  });

  it('takes one alert by itself, as some relays pass it on', () => {
    expect(alertIn(alertmanager, { ...firing, ...notification([]), alerts: undefined })).toMatchObject({
      key: 'b1c11497b32ce15e',
      group: '{}:{alertname="DiskFull"}',
      startsAt: Date.parse('2026-11-21T01:22:03Z'),
    });
  });

  it('takes fields that it does not know, and misses none that it could do without', () => {
    expect(
      alertIn(alertmanager, { alerts: [{ labels: { alertname: 'X' }, novel: { a: [1] } }] }),
    ).toMatchObject({
      title: 'X',
      status: 'firing',
      severity: null,
      startsAt: null,
      machines: [],
    });
  });

  it('says what is wrong with a payload that is none', () => {
    expect(problemOf(alertmanager, { hello: 'world' })).toContain('no list "alerts"');
    expect(problemOf(alertmanager, { alerts: 'many' })).toBe('"alerts" must be a list.');
    expect(problemOf(alertmanager, { alerts: [{ labels: ['a'] }] })).toContain('"alerts.0.labels"');
    expect(problemOf(alertmanager, 'a text')).toContain('must be a JSON object');
  });

  it('opens no link but one to the web', () => {
    const odd = { ...firing, generatorURL: 'javascript:alert(1)' };
    expect(alertIn(alertmanager, notification([odd])).link).toBeNull();
  });

  it('cuts what is too long and names long keys by their digest', () => {
    const long = { ...firing, fingerprint: 'f'.repeat(10_000), annotations: { summary: 's'.repeat(10_000) } };
    const alert = alertIn(alertmanager, notification([long]));
    expect(alert.key).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(alert.title.length).toBeLessThanOrEqual(300);
  });
});
