import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, readServerNote } from '../../src/system/server-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dataDir = '';
let started: ChildProcess | null = null;
let said = '';
const waiting = new Set<() => void>();

/** What `npm start` does once everything is built. */
const start = (env: Record<string, string> = {}): ChildProcess => {
  const program =
    "import('./scripts/supervise.js').then((m) => m.supervise([], { fastMs: 50, deathsMax: 2 }))";
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: dataDir, NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const look of waiting) look();
    });
  }
  started = child;
  return child;
};

const until = (words: RegExp): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!words.test(said)) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nerdyops-start-'));
  said = '';
});
afterEach(async () => {
  if (started?.exitCode === null) {
    started.kill('SIGTERM');
    await ended(started);
  }
  waiting.clear();
  rmSync(dataDir, { recursive: true, force: true });
});

const pidNow = (): number => readServerNote(dataDir)?.pid ?? 0;

describe('npm start', () => {
  it('starts a server that was killed again, says so, and ends both at a signal', async () => {
    const child = start();
    await until(/is ready at/);
    const first = pidNow();
    process.kill(first, 'SIGKILL');
    await until(/The server was killed \(SIGKILL\)\. .* It is started again in/s);
    await until(/is ready at.*is ready at/s);
    const second = pidNow();
    expect(second).not.toBe(first);
    child.kill('SIGINT');
    expect(await ended(child)).toBe(0);
    expect(said).toContain('Stopped. Scripts that run go on');
    expect(isAlive(second)).toBe(false);
    expect(readServerNote(dataDir)).toMatchObject({ pid: null });
  });

  it('gives up on a server that dies again and again', async () => {
    const child = start();
    for (let life = 1; life <= 3; life++) {
      await until(new RegExp(`(is ready at.*){${life}}`, 's'));
      process.kill(pidNow(), 'SIGKILL');
    }
    expect(await ended(child)).toBe(1);
    expect(said).toContain('again and again, so it is not started any more');
  });

  it('does not try twice where the settings are wrong', async () => {
    expect(await ended(start({ NERDY_HTTP_PORT: 'no port' }))).toBe(2);
    expect(said).toContain('NERDY_HTTP_PORT: must be a port number');
    expect(said).not.toContain('started again');
  });

  it('does not call itself ready while Redis is away, and says what waits', async () => {
    start({ REDIS_URL: 'redis://127.0.0.1:1' });
    await until(/The queue can't be reached\. Approved work waits safely/);
    expect(said).toContain('NerdyOps answers at');
    expect(said).not.toContain('is ready at');
  });

  it('does not try twice where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await ended(start({ NERDY_HTTP_PORT: String(port) }))).toBe(1);
    expect(said).toContain('is in use by another program');
    expect(said).not.toContain('started again');
    other.close();
  });
});
