import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

/**
 * A real Redis of the test's own: the `redis-server` of PATH on a free port of this machine, keeping nothing.
 *
 * Modes: new; running between `start` and `kill` or `stop`, back and forth on one port.
 */
export class RedisServer {
  readonly port: number;
  readonly #directory = mkdtempSync(join(tmpdir(), 'nerdyops-redis-'));
  #process: ChildProcess | null = null;
  readonly #endWithUs = (): void => {
    this.#process?.kill('SIGKILL');
  };

  private constructor(port: number) {
    this.port = port;
    process.once('exit', this.#endWithUs);
  }

  /** @param options `start: false` reserves a port on which nothing listens yet. */
  static async make(options: { start: boolean } = { start: true }): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    if (options.start) await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#directory];
    const child = spawn('redis-server', [...settings, '--save', '', '--appendonly', 'no']);
    this.#process = child;
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      if (line.includes('Ready to accept connections')) {
        child.stdout.resume();
        return;
      }
    }
    throw new Error(`redis-server ended before it was ready on port ${this.port}`);
  }

  /** As a power cut would: kill -9. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Stands still, keeping its connections open: a hung server. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends one command over a connection of its own and resolves with the raw reply. */
  async send(...words: string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    const bulk = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
    socket.write(`*${words.length}\r\n${bulk}`);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return reply.toString();
  }

  async flushall(): Promise<void> {
    await this.send('FLUSHALL');
  }

  /** Kills it for good and removes its directory. Safe to call twice. */
  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#endWithUs);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
