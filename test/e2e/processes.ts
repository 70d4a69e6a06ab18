import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../../src/cli/client.ts';
import { tokenFileName } from '../../src/system/data-files.ts';
import type { CrashAgentSettings } from './programs/crash-agent.ts';
import type { CrashServerSettings } from './programs/crash-server.ts';

export const packageDir = fileURLToPath(new URL('../..', import.meta.url));
export const fixtureRunbooks = join(packageDir, 'test/e2e/fixtures/runbooks');

/** Where test/global-setup.ts bundles the programs, once for all tests. */
export const bundles = join(packageDir, 'dist/e2e');

/** A process that a test started, which it alone ends. */
export class Program {
  readonly #child: ChildProcess;
  /** Resolves with the signal or exit code. */
  readonly ended: Promise<string>;
  #lines: string[] = [];
  #onLine: (() => void)[] = [];
  #hasEnded = false;

  /** @param options.stderr a file's descriptor; by default what it says on stderr is seen. */
  constructor(args: readonly string[], options: { env?: NodeJS.ProcessEnv; stderr?: number } = {}) {
    const { env = process.env, stderr = 'inherit' } = options;
    this.#child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', stderr] });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#hasEnded = true;
        for (const wake of this.#onLine.splice(0)) wake();
        resolve(signal ?? String(code));
      });
    });
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#lines.push(line);
        for (const wake of this.#onLine.splice(0)) wake();
      });
    }
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  /** The rest of the first line that begins so; null when the process ends without saying it. */
  async said(prefix: string): Promise<string | null> {
    for (;;) {
      const line = this.#lines.find((l) => l.startsWith(prefix));
      if (line !== undefined) return line.slice(prefix.length);
      if (this.#hasEnded) return null;
      await new Promise<void>((resolve) => this.#onLine.push(resolve));
    }
  }

  /** True when it has said this line already. */
  hasSaid(line: string): boolean {
    return this.#lines.includes(line);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill(signal);
    await this.ended;
  }
}

/** A directory for one scene, gone with `remove`. Short, since a Unix socket's path lives in it. */
export const makeDir = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'ne2e-'));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
};

export const startServer = (settings: CrashServerSettings): Program =>
  new Program([join(bundles, 'crash-server.js'), JSON.stringify(settings)]);

export const startAgent = (settings: CrashAgentSettings): Program =>
  new Program([join(bundles, 'crash-agent.js'), JSON.stringify(settings)]);

export const localTokenIn = (dataDir: string): string =>
  readFileSync(join(dataDir, tokenFileName), 'utf8').trim();

/** The API of a server that has said its address. */
export const clientOf = (url: string, dataDir: string): ApiClient =>
  new ApiClient({ url, token: localTokenIn(dataDir) });

/** Reads and sweeps come again and again and do the same each time; of a step that writes, every time counts. */
const repeatsMax = 2;

/** A read leaves nothing behind: who dies after it has left what is there who dies before it, the first time or the next. */
const isRead = (point: string): boolean => /^store\.(get|list|last|due|read|signed|diagnosing)/.test(point);

/** The names in a point file, each once, in the order in which they were passed, without those that repeat another's scene. */
export const readPoints = (file: string): string[] => {
  const passed = new Set(readFileSync(file, 'utf8').trim().split('\n'));
  return [...passed].filter((point) => {
    const number = Number(/#(\d+) /.exec(point)?.[1]);
    if (isRead(point)) return number === 1 && point.endsWith(' before');
    return number <= repeatsMax || /\[(task|run)\./.test(point);
  });
};
