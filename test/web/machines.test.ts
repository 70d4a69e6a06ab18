import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentOf } from './fake-desk.ts';
import { anIdentity, FakeMachines } from './fake-machines.ts';
import { type Harness, startConsole } from './harness.ts';
import { form, send } from './http.ts';
import { ownHeaders, type Signed, signIn } from './sign-in.ts';

let harness: Harness;
let signed: Signed;
beforeEach(async () => {
  harness = await startConsole();
  signed = await signIn(harness);
  harness.desk.agentList = [agentOf('db1', { identity: anIdentity() }), agentOf('local')];
});
afterEach(() => harness.stop());

const post = (path: string, fields: Record<string, string> = {}) =>
  send(harness.port, 'POST', path, ownHeaders(harness, signed), form(fields));

test('an invitation is answered with its lines, and is in no later answer', async () => {
  const made = await post('/console/invites', {
    name: 'web1',
    labels: 'role=web, env=prod',
    expires: '600000',
  });
  expect([made.status, made.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(made.body).toMatch(/sudo sh -s -- nerdy-join_[\w-]+/);
  const listed = await send(harness.port, 'GET', '/console/invites', ownHeaders(harness, signed));
  expect(listed.body).toMatch(/web1.*role=web.*env=prod/s);
  expect(listed.body).not.toContain('nerdy-join_');
});

test('a server without lines gives the token alone', async () => {
  await harness.stop();
  const machines = new FakeMachines(harness.desk, harness.clock);
  machines.hasLines = false;
  harness = await startConsole({ machines });
  signed = await signIn(harness);
  expect((await post('/console/invites', { expires: '600000' })).body).toContain(
    'nerdy-agent join nerdy-join_',
  );
});

test.each([
  ['/console/invites', { labels: 'role', expires: '600000' }, 'invite-said'],
  ['/console/invites', { expires: 'soon' }, 'invite-said'],
  ['/console/invites/unknown/withdraw', {}, 'invite-said'],
  ['/console/machines/local/resume', {}, 'agents-said'],
  ['/console/machines/db1/remove', { confirm: 'db2' }, 'agents-said'],
  ['/console/machines/db1/remove', {}, 'agents-said'],
])('%s with %j is refused in words, beside it', async (path, fields, id) => {
  const { status, body } = await post(path, fields as Record<string, string>);
  expect([status, body.includes(`id="${id}"`)]).toEqual([409, true]);
  expect(harness.desk.agentList).toHaveLength(2);
});

test.each(['role', 'role=db env'])('labels %j are refused by the word that is no pair', async (labels) => {
  const { body } = await post('/console/invites', { labels, expires: '600000' });
  expect(body).toContain(`&quot;${labels.split(' ').at(-1)}&quot; is none`);
});

test('a machine is removed when its name was typed, and the list comes without it', async () => {
  const { status, body } = await post('/console/machines/db1/remove', { confirm: 'db1' });
  expect([status, body.includes('agent-id-db1'), body.includes('agent-id-local')]).toEqual([
    200,
    false,
    true,
  ]);
});

test.each([
  '/console/invites',
  '/console/invites/x/withdraw',
  '/console/machines/db1/remove',
  '/console/machines/db1/resume',
])('%s takes the write token, not the cookie alone', async (path) => {
  const { 'x-nerdy-write': _, ...headers } = ownHeaders(harness, signed);
  const answer = await send(harness.port, 'POST', path, headers, form({ confirm: 'db1', expires: '600000' }));
  expect(answer.status).toBe(403);
  expect(harness.desk.agentList).toHaveLength(2);
});
