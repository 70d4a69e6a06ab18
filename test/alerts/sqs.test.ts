import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PayloadReader } from '../../src/alerts/hook-reader.ts';
import { SnsCertificates } from '../../src/alerts/sns-certificates.ts';
import { SqsPoller } from '../../src/alerts/sqs.ts';
import type { AlertDelivery, AlertIntake, IntakeOutcome } from '../../src/ports/alert-intake.ts';
import { makeRig, type Rig } from '../flow/rig.ts';

const alarm = {
  AlarmName: 'cpu',
  NewStateValue: 'ALARM',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:cpu',
  Trigger: { Dimensions: [{ name: 'InstanceId', value: 'i-0d0721c7f97545d43' }] },
};

let rig: Rig;
let far: FauxqsServer;
let poller: SqsPoller;
let taken: AlertDelivery[];
let outcome: () => Promise<IntakeOutcome>;

beforeEach(async () => {
  rig = await makeRig();
  far = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, messageSpies: true });
  const { queueUrl } = far.createQueue('alarms');
  far.createTopic('cloudwatch-alarms');
  far.subscribe({ topic: 'cloudwatch-alarms', queue: 'alarms' });
  taken = [];
  outcome = async () => ({ kind: 'stored', incidents: [1] });
  const intake: AlertIntake = {
    receive: async (_, delivery) => {
      const came = await outcome();
      taken.push(delivery);
      return came;
    },
    preview: () => Promise.reject(new Error('nobody asks for that here')),
  };
  const fetcher = () => Promise.reject(new Error('there is no network here'));
  const now = () => rig.clock.now();
  const certificates = new SnsCertificates({ fetcher, now });
  const endpoint = `http://127.0.0.1:${far.port}`;
  poller = new SqsPoller({
    queueUrl,
    region: 'us-east-1',
    endpoint,
    home: { surface: 'slack', channel: 'C1' },
    reader: new PayloadReader({ mappings: {}, certificates, fetcher, now }),
    intake,
    store: rig.store,
    redact: (text) => text.replaceAll('hunter2', '[redacted: password]'),
    now,
    log: rig.log,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
});
afterEach(async () => {
  await poller.stop();
  await far.stop();
  await rig.dispose();
});

const publish = async (message: string): Promise<void> => {
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:cloudwatch-alarms',
    Message: message,
  });
  const answer = await fetch(`http://127.0.0.1:${far.port}/`, { method: 'POST', body: form });
  expect(answer.status).toBe(200);
};
const consumed = () => far.spy.waitForMessage({ service: 'sqs', queueName: 'alarms' }, 'consumed');

describe('the queue of alarms', () => {
  it('brings what a topic tells, and a message is deleted once it is stored', async () => {
    await poller.start();
    const gone = consumed();
    await publish(JSON.stringify(alarm));
    await gone;
    expect(taken).toMatchObject([
      { via: 'sqs', source: 'cloudwatch', home: { surface: 'slack', channel: 'C1' } },
    ]);
    expect(taken[0]?.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('puts aside what it can not read, with its reason and without its secrets', async () => {
    await poller.start();
    const gone = consumed();
    await publish('not an alarm; the password is hunter2');
    await gone;
    const [parked, ...others] = await rig.store.listParked(10);
    expect(others).toEqual([]);
    expect(parked?.reason).toContain('no alarm of CloudWatch');
    expect(parked?.body).toContain('[redacted: password]');
    expect(taken).toEqual([]);
  });

  it('keeps a message that could not be stored, and one that there was no room for', async () => {
    const message = { MessageId: 'm1', Body: JSON.stringify(alarm) };
    outcome = () => Promise.reject(new Error('disk full'));
    await expect(poller.take(message)).rejects.toThrow('disk full');
    outcome = async () => ({ kind: 'busy', retryAfterMs: 1_000 });
    expect(await poller.take(message)).toBeUndefined();
    outcome = async () => ({ kind: 'repeated' });
    expect(await poller.take(message)).toBe(message);
  });

  it('is left in order by a server that stops, and stopping twice does no harm', async () => {
    await poller.start();
    await poller.stop();
    await poller.stop();
    await publish(JSON.stringify(alarm));
    expect(taken).toEqual([]);
    expect(far.inspectQueue('alarms')?.messages.ready).toHaveLength(1);
  });
});
