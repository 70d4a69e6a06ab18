import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bashWrapperLine, goLine } from '../../../agent/src/core/command-line.ts';
import { makeTestDir, thisMachine } from '../start-agent.ts';

const wrapper = fileURLToPath(new URL('../../../agent/src/run/wrapper.sh', import.meta.url));
const limits = { timeoutMs: 20_000, killGraceMs: 1_000, outputHeadBytes: 100_000, outputTailBytes: 1_000 };

const wrapperIn = async (dir: string): Promise<ChildProcess> => {
  const machine = await thisMachine();
  const { file, args } = bashWrapperLine(machine.bash ?? '', wrapper, limits, {
    interpreter: 'bash',
    shell: machine.bash ?? '',
    drop: [],
    limits: { nice: 0, openFiles: null, processes: null, fileBytes: null, memoryBytes: null },
  });
  const child = spawn(file, args, { cwd: dir, env: machine.env, stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

/** A wrapper in this directory that has made its files and waits to be told to go. */
const waitingIn = async (dir: string): Promise<ChildProcess> => {
  const child = await wrapperIn(dir);
  // The last file that it makes before it waits.
  await vi.waitFor(() => expect(readdirSync(dir)).toContain(`startup.${child.pid}`), { timeout: 10_000 });
  return child;
};

test('a wrapper on its way out of a directory takes nothing from the next one in it', async () => {
  const dir = join(makeTestDir(), 'run-1');
  mkdirSync(join(dir, 'work'), { recursive: true });
  writeFileSync(join(dir, 'script'), 'echo ran\n');
  const [first, second] = [await waitingIn(dir), await waitingIn(dir)];
  const before = readdirSync(dir);
  // Its agent has given it back, since the run has to wait for its turn; then that has come.
  first.stdin?.end();
  await once(first, 'exit');
  const after = readdirSync(dir);
  expect(before.filter((name) => !after.includes(name) && !name.endsWith(`.${first.pid}`))).toEqual([]);
  second.stdin?.end(goLine(limits, dir, dir));
  await once(second, 'exit');
  expect(readFileSync(join(dir, 'exit'), 'utf8')).toMatch(/^exited 0 closed/);
  expect(readFileSync(join(dir, 'stdout'), 'utf8')).toBe('ran\n');
});

test('a wrapper that comes too late to claim says nothing in the output of the one that has', async () => {
  const dir = join(makeTestDir(), 'run-1');
  mkdirSync(join(dir, 'work'), { recursive: true });
  writeFileSync(join(dir, 'script'), 'echo ran\n');
  writeFileSync(join(dir, 'started'), 'never {}\n');
  for (let made = 0; made < 10; made++) {
    const late = await wrapperIn(dir);
    // Told at once, while the script's shell is still starting.
    late.stdin?.end(goLine(limits, dir, dir));
    await once(late, 'exit');
  }
  expect(readFileSync(join(dir, 'stderr'), 'utf8')).toBe('');
  expect(readdirSync(dir).sort()).toEqual([
    'script',
    'started',
    'stderr',
    'stderr.tail',
    'stdout',
    'stdout.tail',
    'work',
  ]);
});
