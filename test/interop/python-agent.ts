import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Debian's own, which has the packages; a version manager's has not. */
const python = '/usr/bin/python3';

/** What the agent says in lines of JSON, and its process, which ends with the test. */
export interface PythonAgent {
  child: ChildProcess;
  said: Record<string, unknown>[];
  /** Resolves with the first line that has this field. */
  hears(field: string): Promise<Record<string, unknown>>;
}

/** A directory for one test. */
export const makeTestDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'nerdy-py-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
};

/** Python's half of agent.proto, made by protoc as any other author would. */
export const makeStubs = (dir: string): string => {
  const stubs = join(dir, 'stubs');
  mkdirSync(stubs);
  const plugin = execFileSync('sh', ['-c', 'command -v grpc_python_plugin'], { encoding: 'utf8' }).trim();
  execFileSync(
    'protoc',
    [
      ...['-I', 'proto', `--python_out=${stubs}`, `--grpc_python_out=${stubs}`],
      `--plugin=protoc-gen-grpc_python=${plugin}`,
      'proto/nerdyops/v1/agent.proto',
    ],
    { cwd: root },
  );
  return stubs;
};

export const startPythonAgent = (args: readonly string[]): PythonAgent => {
  const child = spawn(python, [join(root, 'test/interop/agent.py'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said: Record<string, unknown>[] = [];
  const wakes: (() => void)[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : { trouble: line });
    for (const wake of wakes.splice(0)) wake();
  });
  const hears = async (field: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = said.find((l) => field in l);
      if (line) return line;
      await new Promise<void>((resolve) => wakes.push(resolve));
    }
  };
  return { child, said, hears };
};
