import { describe, expect, it } from 'vitest';
import { newrelic } from '../../src/alerts/newrelic.ts';
import { opsgenie } from '../../src/alerts/opsgenie.ts';
import { pagerduty } from '../../src/alerts/pagerduty.ts';
import { sentry } from '../../src/alerts/sentry.ts';
import { uptimekuma } from '../../src/alerts/uptimekuma.ts';
import { alertIn, alertsOf, now, problemOf } from './told-alerts.ts';

describe("PagerDuty's webhook", () => {
  const data = {
    id: 'PGR0VU2',
    type: 'incident',
    number: 2,
    status: 'triggered',
    title: 'The queue is long',
    created_at: '2026-11-21T01:00:00Z',
    html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
    urgency: 'high',
    service: { id: 'S1', summary: 'API', type: 'service_reference' },
    priority: null,
  };
  const event = (event_type: string, over = {}) => ({
    event: {
      id: 'e1',
      event_type,
      resource_type: 'incident',
      occurred_at: '2026-11-21T02:00:00Z',
      data: { ...data, ...over },
    },
  });

  it('is read by its event, which is the delivery too', () => {
    const told = pagerduty(event('incident.triggered'), now);
    expect(told).toMatchObject({ kind: 'alerts', id: 'e1' });
    expect(alertIn(pagerduty, event('incident.triggered'))).toMatchObject({
      key: 'PGR0VU2',
      status: 'firing',
      title: 'The queue is long',
      level: 'critical',
      labels: { service: 'API', urgency: 'high' },
      startsAt: Date.parse('2026-11-21T01:00:00Z'),
    });
  });

  it('follows the incident through its states', () => {
    expect(alertIn(pagerduty, event('incident.acknowledged', { status: 'acknowledged' })).status).toBe(
      'acknowledged',
    );
    expect(alertIn(pagerduty, event('incident.unacknowledged')).status).toBe('firing');
    expect(alertIn(pagerduty, event('incident.resolved', { status: 'resolved' }))).toMatchObject({
      status: 'resolved',
      endsAt: Date.parse('2026-11-21T02:00:00Z'),
    });
    // Who is assigned changes nothing of what is acknowledged.
    expect(alertIn(pagerduty, event('incident.reassigned', { status: 'acknowledged' })).status).toBe(
      'acknowledged',
    );
  });

  it('says nothing of notes, services and tests', () => {
    for (const one of [
      { event: { event_type: 'incident.annotated', data: { type: 'incident_note', content: 'x' } } },
      { event: { event_type: 'service.updated', data: { id: 'S1' } } },
      { event: { event_type: 'pagey.ping', data: { message: 'Hello' } } },
    ])
      expect(pagerduty(one, now).kind).toBe('nothing');
    expect(problemOf(pagerduty, { alerts: [] })).toContain('neither "event" nor an incident');
  });
});

describe("Sentry's webhook", () => {
  it('tells an event of an issue under the key by which the issue is resolved', () => {
    const happened = {
      action: 'triggered',
      data: {
        triggered_rule: 'Errors in production',
        event: {
          event_id: 'abc',
          issue_id: '77',
          title: 'TypeError: x is undefined',
          culprit: 'checkout.js',
          level: 'error',
          web_url: 'https://acme.sentry.io/issues/77/events/abc/',
          tags: [
            ['server_name', 'web7.example.com'],
            ['environment', 'prod'],
          ],
        },
      },
    };
    const fired = alertIn(sentry, happened);
    expect(fired).toMatchObject({
      status: 'firing',
      title: 'TypeError: x is undefined',
      labels: { environment: 'prod', rule: 'Errors in production' },
      machines: [{ value: 'web7.example.com', from: 'labels.server_name' }, { value: 'web7' }],
    });
    const resolved = {
      action: 'resolved',
      data: { issue: { id: '77', title: 'TypeError', status: 'resolved' } },
    };
    expect(alertIn(sentry, resolved)).toMatchObject({ key: fired.key, status: 'resolved' });
  });

  it('tells a metric alert by its own identifier', () => {
    const metric = (action: string) => ({
      action,
      data: {
        metric_alert: {
          id: '4',
          identifier: '4',
          date_started: '2026-11-21T01:00:00Z',
          alert_rule: { id: '9', name: 'Too many errors' },
        },
        description_title: `${action}: Too many errors`,
        description_text: '1000 events in 10 minutes',
        web_url: 'https://acme.sentry.io/alerts/4/',
      },
    });
    expect(alertIn(sentry, metric('critical'))).toMatchObject({
      title: 'Too many errors',
      level: 'critical',
    });
    expect(alertIn(sentry, metric('resolved'))).toMatchObject({
      key: alertIn(sentry, metric('critical')).key,
      status: 'resolved',
    });
  });

  it('says nothing of comments and installations, and tells other payloads', () => {
    expect(sentry({ action: 'created', data: { comment: 'hi' } }, now).kind).toBe('nothing');
    expect(problemOf(sentry, { foo: 1 })).toContain('"action"');
  });
});

describe("Uptime Kuma's webhook", () => {
  const monitor = {
    id: 3,
    name: 'Shop',
    type: 'http',
    url: 'https://shop.example.com/health',
    hostname: null,
    tags: [],
  };

  it('is down and up under one key', () => {
    const seen = (status: number) => ({
      heartbeat: { status, time: '2026-11-21 10:00:00', msg: 'timeout' },
      monitor,
      msg: '[Shop]',
    });
    const down = alertIn(uptimekuma, seen(0));
    expect(down).toMatchObject({ status: 'firing', title: 'Shop is down', level: 'critical' });
    expect(down.machines[0]).toMatchObject({ value: 'shop.example.com', from: 'monitor.url' });
    expect(alertIn(uptimekuma, seen(1))).toMatchObject({ key: down.key, status: 'resolved' });
    expect(uptimekuma(seen(3), now).kind).toBe('nothing');
  });

  it('shows a test, which is over as soon as it is told', () => {
    const told = alertsOf(uptimekuma, { heartbeat: null, monitor: null, msg: 'Ops Testing' });
    expect(told.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('tells of a certificate once, however many days are left', () => {
    const left = (days: number) => ({
      heartbeat: null,
      monitor: null,
      msg: `[Shop] certificate will expire in ${days} days`,
    });
    expect(alertIn(uptimekuma, left(7)).key).toBe(alertIn(uptimekuma, left(3)).key);
  });
});

describe("New Relic's webhook", () => {
  it('is read from a workflow, with the entities that it names', () => {
    const issue = {
      id: 'i1',
      issueUrl: 'https://one.newrelic.com/i1',
      title: 'CPU is high',
      priority: 'HIGH',
      state: 'ACTIVATED',
      impactedEntities: ['web7', 'web8'],
      createdAt: 1795225576000,
      alertPolicyNames: ['Production'],
      alertConditionNames: ['CPU > 90 %'],
    };
    expect(alertIn(newrelic, issue)).toMatchObject({
      key: '["issue","i1"]',
      status: 'firing',
      level: 'error',
      labels: { policy: 'Production', condition: 'CPU > 90 %' },
      machines: [{ value: 'web7' }, { value: 'web8' }],
    });
    expect(alertIn(newrelic, { ...issue, state: 'CLOSED' }).status).toBe('resolved');
  });

  it('is read from the classic channel', () => {
    const incident = {
      incident_id: 5,
      current_state: 'acknowledged',
      severity: 'CRITICAL',
      condition_name: 'Disk',
      details: 'full',
    };
    expect(alertIn(newrelic, incident)).toMatchObject({
      status: 'acknowledged',
      title: 'Disk',
      level: 'critical',
    });
    expect(problemOf(newrelic, { a: 1 })).toContain('"state"');
  });
});

describe("Opsgenie's webhook", () => {
  const alert = {
    alertId: 'a1',
    alias: 'disk-db1',
    message: 'Disk is full',
    tags: ['env:prod'],
    entity: 'db1',
    priority: 'P2',
  };

  it('follows an alert by its alias', () => {
    expect(alertIn(opsgenie, { action: 'Create', alert })).toMatchObject({
      key: '["alert","disk-db1"]',
      status: 'firing',
      level: 'error',
      labels: { env: 'prod', entity: 'db1' },
      machines: [{ value: 'db1' }],
    });
    expect(alertIn(opsgenie, { action: 'Acknowledge', alert }).status).toBe('acknowledged');
    expect(alertIn(opsgenie, { action: 'Close', alert }).status).toBe('resolved');
    expect(opsgenie({ action: 'AddNote', alert }, now).kind).toBe('nothing');
  });

  it('takes what is sent as to its own API', () => {
    const created = { message: 'Disk is full', alias: 'disk-db1', details: { host: 'db1' }, priority: 'P1' };
    expect(alertIn(opsgenie, created)).toMatchObject({ key: '["alert","disk-db1"]', level: 'critical' });
    expect(problemOf(opsgenie, { foo: 1 })).toContain('"message"');
  });
});
