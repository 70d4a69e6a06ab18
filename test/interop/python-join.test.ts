import { expect, it } from 'vitest';
import { makeTlsScene } from '../agent/tls-gateway.ts';
import { makeStubs, startPythonAgent } from './python-agent.ts';

it('an agent in Python joins by a token, over mutual TLS, and runs what was approved', async () => {
  const { dir, dataDir, gateway, token, joins } = await makeTlsScene();
  const args = ['--stubs', makeStubs(dir), '--data', dataDir, '--join', token(), '--name', 'py1'];
  const agent = startPythonAgent(args);
  expect(await agent.hears('agent')).toMatchObject({ agent: 'agent-1', name: 'py1' });
  expect(joins).toMatchObject([{ name: 'py1', protocolVersion: 2 }]);
  const run = await gateway.send1('echo over the wire\n');
  expect(await gateway.finished(run)).toMatchObject({ exitCode: 0 });
  expect(gateway.stdout(run)).toBe('over the wire\n');
  gateway.send({ challenge: { nonce: Buffer.from('nonce') } });
  await gateway.until(() => gateway.challengeReplies.length > 0);
  expect(gateway.challengeReplies.map(String)).toEqual(['nonce']);
});

it('an agent in Python sends nothing to a server that its token is not of', async () => {
  const { dir, dataDir, token, joins } = await makeTlsScene();
  const stranger = token({ fingerprint: 'ab'.repeat(32) });
  const agent = startPythonAgent(['--stubs', makeStubs(dir), '--data', dataDir, '--join', stranger]);
  expect((await agent.hears('trouble')).trouble).toMatch(/not the one that the token is of/);
  expect(joins).toEqual([]);
});
