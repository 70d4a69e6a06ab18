import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Agent, type AgentParts, createAgent } from '../../agent/src/agent.ts';
import { inspectMachine, type Machine } from '../../agent/src/run/machine.ts';
import { FakeGateway, protoText } from './fake-gateway.ts';

export const wrapperText = readFileSync(new URL('../../agent/src/run/wrapper.sh', import.meta.url), 'utf8');

let machine: Promise<Machine> | null = null;

/** This machine, looked at once for all tests of a file. */
export const thisMachine = (): Promise<Machine> => {
  machine ??= inspectMachine('0.0.0-test', process.env);
  return machine;
};

/** What a killed agent started ends a moment after it, and may write until then. */
const removeDir = async (dir: string): Promise<void> => {
  for (const deadline = performance.now() + removeMs; ; ) {
    try {
      return rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const removeMs = 10_000;

/** A directory for one test. */
export const makeTestDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'nerdy-'));
  onTestFinished(() => removeDir(dir));
  return dir;
};

export interface Scene {
  dir: string;
  gateway: FakeGateway;
  dataDir: string;
  /** Starts an agent in this process; it is stopped when the test ends. */
  agent(more?: Partial<AgentParts>, until?: 'open' | 'hello'): Promise<Agent>;
  /** Starts the built agent as a process of its own, which a test may kill. */
  process(stderr?: 'ignore' | 'pipe'): Promise<ChildProcess>;
}

/** A gateway and a place for an agent. */
export const makeScene = async (): Promise<Scene> => {
  const dir = makeTestDir();
  const gateway = await new FakeGateway(join(dir, 'gateway.sock')).start();
  onTestFinished(() => gateway.stop());
  const dataDir = join(dir, 'data');
  return {
    dir,
    gateway,
    dataDir,
    async agent(more = {}, until = 'open') {
      const agent = createAgent({
        dataDir,
        address: { socket: gateway.socket },
        name: 'db1',
        labels: { role: 'db' },
        machine: await thisMachine(),
        protoText,
        wrapperText,
        log: { info: () => {}, warn: () => {}, error: () => {} },
        pollMs: 100,
        lostRecheckMs: 50,
        ...more,
      });
      onTestFinished(() => agent.stop());
      // The first heartbeat comes when the welcome was taken in.
      const heard = until === 'open' ? gateway.heartbeats : gateway.hellos;
      const before = heard.length;
      await agent.start();
      await gateway.until(() => heard.length > before);
      return agent;
    },
    async process(stderr = 'ignore') {
      const args = [bundle(), 'run', '--socket', gateway.socket, '--data', dataDir, '--name', 'db1'];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', stderr] });
      onTestFinished(() => killHard(child));
      const greeted = gateway.hellos.length;
      await gateway.until(() => gateway.hellos.length > greeted);
      return child;
    },
  };
};

let built: string | null = null;
/** The built agent's one file. */
export const bundle = (): string => {
  built ??= execFileSync(process.execPath, [buildScript], { encoding: 'utf8' }).trim();
  return built;
};
const buildScript = fileURLToPath(new URL('../../scripts/build-agent.js', import.meta.url));

/** Kills a process the hard way. Resolves when it is gone. */
export const killHard = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });

/** True while a process runs; one that has ended and was not reaped doesn't count. */
export const isRunning = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return false;
  try {
    return !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
};

/** The text of one file of a run's directory. */
export const runFile = (dataDir: string, runId: string, name: string): string =>
  readFileSync(join(dataDir, 'spool', 'runs', runId, name), 'utf8');
