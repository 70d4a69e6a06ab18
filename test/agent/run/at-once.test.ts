import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AgentParts } from '../../../agent/src/agent.ts';
import { runsAtOnceUsual } from '../../../agent/src/core/limits.ts';
import { makeScene } from '../start-agent.ts';

/** A scene whose scripts wait until they are told to go on. */
const withScripts = async (settings?: string) => {
  const scene = await makeScene();
  const { gateway, dir } = scene;
  const more: Partial<AgentParts> = {};
  if (settings !== undefined) {
    mkdirSync(join(dir, 'etc'), { mode: 0o755 });
    const path = join(dir, 'etc', 'policy.yml');
    writeFileSync(path, settings, { mode: 0o644 });
    more.policy = { path, mustExist: true };
  }
  const waits = (name: string, line: string) =>
    `echo ${name}\nwhile [ ! -e ${dir}/${name} ] && [ -d ${dir} ]; do sleep 0.02; done\n${line}\n`;
  const reading = (name: string) => gateway.send1(waits(name, 'uptime'));
  const changing = (name: string, change?: Parameters<typeof gateway.send1>[1]) =>
    gateway.send1(waits(name, `touch ${dir}/${name}.done`), change);
  const go = (name: string) => writeFileSync(join(dir, name), '');
  const isAccepted = (run: string) => gateway.until(() => gateway.run(run).accepted > 0);
  const isRunning = (run: string) => gateway.until(() => gateway.run(run).stdout.length > 0);
  const hasBegun = (run: string) => gateway.run(run).started > 0;
  const agent = () => scene.agent(more);
  return { ...scene, agent, started: await agent(), reading, changing, go, isAccepted, isRunning, hasBegun };
};

test('of scripts that change something one runs at a time, in the order in which they came', async () => {
  const { gateway, changing, go, isAccepted, isRunning, hasBegun } = await withScripts();
  const first = await changing('a');
  await isRunning(first);
  const second = await changing('b');
  const third = await changing('c');
  await isAccepted(third);
  expect([second, third].map(hasBegun)).toEqual([false, false]);
  go('a');
  await isRunning(second);
  expect(gateway.run(first).finished).toMatchObject({ exitCode: 0 });
  expect(hasBegun(third)).toBe(false);
  go('b');
  go('c');
  await gateway.finished(third);
  expect(gateway.stdout(third)).toBe('c\n');
});

test('a script that only reads runs beside one that changes, and overtakes those that wait', async () => {
  const { gateway, changing, reading, go, isAccepted, isRunning, hasBegun } = await withScripts();
  const first = await changing('a');
  await isRunning(first);
  const second = await changing('b');
  await isAccepted(second);
  const reads = await reading('r');
  await isRunning(reads);
  expect(hasBegun(second)).toBe(false);
  go('r');
  go('a');
  go('b');
  await Promise.all([first, second, reads].map((run) => gateway.finished(run)));
});

test('one that changes runs beside those that only read', async () => {
  const { changing, reading, isRunning, go } = await withScripts();
  const reads = await reading('r');
  await isRunning(reads);
  await isRunning(await changing('a'));
  go('r');
  go('a');
});

test('no more run at one time than the settings say', async () => {
  const { gateway, reading, go, isAccepted, isRunning, hasBegun } = await withScripts();
  const names = Array.from({ length: runsAtOnceUsual + 1 }, (_, n) => `r${n}`);
  const runs: string[] = [];
  for (const name of names) {
    const run = await reading(name);
    runs.push(run);
    await (runs.length <= runsAtOnceUsual ? isRunning(run) : isAccepted(run));
  }
  const last = runs.at(-1) ?? '';
  expect(hasBegun(last)).toBe(false);
  for (const name of names) go(name);
  expect(await gateway.finished(last)).toMatchObject({ exitCode: 0 });
});

test('a machine may say that changes run beside each other', async () => {
  const { changing, isRunning, go } = await withScripts('runs: { atOnce: 8, changesAtOnce: 2 }');
  await isRunning(await changing('a'));
  await isRunning(await changing('b'));
  go('a');
  go('b');
});

test('what an earlier agent started takes its room in the next one', async () => {
  const { gateway, agent, started, changing, go, isAccepted, isRunning, hasBegun } = await withScripts();
  const first = await changing('a');
  await isRunning(first);
  await started.stop();
  await agent();
  const second = await changing('b');
  await isAccepted(second);
  await gateway.finished(await gateway.send1('uptime\n'));
  expect(hasBegun(second)).toBe(false);
  go('a');
  go('b');
  expect(await gateway.finished(second)).toMatchObject({ exitCode: 0 });
});

test('one whose turn does not come in time ends as not started, while the other still runs', async () => {
  const { gateway, dir, changing, go, isRunning, hasBegun } = await withScripts();
  const first = await changing('a');
  await isRunning(first);
  const late = await changing('b', (document) => {
    document.runBy = gateway.now() + 500;
  });
  expect(await gateway.finished(late)).toMatchObject({
    end: 'FINISHED_END_UNSTARTED',
    reason: 'REASON_LATE',
  });
  expect([hasBegun(late), gateway.run(first).finished]).toEqual([false, null]);
  go('a');
  go('b');
  await gateway.finished(first);
  expect(existsSync(join(dir, 'b.done'))).toBe(false);
});
