import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJoinToken } from '../../src/core/join-token.ts';
import { joinedOf, joinWith } from '../flow/enrol-rig.ts';
import { adasToken, type HttpRig, makeHttpRig, read } from './http-rig.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await makeHttpRig();
});
afterEach(() => rig.dispose());

const send = (what: string, body?: unknown, headers: Record<string, string> = {}) => {
  const [method = '', path = ''] = what.split(' ');
  return read(rig.call(method, `/api/v1${path}`, { headers, ...(body === undefined ? {} : { body }) }));
};
const enrol = async (name: string, labels: Record<string, string> = {}) => {
  const { json } = await send('POST /agents/invites', { name, labels });
  return joinedOf(await rig.enrolment.join(joinWith(json.token, `key of ${name}`)));
};

it('an invitation for a place says that it keeps name and labels', async () => {
  await enrol('db1', { role: 'db' });
  const { status, json } = await send('POST /agents/invites', { rejoin: 'db1', labels: { role: 'web' } });
  expect([status, json.error.message]).toEqual([
    400,
    expect.stringMatching(/"rejoin" keeps that machine's name and labels/),
  ]);
  const made = await send('POST /agents/invites', { rejoin: 'db1' });
  expect(made.json.invite).toMatchObject({ name: 'db1', labels: { role: 'db' } });
});

describe('an invitation', () => {
  it('comes with its token and the lines to paste, and is told only once', async () => {
    const { status, json } = await send('POST /agents/invites', { labels: { role: 'db' } });
    expect(status).toBe(201);
    expect(readJoinToken(json.token)?.inviteId).toBe(json.invite.id);
    expect(json.lines).toEqual({ posix: `sh ${json.token}`, windows: `ps ${json.token}` });
    const listed = await send('GET /agents/invites');
    expect(listed.json.invites).toEqual([json.invite]);
    expect(JSON.stringify([listed.json, json.invite])).not.toMatch(/secret|nerdy-join/i);
  });

  it('is made once for one key', async () => {
    const headers = { 'idempotency-key': 'k1' };
    expect((await send('POST /agents/invites', {}, headers)).status).toBe(201);
    const again = await send('POST /agents/invites', {}, headers);
    expect(again).toMatchObject({ status: 409, json: { error: { code: 'invite_repeated' } } });
  });

  it('can be withdrawn, once', async () => {
    const { json } = await send('POST /agents/invites', {});
    const path = `DELETE /agents/invites/${json.invite.id}`;
    expect((await send(path)).status).toBe(200);
    expect(await send(path)).toMatchObject({ status: 409, json: { error: { code: 'invite_over' } } });
    expect((await send('DELETE /agents/invites/other')).status).toBe(404);
    expect((await send('GET /agents/invites')).json.invites).toEqual([]);
  });

  it.each([
    [{ expiresMs: 1 }],
    [{ expiresMs: 1e12 }],
    [{ labels: ['role'] }],
    [{ labels: { 'a b': 'c' } }],
    [{ name: '-x' }],
    [{ nmae: 'db1' }],
    [{ rejoin: 'db1', name: 'db2' }],
    [{ rejoin: 'db1', labels: { role: 'db' } }],
  ])('is refused where it says %j', async (body) => {
    const { status, json } = await send('POST /agents/invites', body);
    expect([status, json.error.message.at(-1)]).toEqual([400, '.']);
    expect((await send('GET /agents/invites')).json.invites).toEqual([]);
  });
});

describe('a machine that joined', () => {
  it('is suspended, resumed, given other labels and another name, and removed', async () => {
    await enrol('db1', { role: 'db' });
    const suspended = await send('POST /agents/db1/suspend', { reason: 'it was stolen' });
    expect(suspended).toMatchObject({
      status: 200,
      json: {
        agent: { identity: { state: 'suspended', why: { text: expect.stringContaining('it was stolen') } } },
      },
    });
    expect((await send('POST /agents/db1/suspend', {})).status).toBe(409);
    expect((await send('POST /agents/DB1/resume')).json.agent.identity.state).toBe('active');
    expect((await send('POST /agents/db1/relabel', { labels: { env: 'prod' } })).json.agent.labels).toEqual({
      env: 'prod',
    });
    expect((await send('POST /agents/db1/rename', { name: 'db2' })).json.agent.name).toBe('db2');
    expect((await send('DELETE /agents/db1')).status).toBe(404);
    expect((await send('DELETE /agents/db2')).json.agent.identity.state).toBe('removed');
    expect((await send('GET /agents')).json.agents).toEqual([]);
  });

  it('can be called as the invitations are', async () => {
    await enrol('invites');
    expect((await send('POST /agents/invites/suspend', {})).status).toBe(200);
    expect((await send('DELETE /agents/invites')).status).toBe(200);
  });
});

it('lets nobody but admins change which machines there are', async () => {
  await enrol('db1');
  const { json } = await send('POST /agents/invites', {});
  const ada = { authorization: `Bearer ${adasToken}` };
  for (const [what, body] of [
    ['POST /agents/invites', {}],
    [`DELETE /agents/invites/${json.invite.id}`],
    ['DELETE /agents/db1'],
    ['POST /agents/db1/suspend', {}],
    ['POST /agents/db1/resume', {}],
    ['POST /agents/db1/relabel', { labels: {} }],
    ['POST /agents/db1/rename', { name: 'x' }],
  ] as const) {
    const refused = await send(what, body, ada);
    expect(refused, what).toMatchObject({ status: 403, json: { error: { code: 'admin_missing' } } });
    expect((await send(what, body, { authorization: 'Bearer guess' })).status).toBe(401);
  }
  expect((await send('GET /agents')).json.agents).toMatchObject([
    { name: 'db1', identity: { state: 'active' } },
  ]);
});
