import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '../../../src/cli/client.ts';
import { ServerDown } from '../../../src/cli/exit-code.ts';
import { clientOf, Program, packageDir } from '../processes.ts';
import { KeptProcess, KeptRedis } from './kept-process.ts';

/** A server that closes the connection of a request is about to be gone; one that does it so often in a row is not. */
const cutsInARowMax = 20;

/**
 * All processes of one torture, each as it is installed, in a directory of their own: `nerdy serve`, a private Redis,
 * and agents from their one file.
 */
export class Scene {
  readonly dir: string;
  readonly dataDir: string;
  readonly redis: KeptRedis;
  readonly server: KeptProcess;
  readonly agents = new Map<string, KeptProcess>();
  /** What should never happen, in a sentence each. */
  readonly faults: string[] = [];
  /** Requests whose answer a kill had eaten, and that were sent again. */
  repeats = 0;
  readonly #log: number;

  private constructor(dir: string, redis: KeptRedis, agents: readonly string[], agentFile: string) {
    this.dir = dir;
    this.redis = redis;
    this.dataDir = join(dir, 'server');
    this.#log = openSync(join(dir, 'log'), 'a');
    this.server = this.#keep('server', () => this.#startServer());
    for (const name of agents) {
      const args = ['run', '--socket', join(this.dataDir, 'gateway.sock'), '--data', join(dir, name)];
      const start = () => new Program([agentFile, ...args, '--name', name], { stderr: this.#log });
      this.agents.set(name, this.#keep(`agent ${name}`, start));
    }
  }

  /** Everything starts; what is not ready yet will be. */
  static async start(agents: readonly string[], agentFile: string): Promise<Scene> {
    // Beside the product's own data, and so on a real disk: a temporary directory may be one of memory.
    mkdirSync(join(packageDir, 'data'), { recursive: true, mode: 0o700 });
    const dir = mkdtempSync(join(packageDir, 'data/torture-'));
    return new Scene(dir, await KeptRedis.make(), agents, agentFile);
  }

  /** Calls the API until it answers, whatever happens to the server meanwhile. */
  async call<T>(what: (client: ApiClient) => Promise<T>): Promise<T> {
    for (let cuts = 0; ; ) {
      const program = await this.server.running();
      const client = await this.#clientOf(program);
      if (client === null) continue;
      try {
        return await what(client);
      } catch (err) {
        if (!(err instanceof ServerDown)) throw err;
        this.repeats++;
        cuts = program.isRunning ? cuts + 1 : 0;
        if (!err.isAway) this.faults.push(`The server answered: ${err.message}`);
        // Its connections close a moment before it is seen to be gone.
        if (cuts >= cutsInARowMax) await program.ended;
      }
    }
  }

  /** Ends everything in order. A server or an agent that can't is a fault. */
  async stop(): Promise<void> {
    // One that was killed a moment ago must be up again to be stopped.
    await this.call((client) => client.agents());
    for (const [name, agent] of this.agents) this.#checkEnd(`agent ${name}`, await agent.stop());
    this.#checkEnd('server', await this.server.stop());
    await this.redis.stop();
  }

  /** At once, whatever they are at: nobody waits for the result any more. */
  async abandon(): Promise<void> {
    for (const kept of [this.server, ...this.agents.values()]) await kept.abandon();
    await this.redis.stop();
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  /** The log of all processes, as far as it tells of errors. */
  errorsLogged(): string[] {
    return readFileSync(join(this.dir, 'log'), 'utf8')
      .split('\n')
      .filter((line) => /"level":"?(error|fatal|50|60)/.test(line) || /^\S.*Error/.test(line));
  }

  #keep(name: string, start: () => Program): KeptProcess {
    return new KeptProcess(start, (how) => this.faults.push(`The ${name} ended by itself: ${how}.`));
  }

  #startServer(): Program {
    const env = {
      ...process.env,
      NERDY_DATA_DIR: this.dataDir,
      NERDY_HTTP_PORT: '0',
      NERDY_RUNBOOKS_DIR: join(packageDir, 'test/e2e/torture/runbooks'),
      NERDY_LOG_LEVEL: 'warn',
      REDIS_URL: this.redis.url,
    };
    return new Program([join(packageDir, 'dist/nerdy.js'), 'serve'], { env, stderr: this.#log });
  }

  async #clientOf(program: Program): Promise<ApiClient | null> {
    const said = await program.said('NerdyOps ');
    const url = / at (\S+)$/.exec(said ?? '')?.[1];
    return url === undefined ? null : clientOf(url, this.dataDir);
  }

  #checkEnd(name: string, how: string): void {
    // An agent that is just starting has no handler for the signal yet, and nothing to put in order.
    if (how !== '0' && !(name.startsWith('agent') && how === 'SIGTERM'))
      this.faults.push(`The ${name} did not stop in order: ${how}.`);
  }
}
