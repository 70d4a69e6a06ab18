import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const mock = new LLMock({ port: 0, host: '127.0.0.1', strict: true });
let server: KeptServer;
let agent: KeptAgent;

const draft = {
  kind: 'scripts',
  scripts: [{ platform: 'linux', text: "printf 'the flux of %s is good\\n' billing-worker" }],
  summary: 'Says how the flux is.',
  language: 'en',
};

beforeAll(async () => {
  await mock.start();
  const env = { OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_MODEL: 'test-model', OPENAI_TIMEOUT_SECONDS: '5' };
  server = new KeptServer(dataDir, {}, env);
  await server.call((client) => client.agents());
  const options = { serverDataDir: dataDir, dataDir: join(dir.path, 'agent'), name: 'db1' };
  agent = new KeptAgent({ ...options, wanted: null, recordTo: null });
  await joined(server, 'db1');
});

afterAll(async () => {
  await agent.stop();
  await server.kill();
  await mock.stop();
  dir.remove();
});

test('what a model drafted and somebody kept is found in other words, by a server that has no model', async () => {
  // The first that matches wins, and the question is in both prompts.
  mock.onMessage(/flux of billing-worker is good/, { content: 'It is good.' });
  mock.onMessage(/flux of/, { content: JSON.stringify(draft) });
  const first = await runLoop(server, 'how is the flux of billing-worker on db1');
  expect(first).toMatchObject({ state: 'done', proposal: { drafter: 'model' }, actions: [{ kind: 'keep' }] });
  const form = await server.call((client) => client.keepForm(first.task));
  await server.call((client) => client.act(first.task, 'keep', { ...form, name: 'flux' }, 'keep-it'));
  await server.stop();

  server = new KeptServer(dataDir, {});
  await joined(server, 'db1');
  const again = await runLoop(server, 'please tell me the flux of mail-worker on db1');
  expect(again).toMatchObject({
    state: 'done',
    proposal: { drafter: 'runbook', runbook: 'flux', runbookVersion: 1 },
    answer: { reader: 'plain', hosts: [{ evidence: ['the flux of mail-worker is good'] }] },
  });
  const listed = await server.call((client) => client.runbooks());
  expect(listed.find(({ name }) => name === 'flux')).toMatchObject({
    uses: [{ version: 1, succeeded: 1, ended: 1 }],
  });
});
