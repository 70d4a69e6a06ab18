import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { effectsIn, joined, KeptServer, runLoop } from '../e2e/loop.ts';
import { makeStubs, makeTestDir, startPythonAgent } from './python-agent.ts';

it('an agent in another language joins the real server by its invitation, runs what was approved, and is cut off when it is removed', async () => {
  const dir = makeTestDir();
  const server = new KeptServer(join(dir, 'server'), {}, { NERDY_GRPC_PORT: '0' });
  onTestFinished(() => server.kill());
  const { url, localToken } = await server.address();
  const admin = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url}/api/v1/agents${path}`, {
      method,
      headers: {
        authorization: `Bearer ${localToken}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(response.ok, `${method} ${path}`).toBe(true);
    return (await response.json()) as { token: string };
  };
  const { token } = await admin('POST', '/invites', { name: 'py1', labels: { role: 'db' } });
  const agent = startPythonAgent([
    ...['--stubs', makeStubs(dir), '--data', join(dir, 'agent')],
    ...['--join', token, '--name', 'ignored'],
  ]);
  await joined(server, 'py1');
  expect(await agent.hears('agent')).toMatchObject({ name: 'py1' });
  const effect = join(dir, 'effect');
  expect(await runLoop(server, `mark the file ${effect} on role=db`)).toMatchObject({
    state: 'done',
    answer: { words: 'Marked 1 times.' },
    runs: [{ name: 'py1', state: 'succeeded' }],
  });
  expect(effectsIn(effect)).toBe(1);
  await admin('DELETE', '/py1');
  expect(await agent.hears('ended')).toMatchObject({
    ended: expect.stringMatching(/UNAUTHENTICATED|PERMISSION_DENIED/),
  });
});
