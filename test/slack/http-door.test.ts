import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChatRequest, ChatRoute } from '../../src/ports/chat-route.ts';
import type { Delivered, Delivery } from '../../src/slack/deliver.ts';
import { httpDoor } from '../../src/slack/http-door.ts';
import { signatureAgeMsMax } from '../../src/slack/limits.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { KeptLog } from './scene.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const clock = new SteppedClock();

const door = (
  answer: (delivery: Delivery) => Delivered = () => ({ kind: 'handled', response: undefined }),
  isOpen = true,
): { route: ChatRoute; taken: Delivery[] } => {
  const taken: Delivery[] = [];
  const onDelivery = async (delivery: Delivery): Promise<Delivered> => {
    taken.push(delivery);
    return answer(delivery);
  };
  return {
    route: httpDoor({ signingSecret, clock, log: new KeptLog(), onDelivery, isOpen: () => isOpen }),
    taken,
  };
};

const signed = (
  text: string,
  type = 'application/json',
  at = clock.now(),
  key = signingSecret,
): ChatRequest => {
  const seconds = String(Math.floor(at / 1_000));
  const digest = createHmac('sha256', key).update(`v0:${seconds}:${text}`).digest('hex');
  return {
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${digest}`,
    },
    body: Buffer.from(text),
  };
};

const form = 'application/x-www-form-urlencoded';

describe('the door for Slack over HTTP', () => {
  it('answers the challenge by which Slack checks the address', async () => {
    const { route } = door();
    const answer = await route.answer(signed('{"type":"url_verification","challenge":"3eZbrw1a"}'));
    expect(answer).toMatchObject({ status: 200, body: '{"challenge":"3eZbrw1a"}' });
  });

  it.each([
    ['with another secret', () => signed('{}', 'application/json', clock.now(), 'other')],
    ['that was recorded', () => signed('{}', 'application/json', clock.now() - signatureAgeMsMax - 1_000)],
    [
      'without a signature',
      () => ({ headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }),
    ],
    ['whose body was changed', () => ({ ...signed('{"a":1}'), body: Buffer.from('{"a":2}') })],
  ] as const)('lets nothing in %s', async (_, request) => {
    const { route, taken } = door();
    expect((await route.answer(request())).status).toBe(401);
    expect(taken).toEqual([]);
  });

  it('takes events, commands and interactions, each in its own form', async () => {
    const { route, taken } = door();
    await route.answer(signed('{"type":"event_callback","event_id":"Ev1"}'));
    await route.answer(signed('command=%2Fnerdy&text=check+memory', form));
    await route.answer(signed(`payload=${encodeURIComponent('{"type":"block_actions"}')}`, form));
    expect(taken.map(({ body }) => body)).toEqual([
      { type: 'event_callback', event_id: 'Ev1' },
      { command: '/nerdy', text: 'check memory' },
      { type: 'block_actions' },
    ]);
  });

  it('acknowledges with what belongs to it, and not what failed', async () => {
    const response = { response_action: 'errors', errors: { reason: 'Say why.' } };
    const { route } = door(() => ({ kind: 'handled', response }));
    expect(JSON.parse((await route.answer(signed('{}'))).body)).toEqual(response);
    const broken = door(() => ({ kind: 'failed', err: new Error('no commit') }));
    expect((await broken.route.answer(signed('{}'))).status).toBe(500);
  });

  it('takes nothing before we know who we are in Slack: it comes again', async () => {
    const { route, taken } = door(undefined, false);
    expect((await route.answer(signed('{}'))).status).toBe(503);
    expect(taken).toEqual([]);
  });

  it('says no to what is signed and can not be read', async () => {
    const { route } = door();
    for (const text of ['{', '[]', '"a"', 'null']) {
      expect((await route.answer(signed(text))).status).toBe(400);
    }
  });
});
