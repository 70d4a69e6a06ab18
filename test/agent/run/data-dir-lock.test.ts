import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { lockDataDir } from '../../../agent/src/run/data-dir-lock.ts';
import { makeTestDir } from '../start-agent.ts';

/** Takes the lock in a process of its own, says whether it has it, and lives until it is killed. */
const locker = async (dir: string): Promise<string> => {
  const file = join(dir, 'locker.mjs');
  const lock = fileURLToPath(new URL('../../../agent/src/run/data-dir-lock.ts', import.meta.url));
  const contents = `import { lockDataDir } from ${JSON.stringify(lock)};
    const free = await lockDataDir(process.argv[2]);
    process.stdout.write(free ? 'held' : 'refused');
    if (free) setInterval(() => {}, 1e6);`;
  const stdin = { contents, resolveDir: dir, loader: 'ts' } as const;
  await build({ stdin, outfile: file, bundle: true, platform: 'node', format: 'esm' });
  return file;
};

const start = async (program: string, dir: string) => {
  const child = spawn(process.execPath, [program, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const said = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  );
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  return { said, kill };
};

test('of many that start at one time one gets the directory, and after its end by kill -9 one again', async () => {
  const dir = makeTestDir();
  const program = await locker(dir);
  const data = join(dir, 'data');
  mkdirSync(data);
  for (let round = 0; round < 3; round += 1) {
    const all = await Promise.all(Array.from({ length: 6 }, () => start(program, data)));
    expect(all.map(({ said }) => said).sort()).toEqual(['held', ...Array(5).fill('refused')]);
    await Promise.all(all.map(({ kill }) => kill()));
  }
  const free = await lockDataDir(data);
  expect(free).not.toBeNull();
  expect(readdirSync(join(data, 'lock'))).toHaveLength(1);
  free?.();
  expect(readdirSync(join(data, 'lock'))).toEqual([]);
});

test('within one process too one of many gets it', async () => {
  const dir = makeTestDir();
  for (let round = 0; round < 20; round += 1) {
    const all = await Promise.all(Array.from({ length: 8 }, () => lockDataDir(dir)));
    const held = all.filter((free) => free !== null);
    expect(held).toHaveLength(1);
    held[0]?.();
  }
});

test('a directory with a path too long for a socket can be locked on Linux', async (context) => {
  if (process.platform !== 'linux') context.skip('elsewhere no short name stands for a directory');
  const dir = join(makeTestDir(), 'x'.repeat(200));
  mkdirSync(dir);
  const free = await lockDataDir(dir);
  expect(free).not.toBeNull();
  expect(await lockDataDir(dir)).toBeNull();
  free?.();
});

test('another network namespace, as a container has, makes no second lock', async (context) => {
  const dir = makeTestDir();
  const program = await locker(dir);
  const free = await lockDataDir(dir);
  let said = '';
  try {
    const args = ['--net', process.execPath, program, dir];
    said = execFileSync('unshare', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    });
  } catch {
    context.skip('only root can make a network namespace');
  }
  expect(said).toBe('refused');
  free?.();
});
