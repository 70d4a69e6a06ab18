/**
 * What an agent costs the machine that it is on while nothing runs: its file, its memory and the processor's time. The server runs in
 * this process; the agent is the bundle as it is served, started as its service starts it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createApp } from '../src/app.ts';
import { ApiClient } from '../src/cli/client.ts';
import { readConfig } from '../src/config.ts';

/** Until memory is what it stays: the start's garbage is collected, and the first heartbeats have gone. */
const settleMs = 25_000;
/** Over which the processor's time is counted; two heartbeats and more. */
const idleMs = 30_000;
/** Linux counts a process's time in these (sysconf(_SC_CLK_TCK), the same on all common machines). */
const tickMs = 10;
/** What an agent may cost at most: the aims of docs/agents.md. */
const aim = { bundleBytes: 2_000_000, residentBytes: 60_000_000 };

/** Those of the command that install.sh makes. */
const launcherFlags = ['--no-opt', '--no-sparkplug', '--max-semi-space-size=1', '--expose-gc'];

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** One "Name:  123 kB" of a file of /proc, in bytes. */
const kilobytesIn = (file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'))?.[1]) * 1024;

const cpuMs = (pid: number): number => {
  // The name in brackets may hold blanks; utime and stime are the 14th and 15th field (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

/** The processes that wait beside the agent for its next order. */
const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );

/** Prints the section "agent". @param packageDir where the bundle is. */
export const benchAgentIdle = async (packageDir: string): Promise<void> => {
  const bundle = join(packageDir, 'agent/dist/nerdy-agent.cjs');
  const bundleBytes = statSync(bundle).size;
  console.log(`\nagent: ${megabytes(bundleBytes)} in one file (aim: under ${megabytes(aim.bundleBytes)})`);
  if (!existsSync('/proc/self/smaps_rollup')) {
    console.log('its memory is read from /proc, which is not on this machine');
    return;
  }
  mkdirSync(join(packageDir, 'data'), { recursive: true, mode: 0o700 });
  const dir = mkdtempSync(join(packageDir, 'data/bench-'));
  const silent = () => {};
  const dataDir = join(dir, 'd');
  const app = await createApp({
    config: readConfig({
      env: { NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
      packageDir,
    }),
    packageDir,
    log: { debug: silent, info: silent, warn: console.error, error: console.error },
  });
  await app.start();
  const client = new ApiClient({ url: app.url(), token: readFileSync(join(dataDir, 'local-token'), 'utf8') });
  const { token } = await client.invite({ name: 'idle', labels: {}, rejoin: null, expiresMs: 600_000 });
  const data = ['--data', join(dir, 'a')];
  await promisify(execFile)(process.execPath, [bundle, 'join', token, ...data]);
  const agent = spawn(process.execPath, [...launcherFlags, bundle, 'run', ...data], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' },
  });
  try {
    await measure(agent);
  } finally {
    agent.kill('SIGTERM');
    await app.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

const measure = async ({ pid }: ChildProcess): Promise<void> => {
  if (pid === undefined) throw new Error('the agent could not be started');
  await rest(settleMs);
  const before = cpuMs(pid);
  await rest(idleMs);
  const cpu = (cpuMs(pid) - before) / idleMs;
  const resident = kilobytesIn(`/proc/${pid}/status`, 'VmRSS');
  const own = kilobytesIn(`/proc/${pid}/smaps_rollup`, 'Pss');
  const peak = kilobytesIn(`/proc/${pid}/status`, 'VmHWM');
  const beside = childrenOf(pid).reduce(
    (sum, child) => sum + kilobytesIn(`/proc/${child}/smaps_rollup`, 'Pss'),
    0,
  );
  console.log(
    `joined, connected by TLS and at rest: ${megabytes(resident)} resident (aim: under ${megabytes(aim.residentBytes)}), ` +
      `${megabytes(own)} of it its own share; ${megabytes(peak)} at the most since its start`,
  );
  console.log(
    `waiting shells beside it: ${megabytes(beside)}; processor: ${(cpu * 100).toFixed(2)} % of one core`,
  );
};
