import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approvedOn, auditOf } from './attack-scene.ts';
import { effectsIn, joined, KeptAgent, KeptServer, reached, runLoop } from './loop.ts';
import { makeDir } from './processes.ts';

/** The signing key is replaced under real processes: nothing that was approved is lost, and nothing runs twice. */
let dir: ReturnType<typeof makeDir>;
let dataDir: string;
let mark: string;
let server: KeptServer;
let agent: KeptAgent;

beforeEach(() => {
  dir = makeDir();
  dataDir = join(dir.path, 'data');
  mark = join(dir.path, 'mark');
});
afterEach(async () => {
  await agent?.stop();
  await server?.kill();
  dir.remove();
});

const begin = async (wanted: string | null): Promise<void> => {
  server = new KeptServer(dataDir, { wanted });
  await server.call((client) => client.agents());
  const options = { serverDataDir: dataDir, dataDir: join(dir.path, 'agent'), name: 'db1' };
  agent = new KeptAgent({ ...options, wanted: null, recordTo: null });
  await joined(server, 'db1');
};
const runsOnce = async (): Promise<void> => {
  const before = effectsIn(mark);
  expect(await runLoop(server, `mark the file ${mark} on db1`)).toMatchObject({
    state: 'done',
    runs: [{ state: 'succeeded' }],
  });
  expect(effectsIn(mark)).toBe(before + 1);
};
const rotate = () => server.call((client) => client.rotateKey());

/** Three lives of a server and a few loops each; on a busy machine that takes its time. */
const sceneMs = 60_000;

describe('a rotation', { timeout: sceneMs }, () => {
  test('is followed by an agent that is connected, and by one that is away for two', async () => {
    await begin(null);
    await runsOnce();
    await rotate();
    await runsOnce();
    await agent.pause();
    await rotate();
    await rotate();
    agent.resume();
    await joined(server, 'db1');
    await runsOnce();
    expect(auditOf(dataDir, 'key.rotate')).toHaveLength(3);
  });

  test('leaves what was approved before it: it runs when its agent is back', async () => {
    await begin(null);
    await runsOnce();
    await agent.pause();
    const { task } = await approvedOn(server, `mark the file ${mark} on db1`);
    await rotate();
    agent.resume();
    const card = await reached(server, task, (c) => !['running', 'answering'].includes(c.state));
    expect(card).toMatchObject({ state: 'done', runs: [{ state: 'succeeded' }] });
    expect(effectsIn(mark)).toBe(2);
    await runsOnce();
  });

  test.each([
    'signer.rotate#1 before',
    'signer.rotate#1 after',
    'store.change[key.rotate]#1 before',
    'store.change[key.rotate]#1 after',
  ])(
    'with a server killed at %s goes on: the agent follows, and each rotation is noted once',
    async (point) => {
      await begin(point);
      await runsOnce();
      const keys = await rotate();
      expect(server.deaths).toBe(1);
      await runsOnce();
      expect(auditOf(dataDir, 'key.rotate')).toHaveLength(keys.length - 1);
    },
  );
});
