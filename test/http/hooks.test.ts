import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PayloadReader } from '../../src/alerts/hook-reader.ts';
import { SnsCertificates } from '../../src/alerts/sns-certificates.ts';
import type { Alert } from '../../src/core/alert.ts';
import { Hooks, type HookWish } from '../../src/flow/hooks.ts';
import { localActor } from '../../src/http/access.ts';
import { hookRoutes } from '../../src/http/hooks.ts';
import { hookBodyBytesMax, hookPerSecondMax } from '../../src/http/limits.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { httpServer } from '../../src/http/server.ts';
import type { AlertDelivery, AlertIntake, IntakeOutcome } from '../../src/ports/alert-intake.ts';
import { StoreUnavailableError } from '../../src/ports/store.ts';
import { makeRig, type Rig } from '../flow/rig.ts';

const payload = {
  version: '4',
  groupKey: 'g',
  alerts: [{ status: 'firing', labels: { alertname: 'DiskFull', instance: 'db1:9100' }, fingerprint: 'f1' }],
};

/** Takes everything, and remembers it; or does what a test says. */
class NotedIntake implements AlertIntake {
  readonly taken: { alerts: readonly Alert[]; delivery: AlertDelivery }[] = [];
  outcome: () => Promise<IntakeOutcome> = async () => ({ kind: 'stored', incidents: [7] });

  async receive(alerts: readonly Alert[], delivery: AlertDelivery): Promise<IntakeOutcome> {
    const outcome = await this.outcome();
    this.taken.push({ alerts, delivery });
    return outcome;
  }

  async preview(): Promise<never> {
    throw new Error('nobody asks for that here');
  }
}

let rig: Rig;
let app: FastifyInstance;
let hooks: Hooks;
let intake: NotedIntake;

beforeEach(async () => {
  rig = await makeRig();
  const { store, clock, log } = rig;
  intake = new NotedIntake();
  hooks = new Hooks({ store, roster: () => rig.terms.policy.roster, mappings: ['backup'] });
  const fetcher = async (): Promise<Buffer> => {
    throw new Error('there is no network here');
  };
  const now = () => clock.now();
  const mappings = { backup: { key: 'job', title: '"Backup of " & job & " failed"', machine: 'host' } };
  const certificates = new SnsCertificates({ fetcher, now });
  const reader = new PayloadReader({ mappings, certificates, fetcher, now });
  const metrics = new Metrics({ store, connectedAgents: () => 0 });
  app = httpServer({ log, metrics, readiness: async () => [] });
  await app.register(hookRoutes({ hooks, reader, intake, clock, log, rate: { burst: 5, perSecond: 1 } }));
});
afterEach(async () => {
  await app.close();
  await rig.dispose();
});

const owner = localActor('ada');
const addHook = async (
  wish: Partial<HookWish> & { source: string },
): Promise<{ url: string; id: string }> => {
  const added = await hooks.add(owner, { secret: null, home: null, mapping: null, topic: null, ...wish });
  if (added.kind === 'refused') throw new Error(added.sentence.text);
  return { url: `/hooks/${wish.source}/${added.token}`, id: added.hook.id };
};
const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body instanceof Buffer || typeof body === 'string' ? body : JSON.stringify(body),
  });
const codeOf = (answer: { json(): { error?: { code: string } } }): string | undefined =>
  answer.json().error?.code;

describe('a delivery at a hook', () => {
  it('is answered once it is stored, with its incidents', async () => {
    const { url, id } = await addHook({ source: 'alertmanager', home: { surface: 'slack', channel: 'C1' } });
    const answer = await post(url, payload);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ alerts: 1, isRepeated: false, incidents: [7] });
    const [{ alerts, delivery } = { alerts: [], delivery: null }] = intake.taken;
    expect(alerts).toMatchObject([{ key: 'f1', group: 'g', machines: [{ value: 'db1' }] }]);
    expect(delivery).toEqual({
      via: id,
      source: 'alertmanager',
      id: null,
      raw: JSON.stringify(payload),
      home: { surface: 'slack', channel: 'C1' },
    });
  });

  it('finds its hook without asking the store each time, and none any more once that is removed', async () => {
    const { url, id } = await addHook({ source: 'alertmanager' });
    const asked = vi.spyOn(rig.store, 'hookByToken');
    expect([(await post(url, payload)).statusCode, (await post(url, payload)).statusCode]).toEqual([
      200, 200,
    ]);
    expect(asked).toHaveBeenCalledTimes(1);
    await hooks.remove(owner, id);
    expect(codeOf(await post(url, payload))).toBe('hook_unknown');
  });

  it('gets no 2xx where the database can not be written, but a time to come again', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    intake.outcome = () => Promise.reject(new StoreUnavailableError(new Error('disk full')));
    const answer = await post(url, payload);
    expect([answer.statusCode, codeOf(answer)]).toEqual([503, 'hook_store_down']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('is told to wait where too many wait already', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    intake.outcome = async () => ({ kind: 'busy', retryAfterMs: 2_500 });
    const answer = await post(url, payload);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '3']);
  });

  it('may be packed, and is told where it lies about that', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const packed = gzipSync(JSON.stringify(payload));
    expect((await post(url, packed, { 'content-encoding': 'gzip' })).statusCode).toBe(200);
    expect(intake.taken[0]?.delivery.raw).toBe(JSON.stringify(payload));
    expect(codeOf(await post(url, 'no gzip', { 'content-encoding': 'gzip' }))).toBe('hook_unpacking');
    expect((await post(url, packed, { 'content-encoding': 'zstd' })).statusCode).toBe(415);
  });

  it('may be text/plain, as SNS says, or of no type, but no form', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    expect((await post(url, payload, { 'content-type': 'text/plain; charset=UTF-8' })).statusCode).toBe(200);
    expect((await post(url, payload, { 'content-type': 'application/vnd.x+json' })).statusCode).toBe(200);
    const form = await post(url, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([form.statusCode, codeOf(form)]).toEqual([415, 'hook_content_type']);
  });

  it('that is none of its source says what is missing, and nothing of it is kept', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const answer = await post(url, { hello: 'world' });
    expect([answer.statusCode, codeOf(answer)]).toEqual([422, 'hook_foreign']);
    expect(answer.json().error.message).toContain('no list "alerts"');
    expect(intake.taken).toEqual([]);
  });

  it('that tells of nothing wrong is taken with a note', async () => {
    const { url } = await addHook({ source: 'pagerduty' });
    const answer = await post(url, { event: { id: '1', event_type: 'pagey.ping', data: {} } });
    expect([answer.statusCode, answer.json().alerts]).toEqual([200, 0]);
  });

  it('of a generic hook is read by its mapping', async () => {
    const { url } = await addHook({ source: 'generic', mapping: 'backup' });
    expect((await post(url, { job: 'nightly', host: 'db1' })).statusCode).toBe(200);
    expect(intake.taken[0]?.alerts).toMatchObject([
      { key: 'nightly', title: 'Backup of nightly failed', machines: [{ value: 'db1' }] },
    ]);
    expect((await post(url, { host: 'db1' })).json().error.message).toContain('"key" gives no text');
  });
});

describe('what is made to hurt', () => {
  it('is refused where it is too large, also where it only unpacks to that', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const large = await post(url, Buffer.alloc(hookBodyBytesMax + 1, 'a'));
    expect([large.statusCode, codeOf(large)]).toEqual([413, 'hook_too_big']);
    const bomb = gzipSync(Buffer.alloc(hookBodyBytesMax * 20));
    const answer = await post(url, bomb, { 'content-encoding': 'gzip' });
    expect([answer.statusCode, codeOf(answer)]).toEqual([413, 'hook_too_big']);
  });

  it('is refused where it is nested without end, before anybody walks into it', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const deep = await post(url, '['.repeat(500_000) + ']'.repeat(500_000));
    expect([deep.statusCode, codeOf(deep)]).toEqual([413, 'hook_too_deep']);
    const inText = await post(
      url,
      JSON.stringify({ alerts: [{ labels: { alertname: '['.repeat(5_000) } }] }),
    );
    expect(inText.statusCode).toBe(200);
  });

  it('is refused where it is no JSON or no text', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    for (const body of ['', '{"alerts": [', Buffer.from([0xff, 0xfe, 0x00])]) {
      const answer = await post(url, body);
      expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'hook_not_json']);
    }
  });

  it('changes no prototype', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const body = '{"alerts":[{"labels":{"alertname":"A","__proto__":"x"},"__proto__":{"polluted":1}}]}';
    expect((await post(url, body)).statusCode).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('comes too fast for one hook, which others do not feel', async () => {
    const [one, other] = [await addHook({ source: 'alertmanager' }), await addHook({ source: 'grafana' })];
    for (let i = 0; i < 5; i++) expect((await post(one.url, payload)).statusCode).toBe(200);
    const over = await post(one.url, payload);
    expect([over.statusCode, codeOf(over), over.headers['retry-after']]).toEqual([429, 'hook_too_fast', '1']);
    expect((await post(other.url, payload)).statusCode).toBe(200);
    rig.clock.step(1_000);
    expect((await post(one.url, payload)).statusCode).toBe(200);
    expect(hookPerSecondMax).toBeGreaterThanOrEqual(1_000);
  });
});

describe('who may send', () => {
  it('is whoever has the token, and nobody after it was removed', async () => {
    const { url, id } = await addHook({ source: 'alertmanager' });
    expect((await post(url, payload)).statusCode).toBe(200);
    expect((await hooks.remove(owner, id)).kind).toBe('removed');
    const answer = await post(url, payload);
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, 'hook_unknown']);
  });

  it('is told of the wrong source in the address', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const answer = await post(url.replace('alertmanager', 'grafana'), payload);
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, 'hook_other_source']);
  });

  it('is not kept from sending by a neighbour who guesses', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const codes = [];
    for (let i = 0; i < 25; i++)
      codes.push((await post(`/hooks/alertmanager/guess${i}`, payload)).statusCode);
    expect(codes).toContain(404);
    expect(codes.at(-1)).toBe(429);
    expect((await post(url, payload)).statusCode).toBe(200);
  });

  it('is known by a token that stands nowhere in the database', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const kept = JSON.stringify([await hooks.list(), await rig.store.listAudit(0, 100)]);
    expect(kept).not.toContain(url.split('/').at(-1));
  });

  it('has signed it, where the source signs', async () => {
    const secret = 'a secret of ours';
    const sign = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
    const pagerduty = await addHook({ source: 'pagerduty', secret });
    const event = JSON.stringify({
      event: {
        id: 'e1',
        event_type: 'incident.triggered',
        data: { id: 'P1', status: 'triggered', title: 'T' },
      },
    });
    const good = { 'x-pagerduty-signature': `v1=${'0'.repeat(64)},v1=${sign(event)}` };
    expect((await post(pagerduty.url, event, good)).statusCode).toBe(200);
    expect(intake.taken[0]?.delivery.id).toBe('e1');
    const changed = await post(pagerduty.url, event.replace('"T"', '"U"'), good);
    expect([changed.statusCode, codeOf(changed)]).toEqual([401, 'hook_unproven']);
    expect((await post(pagerduty.url, event)).statusCode).toBe(401);

    const sentry = await addHook({ source: 'sentry', secret });
    const issue = JSON.stringify({ action: 'created', data: { issue: { id: '1', title: 'E' } } });
    const headers = { 'sentry-hook-signature': sign(issue), 'request-id': 'r1' };
    expect((await post(sentry.url, issue, headers)).statusCode).toBe(200);
    expect(intake.taken[1]?.delivery.id).toBe('r1');

    const grafana = await addHook({ source: 'grafana', secret });
    const body = JSON.stringify(payload);
    const at = String(Math.floor(rig.clock.now() / 1_000));
    const signed = (stamp: string) => ({
      'x-grafana-alerting-signature': sign(`${stamp}:${body}`),
      'x-grafana-alerting-signature-timestamp': stamp,
    });
    expect((await post(grafana.url, body, signed(at))).statusCode).toBe(200);
    const old = String(Number(at) - 7_200);
    expect((await post(grafana.url, body, signed(old))).json().error.message).toContain('too long ago');
    expect((await post(grafana.url, body, { 'x-grafana-alerting-signature': sign(body) })).statusCode).toBe(
      200,
    );
  });

  it('shows the secret itself, where the source can send headers', async () => {
    const { url } = await addHook({ source: 'uptimekuma', secret: 'a secret of ours' });
    const seen = { heartbeat: { status: 0, time: '2026-11-21 10:00:00' }, monitor: { id: 1, name: 'db1' } };
    expect((await post(url, seen)).statusCode).toBe(401);
    expect((await post(url, seen, { authorization: 'Bearer another' })).statusCode).toBe(401);
    expect((await post(url, seen, { authorization: 'Bearer a secret of ours' })).statusCode).toBe(200);
    expect((await post(url, seen, { 'x-nerdy-secret': 'a secret of ours' })).statusCode).toBe(200);
  });

  it('posts: a browser that looks there is told so', async () => {
    const { url } = await addHook({ source: 'alertmanager' });
    const answer = await app.inject({ method: 'GET', url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST']);
  });
});
