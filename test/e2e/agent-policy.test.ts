import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { effectsIn, joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const policyFile = join(dir.path, 'policy.yml');
writeFileSync(
  policyFile,
  'rules: [{ deny: no marks, reason: this machine is kept clean, effects: [writes-files] }]',
  {
    mode: 0o644,
  },
);
const server = new KeptServer(dataDir, {});
await server.call((client) => client.agents());
const options = { serverDataDir: dataDir, dataDir: join(dir.path, 'agent'), name: 'db1', policyFile };
const agent = new KeptAgent({ ...options, wanted: null, recordTo: null });

afterAll(async () => {
  await agent.stop();
  await server.kill();
  dir.remove();
});

test('what people approve at the server, the machine refuses by its own rule, and then allows when that is gone', async () => {
  const effect = join(dir.path, 'effect');
  await joined(server, 'db1');
  const refused = await runLoop(server, `mark the file ${effect} on db1`);
  expect(refused.runs).toMatchObject([{ state: 'refused' }]);
  expect(JSON.stringify(refused.runs)).toContain(
    `db1's own policy refused this: rule \\"no marks\\": this machine is kept clean. Nothing ran there.`,
  );
  expect(effectsIn(effect)).toBe(0);
  writeFileSync(policyFile, 'mode: approved');
  const done = await runLoop(server, `mark the file ${effect} on db1`);
  expect(done.runs).toMatchObject([{ state: 'succeeded' }]);
  expect(effectsIn(effect)).toBe(1);
});
