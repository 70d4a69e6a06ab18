import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joined } from '../flow/rig.ts';
import { adasToken, type HttpRig, makeHttpRig, read } from './http-rig.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await makeHttpRig();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

const wish = {
  ...{ name: 'disk-db1', request: 'check disk usage', on: 'db1' },
  ...{ cron: '*/5 * * * *', condition: 'disk > 90 %', channel: 'chat:C1' },
};
const call = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  read(rig.call(method, `/api/v1${path}`, { ...(body && { body }), headers }));

describe('the routes of watches', () => {
  it('add one for whoever asks, list it, and remove it once', async () => {
    const added = await call('POST', '/watches', wish, { authorization: `Bearer ${adasToken}` });
    expect(added).toMatchObject({
      status: 201,
      json: {
        watch: { by: { name: 'Ada' }, timezone: 'UTC', home: { surface: 'chat', channel: 'C1' } },
        forecast: { sentence: { text: expect.any(String) } },
      },
    });
    expect((await call('GET', '/watches')).json.watches).toMatchObject([{ name: 'disk-db1' }]);
    expect(await call('DELETE', '/watches/disk-db1')).toMatchObject({ status: 200, json: { ended: [] } });
    expect(await call('DELETE', '/watches/disk-db1')).toMatchObject({
      status: 404,
      json: { error: { code: 'watch_unknown' } },
    });
    expect((await call('GET', '/watches')).json.watches).toEqual([]);
  });

  it.each([
    [409, 'watch_exists', {}],
    [422, 'watch_condition', { name: 'other', condition: 'very full' }],
    [422, 'watch_cron', { name: 'other', cron: 'every day' }],
    [400, 'input_invalid', { name: 'other', channel: 'no channel' }],
    [400, 'input_invalid', { name: 'other', colour: 'red' }],
  ])('say with %i and %s what is wrong', async (status, code, over) => {
    await call('POST', '/watches', wish);
    expect(await call('POST', '/watches', { ...wish, ...over })).toMatchObject({
      status,
      json: { error: { code } },
    });
    expect((await call('GET', '/watches')).json.watches).toHaveLength(1);
  });

  it('let nobody in without a token', async () => {
    const none = { authorization: 'Bearer guess' };
    expect((await call('POST', '/watches', wish, none)).status).toBe(401);
    expect((await call('GET', '/watches')).json.watches).toEqual([]);
  });
});
