import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { sentence } from './core/sentences.ts';
import { answerWorker } from './flow/answer.ts';
import { Counter } from './flow/counter.ts';
import type { Desk } from './flow/desk.ts';
import { Dispatcher } from './flow/dispatch.ts';
import { draftWorker } from './flow/draft.ts';
import { publishWorker } from './flow/publish.ts';
import { recoverWorker } from './flow/recover.ts';
import { Reports } from './flow/report.ts';
import { Gateway } from './grpc/gateway.ts';
import { apiRoutes } from './http/api.ts';
import { eventRoutes } from './http/events.ts';
import { Metrics } from './http/metrics.ts';
import { httpServer } from './http/server.ts';
import { makeMind } from './mind.ts';
import type { ChatSurface } from './ports/chat.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Queue } from './ports/queue.ts';
import type { Service } from './ports/service.ts';
import { EmbeddedQueue } from './queue/embedded-queue.ts';
import { RedisQueue } from './redis/redis-queue.ts';
import { SqliteStore } from './sql/sqlite-store.ts';
import { randomToken, socketName, tokenFileName } from './system/data-files.ts';
import { FileSigner } from './system/file-signer.ts';
import { secretFile } from './system/secret-file.ts';
import { SystemClock } from './system/system-clock.ts';
import { webConsole } from './web/app.ts';
import { ConsoleSessions } from './web/session.ts';
import { fileSessionStore } from './web/session-store.ts';

/** The HTTP server could not listen; `sentence` says on what and what to do. */
export class ListenError extends Error {
  readonly code = 'listen';
  readonly sentence;
  constructor(config: Config, cause: NodeJS.ErrnoException) {
    const { host, port } = config.http;
    const said =
      cause.code === 'EADDRINUSE'
        ? sentence('port_in_use', { host, port, setting: 'NERDY_HTTP_PORT' })
        : sentence('address_unusable', { host, port, reason: cause.message });
    super(said.text, { cause });
    this.name = 'ListenError';
    this.sentence = said;
  }
}

export interface AppOptions {
  config: Config;
  /** Where `proto/`, `runbooks/` and the console's assets are. */
  packageDir: string;
  log: Log;
  /** Surfaces where cards are posted, besides the console. */
  chats?: readonly ChatSurface[];
  /** The system's clock where none is given. */
  clock?: Clock;
  /** Wraps each port as it is made; tests stand between the flow and the world with it. */
  decorate?: <T extends object>(port: string, part: T) => T;
}

export interface App {
  /** What every surface acts at. */
  readonly desk: Desk;
  start(): Promise<void>;
  /** Drains and stops. Safe to call twice. */
  stop(): Promise<void>;
  /** The console's address, once started. */
  url(): string;
  /** A fresh one-time link to the console. */
  consoleLink(): string;
}

/** Wires the parts and orders their start and stop; it decides nothing. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const { config, packageDir, log } = options;
  const decorate = options.decorate ?? ((_, part) => part);
  const clock = options.clock ?? new SystemClock();
  const store = decorate('store', new SqliteStore({ dataDir: config.dataDir, clock, log }));
  const queue = decorate<Queue>(
    'queue',
    config.redisUrl === null
      ? new EmbeddedQueue({ log })
      : new RedisQueue({ url: config.redisUrl, clock, log }),
  );
  const mind = await makeMind(config, log);
  const chats = new Map((options.chats ?? []).map((chat) => [chat.surface, decorate('chat', chat)]));

  // The store makes and locks the data directory; what lives in it is opened after that.
  await store.start();
  const file = (name: string): string => join(config.dataDir, name);
  const signer = decorate('signer', new FileSigner(file('signing-key.pem')));
  const serverId = secretFile(file('server-id'), () => crypto.randomUUID());
  const token = secretFile(file(tokenFileName), randomToken);

  const dispatcher = new Dispatcher({ store, queue, log });
  const reports = new Reports(store);
  const gateway = new Gateway({
    socketPath: file(socketName),
    protoText: readFileSync(join(packageDir, 'proto/nerdyops/v1/agent.proto'), 'utf8'),
    queue,
    log,
    parts: { store, dispatcher, reports, signer, serverId, clock, log },
  });
  const links = decorate('links', gateway);
  const counter = new Counter({
    store,
    signer,
    dispatcher,
    links,
    serverId,
    postingSurfaces: new Set(chats.keys()),
  });
  const owner = `${serverId}:${crypto.randomUUID()}`;
  const shared = { store, clock, log, owner };
  const workers: Service[] = [
    draftWorker({ ...shared, drafter: decorate('drafter', mind.drafter) }),
    answerWorker({
      ...shared,
      interpreter: decorate('interpreter', mind.interpreter),
      onWords: (task, words) => counter.tellWords(task, words),
    }),
    recoverWorker({ store, queue, dispatcher, clock, log }),
    publishWorker({ store, surfaces: chats, clock, log }),
  ];

  const metrics = new Metrics({ store, connectedAgents: () => gateway.connected });
  const http = httpServer({
    log,
    metrics,
    readiness: async () => [
      {
        name: 'store',
        ready: await store.lastSeq().then(
          () => true,
          () => false,
        ),
      },
      { name: 'queue', ready: queue.isReady() },
    ],
  });
  const sessions = new ConsoleSessions({
    clock,
    log,
    store: fileSessionStore(file('console-sessions.json')),
  });
  const url = (): string =>
    urlOf(config, (http.server.address() as AddressInfo | null)?.port ?? config.http.port);
  const consoleLink = (): string => sessions.create(url());
  await http.register(apiRoutes({ desk: counter, token, runbooks: () => mind.runbooks, consoleLink }), {
    prefix: '/api/v1',
  });
  await http.register(eventRoutes({ store, token, clock }), { prefix: '/api/v1' });
  await http.register(
    webConsole({
      desk: counter,
      clock,
      log,
      sessions,
      allowedHosts: [config.http.host],
      assetsFolder: join(packageDir, 'src/web/assets'),
    }),
  );

  let isStopped = false;
  return {
    desk: counter,
    url,
    consoleLink,
    start: async () => {
      await sessions.start();
      await store.disown(`${serverId}:`);
      await queue.start();
      await metrics.start();
      await gateway.start();
      await http
        .listen({ host: config.http.host, port: config.http.port })
        .catch((err: NodeJS.ErrnoException) => {
          throw new ListenError(config, err);
        });
      for (const worker of workers) await worker.start();
      log.info({ url: url(), queue: config.redisUrl === null ? 'embedded' : 'redis' }, 'serving');
    },
    stop: async () => {
      if (isStopped) return;
      isStopped = true;
      await http.close();
      await gateway.stop();
      for (const worker of workers) await worker.stop();
      await queue.stop();
      await store.stop();
      log.info({}, 'stopped');
    },
  };
};

const urlOf = (config: Config, port: number): string => {
  const { host } = config.http;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
};
