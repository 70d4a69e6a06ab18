import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const mock = new LLMock({ port: 0, host: '127.0.0.1', strict: true });
let server: KeptServer;
let agent: KeptAgent;

const draft = {
  kind: 'scripts',
  scripts: [{ platform: 'linux', text: 'echo "kernel $(uname -s)"' }],
  summary: 'Says which kernel runs.',
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

describe('a request that no runbook covers, with a model configured', () => {
  test('the model drafts, a person approves, the script runs, the model reads', async () => {
    // The first that matches wins, and the question is in both prompts.
    mock.onMessage(/kernel Linux/, { content: 'It runs Linux.\n\n> db1: kernel Linux' });
    mock.onMessage(/which kernel/, { content: JSON.stringify(draft) });
    const card = await runLoop(server, 'which kernel has this box on db1');
    expect(card).toMatchObject({
      state: 'done',
      proposal: { drafter: 'model' },
      answer: { reader: 'model', words: 'It runs Linux.' },
    });
    expect(card.answer?.hosts[0]?.evidence).toEqual(['kernel Linux']);
  });

  test('a model that is down is said, with what would work without it', async () => {
    mock.addFixture({
      match: { userMessage: /quantum/ },
      response: { error: { message: 'down' }, status: 500 },
    } as never);
    const card = await runLoop(server, 'measure the quantum flux on db1');
    expect(card).toMatchObject({ state: 'failed', notices: [{ code: 'model_down_no_runbook' }] });
  });
});
