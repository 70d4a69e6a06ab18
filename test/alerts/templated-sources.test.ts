import { describe, expect, it } from 'vitest';
import { datadog } from '../../src/alerts/datadog.ts';
import { elastic } from '../../src/alerts/elastic.ts';
import { zabbix } from '../../src/alerts/zabbix.ts';
import { alertIn, alertsOf, problemOf } from './told-alerts.ts';

describe("Datadog's webhook", () => {
  const ours = {
    alert_id: '1234',
    title: '[Triggered on {host:db1}] CPU is high',
    alert_transition: 'Triggered',
    alert_scope: 'host:db1,env:prod',
    hostname: 'db1',
    tags: 'env:prod,team:core',
    alert_type: 'error',
    priority: '$ALERT_PRIORITY',
    body: '%%%\n@webhook-nerdy\n\nCPU over 90 %\n%%%',
    date: '1795225576000',
    link: 'https://app.datadoghq.com/monitors/1234',
  };

  it('is read with its monitor, group, tags and machine', () => {
    expect(alertIn(datadog, ours)).toMatchObject({
      key: '["1234","host:db1,env:prod"]',
      group: '1234',
      status: 'firing',
      title: 'CPU is high',
      summary: 'CPU over 90 %',
      level: 'error',
      startsAt: 1795225576000,
      labels: { env: 'prod', team: 'core', host: 'db1' },
      machines: [{ value: 'db1', from: 'hostname' }],
    });
  });

  it('keeps its key when it recovers', () => {
    const over = { ...ours, title: '[Recovered on {host:db1}] CPU is high', alert_transition: 'Recovered' };
    expect(alertIn(datadog, over)).toMatchObject({ key: alertIn(datadog, ours).key, status: 'resolved' });
  });

  it('is read by its own template too, where only the title and a link say what it is', () => {
    const own = {
      id: '5485379890863845239',
      title: '[Recovered] Disk on web7',
      body: '[[Monitor Status](https://app.datadoghq.com/monitors#77?)]',
      event_type: 'service_check',
      date: '1591216985000',
    };
    expect(alertIn(datadog, own)).toMatchObject({ group: '77', status: 'resolved', title: 'Disk on web7' });
  });

  it('tells a warning and a lack of data by their transition', () => {
    const warned = { ...ours, alert_transition: 'Re-Warn', alert_type: 'warning' };
    expect(alertIn(datadog, warned)).toMatchObject({ status: 'firing', level: 'warning' });
    expect(alertIn(datadog, { ...ours, alert_transition: 'No Data', alert_type: '' }).level).toBe('warning');
  });

  it('is told from other payloads', () => {
    expect(problemOf(datadog, { hello: 'world' })).toContain('"title"');
    expect(problemOf(datadog, [1])).toContain('must be');
  });
});

describe("Zabbix's webhook", () => {
  const problem = {
    event_id: '4711',
    event_name: 'Disk space is low on /var',
    event_value: '1',
    trigger_id: '15',
    host: 'db1',
    host_ip: '10.0.3.7',
    event_severity: 'High',
    event_ack_status: 'No',
    event_tags: '[{"tag":"scope","value":"capacity"},{"tag":"noisy","value":""}]',
    message: 'It is at 95 %',
    zabbix_url: 'https://zabbix.example.com/',
    unfilled: '{HOST.DNS}',
  };

  it('is read with its event, trigger, host, severity and tags', () => {
    expect(alertIn(zabbix, problem)).toMatchObject({
      key: '["event","4711"]',
      group: '["trigger","15","db1"]',
      status: 'firing',
      title: 'Disk space is low on /var',
      summary: 'It is at 95 %',
      severity: 'High',
      level: 'error',
      labels: { scope: 'capacity', noisy: 'true', host: 'db1' },
      machines: [
        { kind: 'name', value: 'db1', from: 'host' },
        { kind: 'address', value: '10.0.3.7', from: 'host_ip' },
      ],
      link: 'https://zabbix.example.com/tr_events.php?triggerid=15&eventid=4711',
    });
  });

  it('is over under the same key, and acknowledged when somebody has said so', () => {
    expect(alertIn(zabbix, { ...problem, event_value: '0' })).toMatchObject({
      key: '["event","4711"]',
      status: 'resolved',
    });
    expect(alertIn(zabbix, { ...problem, event_ack_status: 'Yes' }).status).toBe('acknowledged');
  });

  it('takes the macros themselves as names, and severities as numbers', () => {
    const macros = { 'EVENT.ID': 9, 'EVENT.NAME': 'X', 'EVENT.NSEVERITY': '5', 'HOST.NAME': 'web7' };
    expect(alertIn(zabbix, macros)).toMatchObject({ title: 'X', severity: 'Disaster', level: 'critical' });
  });

  it('takes the events that a connector streams, whose ends name the problem that they end', () => {
    const hosts = [{ host: 'db1', name: 'db1' }];
    const began = { clock: 1795225576, value: 1, eventid: 42, name: 'CPU is high', severity: 4, hosts };
    const ended = { clock: 1795225600, value: 0, eventid: 43, p_eventid: 42, name: 'CPU is high', hosts };
    expect(alertsOf(zabbix, [began, ended])).toMatchObject([
      { key: '["event","42"]', status: 'firing', startsAt: 1795225576000, machines: [{ value: 'db1' }] },
      { key: '["event","42"]', status: 'resolved', endsAt: 1795225600000 },
    ]);
  });

  it('is told from other payloads', () => {
    expect(problemOf(zabbix, { alerts: [] })).toContain('event_id');
    expect(problemOf(zabbix, [{ a: 1 }])).toContain('none of its events');
  });
});

describe("Kibana's webhook", () => {
  const fired = {
    rule: {
      id: 'r1',
      name: 'CPU is high',
      tags: ['team:core', 'prod'],
      url: 'https://kibana.example.com/r1',
    },
    alert: { id: 'web7', actionGroup: 'threshold met' },
    context: { reason: 'CPU is 97 % on web7', host: { name: 'web7', ip: '10.0.3.9' } },
    date: '2026-11-21T01:22:03.000Z',
    severity: 'critical',
  };

  it('is read with its rule, reason and host', () => {
    expect(alertIn(elastic, fired)).toMatchObject({
      key: '["r1","web7"]',
      group: 'r1',
      status: 'firing',
      title: 'CPU is high',
      summary: 'CPU is 97 % on web7',
      level: 'critical',
      link: 'https://kibana.example.com/r1',
      labels: { team: 'core', prod: 'true', host: 'web7' },
    });
    expect(alertIn(elastic, fired).machines.map(({ value }) => value)).toEqual(['web7', '10.0.3.9']);
  });

  it('is over when its action group has recovered', () => {
    const over = { ...fired, alert: { id: 'web7', actionGroup: 'recovered' } };
    expect(alertIn(elastic, over)).toMatchObject({ key: '["r1","web7"]', status: 'resolved' });
  });

  it('says which fields its body lacks', () => {
    expect(problemOf(elastic, { alert: { actionGroup: '{{alert.actionGroup}}' } })).toContain('rule.name');
  });
});
