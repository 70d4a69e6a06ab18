import { describe, expect, it } from 'vitest';
import { cloudwatch } from '../../src/alerts/cloudwatch.ts';
import { alertIn, problemOf } from './told-alerts.ts';

const alarm = {
  AlarmName: 'cpu-high-db1',
  AlarmDescription: 'The CPU is busy for long',
  AWSAccountId: '123456789012',
  AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu-high-db1',
  NewStateValue: 'ALARM',
  OldStateValue: 'OK',
  NewStateReason:
    'Threshold Crossed: 1 datapoint [97.5 (20/11/26 20:34:00)] was greater than the threshold (90.0).',
  StateChangeTime: '2026-11-20T20:35:33.000+0000',
  Region: 'EU (Ireland)',
  Trigger: {
    MetricName: 'CPUUtilization',
    Namespace: 'AWS/EC2',
    Dimensions: [{ name: 'InstanceId', value: 'i-0d0721c7f97545d43' }],
    Threshold: 90,
    Unit: null,
  },
};

describe("CloudWatch's alarms", () => {
  it('are read with their machine, region, time and measured value', () => {
    expect(alertIn(cloudwatch, alarm)).toMatchObject({
      key: alarm.AlarmArn,
      status: 'firing',
      title: 'cpu-high-db1',
      startsAt: Date.parse('2026-11-20T20:35:33Z'),
      value: '97.5',
      labels: { InstanceId: 'i-0d0721c7f97545d43', metric: 'CPUUtilization', region: 'eu-west-1' },
      machines: [{ kind: 'instance', value: 'i-0d0721c7f97545d43', from: 'Trigger.Dimensions.InstanceId' }],
      link: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/cpu-high-db1',
    });
  });

  it('are over when they are OK, under the same key', () => {
    const over = alertIn(cloudwatch, { ...alarm, NewStateValue: 'OK', OldStateValue: 'ALARM' });
    expect(over).toMatchObject({ key: alarm.AlarmArn, status: 'resolved', startsAt: null });
    expect(over.endsAt).toBe(Date.parse('2026-11-20T20:35:33Z'));
  });

  it('without data are told as that', () => {
    expect(alertIn(cloudwatch, { ...alarm, NewStateValue: 'INSUFFICIENT_DATA' })).toMatchObject({
      status: 'firing',
      title: 'cpu-high-db1 has no data',
      level: 'warning',
    });
  });

  it('made of a metric formula name their machine too', () => {
    const metric = { MetricName: 'mem', Namespace: 'CWAgent', Dimensions: [{ name: 'host', value: 'db1' }] };
    const trigger = {
      Metrics: [
        { Id: 'e1', Expression: 'm1*2' },
        { Id: 'm1', MetricStat: { Metric: metric } },
      ],
    };
    const [machine] = alertIn(cloudwatch, { ...alarm, Trigger: trigger }).machines;
    expect(machine).toMatchObject({ kind: 'name', value: 'db1' });
  });

  it('come from EventBridge in other words', () => {
    const event = {
      id: '2f1ecf5c',
      'detail-type': 'CloudWatch Alarm State Change',
      account: '123456789012',
      region: 'us-east-1',
      time: '2026-11-20T20:35:33Z',
      resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:disk'],
      detail: {
        alarmName: 'disk',
        state: { value: 'ALARM', reason: 'Threshold Crossed' },
        configuration: {
          metrics: [
            { metricStat: { metric: { name: 'disk', dimensions: { InstanceId: 'i-0123456789abcdef0' } } } },
          ],
        },
      },
    };
    expect(alertIn(cloudwatch, event)).toMatchObject({
      key: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:disk',
      status: 'firing',
      machines: [{ kind: 'instance', value: 'i-0123456789abcdef0' }],
    });
  });

  it('are told from what else a topic carries', () => {
    expect(problemOf(cloudwatch, { Event: 'autoscaling:EC2_INSTANCE_LAUNCH' })).toContain('"AlarmName"');
    expect(problemOf(cloudwatch, { 'detail-type': 'EC2 Spot Interruption' })).toContain(
      'EC2 Spot Interruption',
    );
  });
});
