import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import { joined } from '../flow/rig.ts';
import { adasToken, type HttpRig, makeHttpRig, read } from './http-rig.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await makeHttpRig();
  await joined(rig, 'db1');
  await rig.incidents.intake.receive(
    [anAlert(), anAlert({ key: 'b', group: 'b', machines: [] })],
    aDelivery(),
  );
});
afterEach(() => rig.dispose());

const get = (path: string) => read(rig.call('GET', `/api/v1${path}`));
const post = (path: string, body: object = {}, headers: Record<string, string> = {}) =>
  read(rig.call('POST', `/api/v1${path}`, { body, headers }));

describe('the routes of alerts', () => {
  it('list the open ones, all, those in a state, and those of a machine', async () => {
    await rig.incidents.intake.receive([anAlert({ status: 'resolved' })], aDelivery());
    const numbers = async (query: string) =>
      (await get(`/alerts${query}`)).json.incidents.map((i: { number: number }) => i.number);
    expect(await numbers('')).toEqual([2]);
    expect(await numbers('?state=all')).toEqual([2, 1]);
    expect(await numbers('?state=resolved')).toEqual([1]);
    expect(await numbers('?state=all&machine=db1')).toEqual([1]);
    expect(await get('/alerts?state=odd')).toMatchObject({
      status: 400,
      json: { error: { code: 'input_invalid' } },
    });
  });

  it('show one, and say which number is none', async () => {
    expect(await get('/alerts/1')).toMatchObject({
      status: 200,
      json: { incident: { number: 1, machines: ['db1'] } },
    });
    expect(await get('/alerts/9')).toMatchObject({
      status: 404,
      json: { error: { code: 'incident_unknown' } },
    });
  });

  it('act in the name of who asked, once for a key', async () => {
    const headers = { 'idempotency-key': 'k', 'x-nerdy-user': 'ada' };
    const acked = await post('/alerts/1/acknowledge', {}, headers);
    expect(acked).toMatchObject({
      status: 200,
      json: { incident: { state: 'acknowledged', acknowledgedBy: 'ada' } },
    });
    expect((await post('/alerts/1/acknowledge', {}, headers)).json).toEqual(acked.json);
    expect(await post('/alerts/1/acknowledge')).toMatchObject({ status: 409 });
  });

  it('silence for a time within bounds, and end it', async () => {
    expect(await post('/alerts/1/silence', { forMs: 3_600_000 })).toMatchObject({
      json: { incident: { state: 'silenced' } },
    });
    expect(await post('/alerts/1/unsilence')).toMatchObject({ json: { incident: { state: 'firing' } } });
    expect(await post('/alerts/1/silence', { forMs: 5 })).toMatchObject({ status: 422 });
    expect(await post('/alerts/1/silence', { forMs: '1h' })).toMatchObject({ status: 400 });
  });

  it('ask for the machine of a diagnosis where the alert names none', async () => {
    expect(await post('/alerts/2/diagnose')).toMatchObject({
      status: 422,
      json: { error: { code: 'incident_machine_missing', message: expect.stringContaining('db1') } },
    });
    expect(await post('/alerts/2/diagnose', { on: 'db1' })).toMatchObject({
      json: { incident: { machines: ['db1'] } },
    });
  });

  it('let nobody in without a token, and a person in as themselves', async () => {
    const none = { authorization: 'Bearer guess' };
    expect((await rig.call('GET', '/api/v1/alerts', { headers: none })).status).toBe(401);
    expect((await post('/alerts/1/acknowledge', {}, none)).status).toBe(401);
    const adas = await post('/alerts/1/acknowledge', {}, { authorization: `Bearer ${adasToken}` });
    expect(adas).toMatchObject({ json: { incident: { acknowledgedBy: 'Ada' } } });
  });
});
