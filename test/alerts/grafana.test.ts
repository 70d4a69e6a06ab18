import { describe, expect, it } from 'vitest';
import { grafana } from '../../src/alerts/grafana.ts';
import { alertIn, now, problemOf } from './told-alerts.ts';

describe("Grafana's webhook", () => {
  it('is read as it is now, with the values of the rule', () => {
    const alert = {
      status: 'firing',
      labels: { alertname: 'High memory', host: 'web7', grafana_folder: 'ops' },
      annotations: { summary: 'Memory over 90 %' },
      startsAt: '2026-11-21T01:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      values: { A: 93.5, C: 1 },
      fingerprint: 'fp',
      panelURL: 'https://grafana.example.com/d/x?viewPanel=2',
      generatorURL: 'https://grafana.example.com/alerting/grafana/x/view',
    };
    const body = {
      receiver: 'n',
      status: 'firing',
      orgId: 1,
      groupKey: 'g',
      state: 'alerting',
      alerts: [alert],
    };
    expect(alertIn(grafana, body)).toMatchObject({
      source: 'grafana',
      key: 'fp',
      group: 'g',
      value: 'A=93.5, C=1',
      link: alert.panelURL,
      machines: [{ value: 'web7' }],
    });
  });

  it('is read as it was before Grafana 9, under one key from alerting to ok', () => {
    const rule = {
      ruleId: 7,
      orgId: 1,
      ruleName: 'Zeta CPU',
      ruleUrl: 'https://g.example.com/d/1',
      message: 'boom',
    };
    const match = { value: 97, metric: 'user', tags: { instance: 'zeta.example.com' } };
    const firing = alertIn(grafana, {
      ...rule,
      state: 'alerting',
      title: '[Alerting] Zeta',
      evalMatches: [match],
    });
    const over = alertIn(grafana, { ...rule, state: 'ok', title: '[OK] Zeta', evalMatches: [] });
    expect(firing).toMatchObject({
      title: 'Zeta CPU',
      summary: 'boom',
      value: 'user=97',
      machines: [{ value: 'zeta.example.com', from: 'evalMatches.tags.instance' }, { value: 'zeta' }],
    });
    expect(over).toMatchObject({ key: firing.key, status: 'resolved' });
  });

  it('says nothing of a rule that waits', () => {
    expect(grafana({ ruleId: 1, state: 'pending' }, now).kind).toBe('nothing');
  });

  it('is told from other payloads', () => {
    expect(problemOf(grafana, { foo: 1 })).toContain('neither a list "alerts"');
  });
});
