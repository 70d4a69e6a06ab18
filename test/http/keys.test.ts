import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HttpRig, makeHttpRig, read } from './http-rig.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await makeHttpRig();
});
afterEach(() => rig.dispose());

it('lists the keys, and replaces the one that signs in the name of who asked', async () => {
  const { keyId } = rig.signer;
  expect(await read(rig.call('GET', '/api/v1/keys'))).toMatchObject({
    status: 200,
    json: { keys: [{ keyId, state: 'signs', until: null }] },
  });
  const rotated = await read(
    rig.call('POST', '/api/v1/keys/rotate', { body: {}, headers: { 'x-nerdy-user': 'ada' } }),
  );
  expect(rotated).toMatchObject({
    status: 201,
    json: { keys: [{ keyId, state: 'verifies' }, { keyId: rig.signer.keyId }] },
  });
  const entries = await rig.store.listAudit(0, 100);
  expect(entries.find((e) => e.kind === 'key.rotate')?.actor).toMatchObject({ kind: 'token', name: 'ada' });
});

it.each(['GET /api/v1/keys', 'POST /api/v1/keys/rotate'])(
  'does not answer %s without the token',
  async (what) => {
    const [method = '', path = ''] = what.split(' ');
    const { keyId } = rig.signer;
    const { status } = await rig.call(method, path, { headers: { authorization: 'Bearer guess' } });
    expect(status).toBe(401);
    expect(rig.signer.keyId).toBe(keyId);
  },
);
