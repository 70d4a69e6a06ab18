import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '../../src/cli/client.ts';
import { CliError, ExitCode } from '../../src/cli/exit-code.ts';
import type { Card } from '../../src/core/card.ts';
import {
  clientOf,
  fixtureRunbooks,
  localTokenIn,
  type Program,
  packageDir,
  startAgent,
  startServer,
} from './processes.ts';
import type { CrashServerSettings } from './programs/crash-server.ts';

/**
 * One server, kept alive: whenever it is gone it is started again without its crash point, as an init system would.
 * What it is asked is asked again with the same id, as a chat platform would.
 */
export class KeptServer {
  readonly #dataDir: string;
  readonly #settings: CrashServerSettings;
  #program: Program;
  #client: Promise<ApiClient | null>;
  #deaths = 0;

  constructor(dataDir: string, settings: Partial<CrashServerSettings>, env: Record<string, string> = {}) {
    this.#dataDir = dataDir;
    this.#settings = {
      env: {
        ...{ NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
        ...{ NERDY_RUNBOOKS_DIR: fixtureRunbooks, ...env },
      },
      packageDir,
      wanted: null,
      recordTo: null,
      action: 'kill',
      ...settings,
    };
    this.#program = startServer(this.#settings);
    this.#client = this.#connect();
  }

  get deaths(): number {
    return this.#deaths;
  }

  get program(): Program {
    return this.#program;
  }

  async kill(): Promise<void> {
    await this.#program.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#program.end('SIGTERM');
  }

  /** Calls the API until it answers, whatever happens to the server meanwhile. */
  async call<T>(what: (client: ApiClient) => Promise<T>): Promise<T> {
    for (;;) {
      const client = await this.#alive();
      try {
        return await what(client);
      } catch (err) {
        if (!(err instanceof CliError) || err.exitCode !== ExitCode.unreachable) throw err;
        await this.#program.ended;
      }
    }
  }

  /** Where it listens, and the token of its data directory, for what no client of ours would send. */
  async address(): Promise<{ url: string; localToken: string }> {
    await this.#alive();
    const url = await this.#program.said('url ');
    if (url === null) throw new Error('the server has ended');
    return { url, localToken: localTokenIn(this.#dataDir) };
  }

  async #alive(): Promise<ApiClient> {
    for (;;) {
      const program = this.#program;
      const client = program.isRunning ? await this.#client : null;
      if (client && program.isRunning) return client;
      const how = await program.ended;
      // Several callers wait for one death, and it is started again once.
      if (program !== this.#program) continue;
      if (how !== 'SIGKILL') throw new Error(`the server ended by itself: ${how}`);
      this.#deaths++;
      this.#program = startServer({ ...this.#settings, wanted: null });
      this.#client = this.#connect();
    }
  }

  async #connect(): Promise<ApiClient | null> {
    const url = await this.#program.said('url ');
    return url === null ? null : clientOf(url, this.#dataDir);
  }
}

/** An agent, kept alive the same way. */
export class KeptAgent {
  readonly #start: (wanted: string | null) => Program;
  #program: Program;
  #deaths = 0;
  #isWanted = true;

  constructor(options: {
    serverDataDir: string;
    dataDir: string;
    name: string;
    wanted: string | null;
    recordTo: string | null;
    policyFile?: string;
  }) {
    const { serverDataDir, ...rest } = options;
    const socket = join(serverDataDir, 'gateway.sock');
    this.#start = (wanted) => startAgent({ ...rest, packageDir, socket, wanted });
    this.#program = this.#start(options.wanted);
    this.#watch();
  }

  get deaths(): number {
    return this.#deaths;
  }

  async kill(): Promise<void> {
    await this.#program.end('SIGKILL');
  }

  /** Ends it in order, and leaves it so. */
  async pause(): Promise<void> {
    this.#isWanted = false;
    await this.#program.end('SIGTERM');
  }

  resume(): void {
    this.#isWanted = true;
    this.#program = this.#start(null);
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#program.end('SIGKILL');
  }

  #watch(): void {
    void this.#program.ended.then(() => {
      if (!this.#isWanted) return;
      this.#deaths++;
      this.#program = this.#start(null);
      this.#watch();
    });
  }
}

/** Whoever keeps a server alive, as far as it can be asked. */
export type Kept = Pick<KeptServer, 'call'>;

/** Waits until the server says it is so, looking again after each event, whatever happens to the server meanwhile. */
export const until = <T>(server: Kept, look: (client: ApiClient) => Promise<T | null>): Promise<T> =>
  server.call(async (client) => {
    const stop = new AbortController();
    try {
      for await (const _ of client.events(stop.signal)) {
        const found = await look(client);
        if (found !== null) return found;
      }
    } finally {
      stop.abort();
    }
    throw new Error('an event stream ended without saying so');
  });

/** Waits for the agent to be known, without which nothing can be asked of it. */
export const joined = async (server: Kept, name: string): Promise<void> => {
  await until(
    server,
    async (client) => (await client.agents()).find((a) => a.name === name && a.online) ?? null,
  );
};

/** From words to answer: asks, approves what is proposed, and waits for the end. */
export const runLoop = async (server: KeptServer, request: string): Promise<Card> => {
  const askKey = randomUUID();
  const approveKey = randomUUID();
  const { task } = await server.call((client) => client.ask(request, null, askKey));
  const proposed = await reached(server, task, (card) => card.state !== 'drafting');
  if (!proposed.proposal) return proposed;
  const { revision, digest } = proposed.proposal;
  const body = { proposal: revision, digest, canary: false };
  await server.call((client) => client.act(task, 'approve', body, approveKey));
  return reached(server, task, (card) => !['running', 'answering'].includes(card.state));
};

/** The card as soon as it is as wanted. */
export const reached = (server: Kept, task: number, isThere: (card: Card) => boolean): Promise<Card> =>
  until(server, async (client) => {
    const card = await client.card(task);
    return isThere(card) ? card : null;
  });

/** How often the script ran, counted by what it did. */
export const effectsIn = (file: string): number =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).length : 0;
