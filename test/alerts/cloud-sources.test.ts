import { describe, expect, it } from 'vitest';
import { azure } from '../../src/alerts/azure.ts';
import { google } from '../../src/alerts/google.ts';
import { alertIn, problemOf } from './told-alerts.ts';

const machine = '/subscriptions/s1/resourcegroups/Web/providers/microsoft.compute/virtualmachines/web01';

describe("Azure Monitor's webhook", () => {
  const common = (monitorCondition: string) => ({
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: '/subscriptions/s1/providers/Microsoft.AlertsManagement/alerts/a1',
        alertRule: 'CPU is high',
        severity: 'Sev1',
        signalType: 'Metric',
        monitorCondition,
        alertTargetIDs: [machine],
        configurationItems: ['web01'],
        firedDateTime: '2026-11-21T01:00:00Z',
        resolvedDateTime: monitorCondition === 'Resolved' ? '2026-11-21T02:00:00Z' : undefined,
        description: 'Over 90 %',
      },
      alertContext: {
        condition: { allOf: [{ metricName: 'Percentage CPU', metricValue: 97, dimensions: [] }] },
      },
      customProperties: { team: 'core' },
    },
  });

  it('tells by the tracking id of a service’s event that it is over, though each of its events fires', () => {
    const event = (status: string, alertId: string) => {
      const { data, ...rest } = common('Fired');
      const essentials = { signalType: 'Activity Log', alertTargetIDs: ['/subscriptions/s1'] };
      const named = { alertId, configurationItems: ['s1'], alertRule: 'health' };
      const properties = { title: 'Virtual Machines: outage', trackingId: 'T1' };
      const alertContext = { status, correlationId: 'c', properties, condition: null };
      return {
        ...rest,
        data: { ...data, essentials: { ...data.essentials, ...essentials, ...named }, alertContext },
      };
    };
    const begun = alertIn(azure, event('Active', 'a1'));
    const over = alertIn(azure, event('Resolved', 'a2'));
    expect(begun).toMatchObject({
      ...{ status: 'firing', title: 'health: Virtual Machines: outage', machines: [] },
    });
    expect(over).toMatchObject({ status: 'resolved', key: begun.key, group: begun.group });
  });

  it('names what a search of logs measured, or the number alone', () => {
    const measured = (part: object) => {
      const { data, ...rest } = common('Fired');
      const alertContext = { properties: null, condition: { allOf: [{ metricValue: 26.3, ...part }] } };
      return alertIn(azure, { ...rest, data: { ...data, alertContext } }).value;
    };
    expect(measured({ metricMeasureColumn: 'CounterValue' })).toBe('CounterValue=26.3');
    expect(measured({ metricMeasureColumn: null })).toBe('26.3');
  });

  it('is read by the common schema, whose Sev1 is an error', () => {
    expect(alertIn(azure, common('Fired'))).toMatchObject({
      status: 'firing',
      title: 'CPU is high',
      severity: 'Sev1',
      level: 'error',
      value: 'Percentage CPU=97',
      labels: { team: 'core', resource_group: 'Web' },
      machines: [{ kind: 'name', value: 'web01', from: 'alertTargetIDs' }],
    });
    expect(alertIn(azure, common('Resolved'))).toMatchObject({
      key: alertIn(azure, common('Fired')).key,
      status: 'resolved',
      endsAt: Date.parse('2026-11-21T02:00:00Z'),
    });
  });

  it('is read in its classic form', () => {
    const classic = {
      schemaId: 'AzureMonitorMetricAlert',
      data: {
        status: 'Activated',
        context: {
          id: 'x',
          name: 'CPU',
          severity: '0',
          timestamp: '2026-11-21T01:00:00Z',
          resourceId: machine,
        },
      },
    };
    expect(alertIn(azure, classic)).toMatchObject({
      status: 'firing',
      level: 'critical',
      machines: [{ value: 'web01' }],
    });
  });

  it('names a machine of a scale set, and none where the target is none', () => {
    const of = (target: string) => ({
      data: {
        essentials: { ...common('Fired').data.essentials, alertTargetIDs: [target], configurationItems: [] },
      },
    });
    const set =
      '/subscriptions/s1/resourceGroups/r/providers/Microsoft.Compute/virtualMachineScaleSets/pool/virtualMachines/3';
    expect(alertIn(azure, of(set)).machines).toMatchObject([{ value: 'pool_3' }]);
    const account = '/subscriptions/s1/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/acc';
    expect(alertIn(azure, of(account)).machines).toEqual([]);
  });

  it('is told from other payloads', () => {
    expect(problemOf(azure, { data: { essentials: {} } })).toContain('monitorCondition');
    expect(problemOf(azure, { hello: 1 })).toContain('data.essentials');
  });
});

describe("Google's webhook", () => {
  const incident = {
    incident_id: '0.abc',
    policy_name: 'CPU is high',
    condition_name: 'VM instance CPU',
    state: 'open',
    severity: 'Critical',
    started_at: 1795225576,
    ended_at: null,
    resource: { type: 'gce_instance', labels: { instance_id: '8979287136362607111', zone: 'us-central1-c' } },
    metric: { type: 'cpu', labels: { instance_name: 'web7' } },
    observed_value: '0.97',
    url: 'https://console.cloud.google.com/x',
    summary: 'CPU is 97 %',
  };

  it('is read with its machine by name and by id', () => {
    expect(alertIn(google, { version: '1.2', incident })).toMatchObject({
      key: '["incident","0.abc"]',
      status: 'firing',
      level: 'critical',
      startsAt: 1795225576000,
      value: '0.97',
      machines: [
        { kind: 'name', value: 'web7', from: 'metric.labels.instance_name' },
        { kind: 'instance', value: '8979287136362607111', from: 'resource.labels.instance_id' },
      ],
    });
    expect(alertIn(google, { incident: { ...incident, state: 'closed', ended_at: 1795225600 } }).status).toBe(
      'resolved',
    );
  });

  it('is read through Pub/Sub', () => {
    const data = Buffer.from(JSON.stringify({ version: '1.2', incident })).toString('base64');
    expect(alertIn(google, { message: { data }, subscription: 'projects/p/subscriptions/s' }).title).toBe(
      'CPU is high',
    );
    expect(problemOf(google, { message: { data: '%' }, subscription: 's' })).toContain('Base64');
    expect(problemOf(google, { incident: 'none' })).toContain('"incident"');
  });
});
