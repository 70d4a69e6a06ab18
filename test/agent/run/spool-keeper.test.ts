import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AgentParts } from '../../../agent/src/agent.ts';
import { dayMs, spoolRunsMax } from '../../../agent/src/core/limits.ts';
import { usualSettings } from '../../../agent/src/core/settings.ts';
import type { RunBook } from '../../../agent/src/run/run-record.ts';
import { SpoolKeeper, type SpoolKeeperParts } from '../../../agent/src/run/spool-keeper.ts';
import { makeScene, makeTestDir } from '../start-agent.ts';

/** An agent whose server takes no output, and whose spool has these bounds. */
const withBounds = async (spool: string) => {
  const scene = await makeScene();
  const { gateway, dir, dataDir } = scene;
  const path = join(dir, 'policy.yml');
  const write = (bounds: string) => writeFileSync(path, `spool: { ${bounds} }\n`, { mode: 0o644 });
  write(spool);
  gateway.ackOutput = false;
  gateway.ackFinished = false;
  const more: Partial<AgentParts> = { policy: { path, mustExist: true }, spoolSweepMs: 20 };
  const fileOf = (run: string, name: string) => join(dataDir, 'spool', 'runs', run, name);
  const hasOutput = (run: string) => existsSync(fileOf(run, 'stdout'));
  const isFreed = async (run: string) => {
    while (!existsSync(fileOf(run, 'dropped')) || hasOutput(run)) await new Promise(setImmediate);
  };
  return { ...scene, write, fileOf, hasOutput, isFreed, agent: () => scene.agent(more) };
};

/** Connects again, whereupon everything is said again. */
const comeAgain = async ({ gateway }: Awaited<ReturnType<typeof withBounds>>) => {
  const { length } = gateway.hellos;
  gateway.ackOutput = true;
  gateway.cut();
  await gateway.until(() => gateway.hellos.length > length);
};

describe('output that no server takes', () => {
  test('goes when it is too old by the server’s clock; how the script ended does not', async () => {
    const scene = await withBounds('days: 2');
    const { gateway, agent, isFreed, fileOf } = scene;
    let day = 0;
    gateway.now = () => 1_000_000 + day * dayMs;
    const first = await agent();
    const run = await gateway.send1('echo gone; exit 7\n');
    await gateway.finished(run);
    day = 3;
    await comeAgain(scene);
    await isFreed(run);
    expect(existsSync(fileOf(run, 'work'))).toBe(false);
    const before = gateway.run(run).finishes;
    await first.stop();
    await agent();
    await gateway.until(() => gateway.run(run).finishes > before);
    expect(gateway.run(run).finished).toMatchObject({
      end: 'FINISHED_END_EXITED',
      exitCode: 7,
      endMissing: true,
      reason: 'REASON_SPOOL',
      detail: 'it was kept for 2 days',
    });
  });

  test('stays, however far somebody sets this machine’s clock', async () => {
    const scene = await withBounds('days: 1');
    const { gateway, agent, hasOutput, fileOf } = scene;
    await agent();
    const run = await gateway.send1('echo kept\n');
    await gateway.finished(run);
    execFileSync('touch', ['-d', '2001-01-01', fileOf(run, 'stdout'), fileOf(run, 'exit')]);
    while (existsSync(fileOf(run, 'work'))) await new Promise(setImmediate);
    await gateway.finished(await gateway.send1('uptime\n'));
    expect(hasOutput(run)).toBe(true);
  });

  test('goes oldest first when all of it is too much, and never of a script that runs', async () => {
    const scene = await withBounds('megabytes: 16');
    const { gateway, agent, dir, hasOutput, isFreed } = scene;
    await agent();
    const go = join(dir, 'go');
    const big = 'head -c 500000 /dev/zero\nhead -c 500000 /dev/zero >&2\n';
    const running = await gateway.send1(`${big}while [ ! -e ${go} ] && [ -d ${dir} ]; do sleep 0.02; done\n`);
    await gateway.until(() => gateway.run(running).stdout.length > 0);
    const runs: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const run = await gateway.send1(big);
      runs.push(run);
      await gateway.until(() => gateway.run(run).started > 0);
      await existing(join(scene.dataDir, 'spool', 'runs', run, 'exit'));
    }
    await isFreed(runs[0] ?? '');
    await isFreed(runs[3] ?? '');
    expect([hasOutput(running), hasOutput(runs.at(-1) ?? ''), hasOutput(runs[10] ?? '')]).toEqual([
      true,
      true,
      true,
    ]);
    writeFileSync(go, '');
    await existing(join(scene.dataDir, 'spool', 'runs', running, 'exit'));
  });
});

describe('a new order', () => {
  test('is refused while the disk has less room than is kept for what runs', async () => {
    const { gateway, agent, write, dataDir } = await withBounds('freeMegabytes: 900000000');
    await agent();
    const refused = await gateway.refused(await gateway.send1('echo x\n'));
    expect(refused).toMatchObject({ reason: 'REASON_SPOOL' });
    expect(refused.detail).toMatch(/^the disk of its spool has \d+ MB free, and 900000000 MB are kept/);
    expect(readdirSync(join(dataDir, 'spool', 'runs'))).toEqual([]);
    write('freeMegabytes: 0');
    const run = await gateway.send1('echo x\n');
    await gateway.until(() => gateway.run(run).finished !== null);
  });

  test('is refused on a full disk, and taken again when there is room', async (context) => {
    const scene = await makeScene();
    const small = join(scene.dir, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      context.skip('only root can mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', small]));
    const { gateway } = scene;
    await scene.agent({ dataDir: join(small, 'data') });
    expect(await gateway.finished(await gateway.send1('exit 3\n'))).toMatchObject({ exitCode: 3 });
    writeFileSync(join(small, 'fill'), Buffer.alloc(20 * 1024 * 1024));
    const { reason, detail } = await gateway.refused(await gateway.send1('echo x\n'));
    expect([reason, detail]).toEqual(['REASON_SPOOL', expect.stringMatching(/MB free, and 32 MB are kept/)]);
    rmSync(join(small, 'fill'));
    expect(await gateway.finished(await gateway.send1('exit 4\n'))).toMatchObject({ exitCode: 4 });
  });

  test('is refused while too many ends wait for a server that takes them', () => {
    const book = { size: spoolRunsMax } as unknown as RunBook;
    const bounds = () => ({ ...usualSettings.spool, freeBytes: 0 });
    const keeper = new SpoolKeeper({ book, bounds, dir: makeTestDir() } as unknown as SpoolKeeperParts);
    expect(keeper.refusal()).toMatch(/^5000 runs wait/);
    Object.assign(book, { size: spoolRunsMax - 1 });
    expect(keeper.refusal()).toBeNull();
  });
});

const existing = async (path: string): Promise<void> => {
  while (!existsSync(path)) await new Promise(setImmediate);
};
