import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Chats, chatMakers } from './chats.ts';
import type { Config } from './config.ts';
import type { IncidentPlace } from './core/incident.ts';
import { classify } from './core/risk/classify.ts';
import { type Sentence, sentence } from './core/sentences.ts';
import { answerWorker } from './flow/answer.ts';
import { CarefulRedactor } from './flow/careful-redactor.ts';
import type { MakeChat } from './flow/chat-adapter.ts';
import { Counter } from './flow/counter.ts';
import type { Desk } from './flow/desk.ts';
import { Dispatcher } from './flow/dispatch.ts';
import { draftWorker } from './flow/draft.ts';
import type { Hearing } from './flow/hear.ts';
import { Keys } from './flow/keys.ts';
import { Library } from './flow/library.ts';
import { Listener } from './flow/listener.ts';
import { OrderCheck } from './flow/order-check.ts';
import { Publisher } from './flow/publish.ts';
import { recoverWorker } from './flow/recover.ts';
import { Reports } from './flow/report.ts';
import { Terms } from './flow/terms.ts';
import { Gateway, type GatewayAddress } from './grpc/gateway.ts';
import { makeHooks, makePoller } from './hooks.ts';
import { agentRoutes } from './http/agents.ts';
import { alertRoutes } from './http/alerts.ts';
import { apiRoutes } from './http/api.ts';
import { auditRoutes } from './http/audit.ts';
import { chatRoutes } from './http/chat-routes.ts';
import { eventRoutes } from './http/events.ts';
import { hookAdminRoutes } from './http/hook-admin.ts';
import { hookRoutes } from './http/hooks.ts';
import { installRoutes } from './http/install.ts';
import { keyRoutes } from './http/keys.ts';
import { Metrics } from './http/metrics.ts';
import { runbookRoutes } from './http/runbooks.ts';
import { httpServer } from './http/server.ts';
import { watchRoutes } from './http/watches.ts';
import { makeIncidents, unpostedChannels } from './incidents.ts';
import { makeMind } from './mind.ts';
import { openOuterDoor } from './outer-door.ts';
import type { AuditSeal } from './ports/audit-seal.ts';
import type { ChatSurface } from './ports/chat.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Queue } from './ports/queue.ts';
import type { Service } from './ports/service.ts';
import type { RotatingSigner } from './ports/signer.ts';
import type { Store } from './ports/store.ts';
import { EmbeddedQueue } from './queue/embedded-queue.ts';
import { SecretRedactor } from './redaction/secret-redactor.ts';
import { RedisQueue } from './redis/redis-queue.ts';
import { SqliteStore } from './sql/sqlite-store.ts';
import {
  agentTokenFileName,
  identityFileNames,
  randomToken,
  socketName,
  tokenFileName,
} from './system/data-files.ts';
import { FileSigner } from './system/file-signer.ts';
import { keepPublicKey, publicKeyFileName } from './system/public-key-file.ts';
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
    const settings = ['NERDY_HTTP_HOST', 'NERDY_HTTP_PORT'];
    const said =
      cause.code === 'EADDRINUSE'
        ? sentence('port_in_use', { host, port, setting: 'NERDY_HTTP_PORT' })
        : sentence('address_unusable', { host, port, reason: cause.message, settings });
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
  /** Surfaces where cards are posted, besides the console and the chats that are configured. */
  chats?: readonly ChatSurface[];
  /** Whole chats besides those that are configured. */
  chatMakers?: readonly MakeChat[];
  /** The system's clock where none is given. */
  clock?: Clock;
  /** Wraps each port as it is made; tests stand between the flow and the world with it. */
  decorate?: <T extends object>(port: string, part: T) => T;
}

export interface App {
  /** What every surface acts at. */
  readonly desk: Desk;
  /** Where chats bring what they hear. */
  readonly hearing: Hearing;
  start(): Promise<void>;
  /** Drains and stops. Safe to call twice. */
  stop(): Promise<void>;
  /** What doesn't work yet and why, once started: the rest does. Empty when all is well. */
  waitsFor(): Sentence[];
  /** What is left out since it was not asked for, or can't be as it was asked for, and why. */
  goesWithout(): Sentence[];
  /** The console's address, once started. */
  url(): string;
  /** A fresh one-time link to the console. */
  consoleLink(): string;
}

/** Wires the parts and orders their start and stop; it decides nothing. */
export const createApp = async (given: AppOptions): Promise<App> => {
  const chats = new Chats();
  const options = { ...given, config: withGroups(given.config, chats) };
  const ports = await openPorts(options, chats);
  const loop = makeLoop(options, ports);
  const front = await makeFront(options, ports, loop);
  const { config, log } = options;
  let hookHomes: (IncidentPlace | null)[] = [];
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    // A platform that is away must not keep the rest from stopping in order.
    await chats.stop().catch((err: unknown) => log.error({ err }, 'a chat did not stop in order'));
    await front.poller?.stop();
    await front.http.close();
    await loop.gateway.stop();
    for (const worker of loop.workers) await worker.stop();
    await ports.queue.stop();
    await ports.store.stop();
    log.info({}, 'stopped');
  };
  return {
    desk: loop.counter,
    hearing: loop.hearing,
    url: front.url,
    waitsFor: () => [
      ...(ports.queue.isReady() ? [] : [sentence('redis_down', {})]),
      ...chats.adapters.flatMap(({ connection }) => connection.trouble() ?? []),
    ],
    goesWithout: () => [
      ...(loop.gateway.tlsProblem ? [loop.gateway.tlsProblem] : []),
      ...unpostedChannels(config.alerts, [...hookHomes, config.sqs?.home ?? null], chats.surfaces),
    ],
    consoleLink: front.consoleLink,
    start: async () => {
      await front.sessions.start();
      hookHomes = (await front.hooks.list()).map(({ home }) => home);
      await ports.store.disown(`${ports.serverId}:`);
      await ports.keys.noteChanges();
      await loop.library.load();
      await ports.queue.start();
      await front.metrics.start();
      await loop.gateway.start();
      await front.http
        .listen({ host: config.http.host, port: config.http.port })
        .catch((err: NodeJS.ErrnoException) => {
          throw new ListenError(config, err);
        });
      for (const worker of loop.workers) await worker.start();
      await front.poller?.start();
      await chats.start();
      log.info({ url: front.url(), queue: config.redisUrl === null ? 'embedded' : 'redis' }, 'serving');
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};

/** The rules ask the platforms who is in their groups. */
const withGroups = (config: Config, chats: Chats): Config => {
  const { policy } = config;
  const roster = policy.roster.withGroups((identity) => chats.groupsOf(identity));
  return { ...config, policy: { ...policy, roster } };
};

/** What stands between the flow and the world. The store is open already: it makes and locks the data directory. */
const openPorts = async ({ config, log, ...options }: AppOptions, chats: Chats) => {
  const decorate = options.decorate ?? ((_, part) => part);
  for (const chat of options.chats ?? []) chats.addSurface(decorate('chat', chat));
  const clock = options.clock ?? new SystemClock();
  const inDataDir = (name: string): string => join(config.dataDir, name);
  let seal: (AuditSeal & { signer: RotatingSigner }) | null = null;
  const openSeal = (): NonNullable<typeof seal> => {
    if (seal) return seal;
    const server = secretFile(inDataDir(identityFileNames.serverId), () => crypto.randomUUID());
    const keys = new FileSigner(inDataDir(identityFileNames.keys), server, clock.now());
    keepPublicKey(inDataDir(publicKeyFileName), keys.publicKey);
    keys.onRotate(() => keepPublicKey(inDataDir(publicKeyFileName), keys.publicKey));
    seal = { server, signer: decorate('signer', keys) };
    return seal;
  };
  const store = decorate(
    'store',
    new SqliteStore({ dataDir: config.dataDir, clock, log, seal: openSeal, keptMs: config.keptMs }),
  );
  await store.start();
  const { server: serverId, signer } = openSeal();
  const queue = decorate<Queue>(
    'queue',
    config.redisUrl === null
      ? new EmbeddedQueue({ log })
      : new RedisQueue({ url: config.redisUrl, clock, log }),
  );
  // No port that is decorated: it is computed here and now, and nothing can come in between.
  const redactor = new CarefulRedactor({ redactor: new SecretRedactor(), log });
  const mind = await makeMind(config, log, redactor);
  let tlsPort: () => number | null = () => null;
  const door = await openOuterDoor(
    { config, packageDir: options.packageDir, log },
    { store, clock, serverId, inDataDir, port: () => tlsPort() },
  );
  return {
    decorate,
    door,
    setTlsPort: (port: () => number | null) => {
      tlsPort = port;
    },
    redactor,
    clock,
    store,
    queue,
    inDataDir,
    drafter: decorate('drafter', mind.drafter),
    interpreter: decorate('interpreter', mind.interpreter),
    shelf: mind.shelf,
    runbookDrafter: mind.runbookDrafter,
    signer,
    serverId,
    token: secretFile(inDataDir(tokenFileName), randomToken),
    keys: new Keys({ store, signer, clock, log }),
    chats,
    makers: [...(await chatMakers(config)), ...(options.chatMakers ?? [])],
  };
};
type Ports = Awaited<ReturnType<typeof openPorts>>;

/** The gateway, the desk and the workers: from a yes to an answer. */
const makeLoop = ({ config, packageDir, log }: AppOptions, ports: Ports) => {
  const { store, queue, clock, signer, serverId, chats, drafter, interpreter, redactor } = ports;
  const terms = new Terms(config.policy, classify);
  const seal = { signer, serverId };
  const check = new OrderCheck({ store, signer, serverId, terms, log });
  const dispatcher = new Dispatcher({ store, queue, check, clock, log });
  const parts = {
    store,
    queue,
    dispatcher,
    check,
    reports: new Reports(store, redactor),
    signer,
    serverId,
    clock,
  };
  const { authority, enrolment: identities, downloads } = ports.door;
  const { host, port, isNamed } = config.grpc;
  const gateway = new Gateway({
    address: gatewayAddress(config, ports.inDataDir),
    protoText: readFileSync(join(packageDir, 'proto/nerdyops/v1/agent.proto'), 'utf8'),
    parts: { ...parts, log, identities, agentVersion: agentVersionIn(packageDir) },
    tls: { address: { host, port }, isOptional: !isNamed, authority, identities, downloads },
    isReady: async () => queue.isReady() && (await isReadable(store)),
  });
  ports.setTlsPort(() => gateway.tlsPort);
  signer.onRotate((succession) => gateway.tellSuccession(succession));
  const links = ports.decorate('links', gateway);
  const postingSurfaces = chats.surfaces;
  const { roster } = terms.policy;
  const library = new Library({ store, shelf: ports.shelf, redactor, roster, log });
  const counter = new Counter({
    ...{ store, terms, seal, dispatcher, links, postingSurfaces, redactor, library, clock },
  });
  const incidents = makeIncidents(config.alerts, {
    ...{ store, clock, redactor, terms, postingSurfaces, log },
    ...{ tasks: counter, runbookDrafter: ports.runbookDrafter },
  });
  const shown = { store, surfaces: chats.surfaces, terms, incidentCard: incidents.card };
  const publisher = new Publisher({ ...shown, clock, log });
  const onWords = (task: number, words: string): void => {
    counter.tellWords(task, words);
    publisher.tellWords(task, words);
  };
  const { channelDefaults } = config;
  const shared = { store, clock, log, owner: `${serverId}:${crypto.randomUUID()}` };
  const recover = recoverWorker({ store, queue, dispatcher, clock, log });
  // What waits for a machine that was removed ends at once.
  identities.onCut(() => recover.wake());
  const workers: Service[] = [
    draftWorker({ ...shared, drafter, terms, seal, dispatcher, channelDefaults }),
    answerWorker({ ...shared, interpreter, onWords }),
    recover,
    publisher,
    ...incidents.workers,
  ];
  const heard = { desk: counter, alerts: incidents.desk, runbooks: library, clock };
  const hearing = new Listener(store, { ...heard, watches: incidents.watches, roster });
  const chatParts = { ...heard, hearing, groups: roster.platformGroups, log };
  chats.add(ports.makers, chatParts, (surface) => ports.decorate('chat', surface));
  return { gateway, counter, hearing, incidents, library, workers };
};
type Loop = ReturnType<typeof makeLoop>;

/** Whoever can open the data directory is the owner: by its socket, or where there are none by the token in it. */
const gatewayAddress = (config: Config, inDataDir: (name: string) => string): GatewayAddress => {
  if (process.platform !== 'win32') return { kind: 'socket', path: inDataDir(socketName) };
  const token = secretFile(inDataDir(agentTokenFileName), randomToken);
  return { kind: 'loopback', port: config.grpc.localPort, token };
};

/** The HTTP server with the API and the console. */
const makeFront = async ({ config, packageDir, log }: AppOptions, ports: Ports, loop: Loop) => {
  const { store, queue, clock, chats } = ports;
  const door = { localToken: ports.token, personalTokens: config.policy.personalTokens };
  const desk = loop.counter;
  const metrics = new Metrics({ store, connectedAgents: () => loop.gateway.connected });
  const http = httpServer({
    log,
    metrics,
    readiness: async () => [
      { name: 'store', ready: await isReadable(store) },
      queue.isReady()
        ? { name: 'queue', ready: true }
        : { name: 'queue', ready: false, message: sentence('redis_down', {}).text },
      // Without that port this machine's own agents work all the same, so the server is ready.
      { name: 'agents', ready: true, ...messageOf(loop.gateway.tlsProblem) },
      ...chats.adapters.map(({ connection }) => {
        const trouble = connection.trouble();
        const said = trouble ?? connection.lacks?.() ?? null;
        return { name: connection.surface, ready: trouble === null, ...messageOf(said) };
      }),
    ],
  });
  const sessions = new ConsoleSessions({
    clock,
    log,
    store: fileSessionStore(ports.inDataDir('console-sessions.json')),
  });
  const url = (): string =>
    urlOf(config, (http.server.address() as AddressInfo | null)?.port ?? config.http.port);
  const consoleLink = (): string => sessions.create(url());
  const api = apiRoutes({ desk, door, consoleLink });
  await http.register(api, { prefix: '/api/v1' });
  await http.register(runbookRoutes({ runbooks: loop.library, door }), { prefix: '/api/v1' });
  const { watches } = loop.incidents;
  await http.register(watchRoutes({ watches, door }), { prefix: '/api/v1' });
  await http.register(alertRoutes({ alerts: loop.incidents.desk, door }), { prefix: '/api/v1' });
  await http.register(keyRoutes({ keys: ports.keys, door }), { prefix: '/api/v1' });
  await http.register(auditRoutes({ store, door }), { prefix: '/api/v1' });
  await http.register(eventRoutes({ store, door, clock, log }), { prefix: '/api/v1' });
  const { enrolment, lines } = ports.door;
  await http.register(agentRoutes({ enrolment, door, lines }), { prefix: '/api/v1' });
  await http.register(installRoutes({ files: ports.door.installFiles }));
  const { intake } = loop.incidents;
  const wiring = makeHooks(config, { store, clock, roster: () => config.policy.roster });
  const base = () => config.hooks.url ?? url();
  await http.register(hookRoutes({ ...wiring, intake, clock, log }));
  const poller = makePoller(config, { ...wiring, intake, store, redactor: ports.redactor, clock, log });
  const hookParts = { ...wiring, intake, door, base, postingSurfaces: chats.surfaces };
  await http.register(hookAdminRoutes(hookParts), { prefix: '/api/v1' });
  await http.register(chatRoutes({ routes: chats.adapters.flatMap(({ route }) => route ?? []) }));
  const assetsFolder = join(packageDir, 'src/web/assets');
  const allowedHosts = [config.http.host];
  const { hearing } = loop;
  const consoleParts = { desk, hearing, alerts: loop.incidents.desk, machines: { enrolment, lines } };
  await http.register(webConsole({ ...consoleParts, clock, log, sessions, allowedHosts, assetsFolder }));
  return { http, hooks: wiring.hooks, poller, sessions, metrics, url, consoleLink };
};

const messageOf = (said: Sentence | null): { message?: string } => (said ? { message: said.text } : {});

/** Of the agent that this server hands out. */
const agentVersionIn = (packageDir: string): string => {
  const text = readFileSync(join(packageDir, 'agent/package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

const isReadable = (store: Store): Promise<boolean> =>
  store.lastSeq().then(
    () => true,
    () => false,
  );

const urlOf = (config: Config, port: number): string => {
  const { host } = config.http;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
};
