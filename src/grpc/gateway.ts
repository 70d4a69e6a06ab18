import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync, unlinkSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { type Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';
import { loadServices } from '../../proto/agent-stream.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { SignedSuccession } from '../core/succession.ts';
import type { AgentLinks } from '../ports/agent-links.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import type { Order } from '../ports/store.ts';
import type { AgentCall } from './agent-session.ts';
import { agentsRoom } from './agents-room.ts';
import type { Identities } from './doors.ts';
import { grpcServer } from './grpc-server.ts';
import { Health } from './health.ts';
import { drainMs, socketPathBytesMax } from './limits.ts';
import { outsidersRoom } from './outsiders-room.ts';
import { type BookParts, SessionBook } from './session-book.ts';
import { type TlsAddress, TlsFront, TlsListenError } from './tls-front.ts';

/** The gateway could not listen. `sentence` says what to do. */
export class GatewayListenError extends Error {
  readonly code = 'gateway_listen';
  readonly sentence;
  constructor(path: string, cause?: unknown) {
    const said = sentence('socket_path_too_long', { path, bytesMax: socketPathBytesMax });
    super(cause === undefined ? said.text : `the gateway can't listen at ${path}`, { cause });
    this.name = 'GatewayListenError';
    this.sentence = cause === undefined ? said : null;
  }
}

/** Where agents connect: a socket in the data directory, or loopback with a token where there are no such sockets. */
export type GatewayAddress =
  | { kind: 'socket'; path: string }
  | { kind: 'loopback'; port: number; token: string };

const listenTarget = (address: GatewayAddress): string => {
  if (address.kind === 'loopback') return `127.0.0.1:${address.port}`;
  const { path } = address;
  if (Buffer.byteLength(path) > socketPathBytesMax) throw new GatewayListenError(path);
  // A killed server leaves its socket; the store's lock has shown already that no other server lives here.
  if (existsSync(path)) unlinkSync(path);
  return `unix:${path}`;
};

const isAllowed = (address: GatewayAddress, call: AgentCall): boolean => {
  if (address.kind === 'socket') return true;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const given = String(call.metadata.get('authorization')[0] ?? '');
  return timingSafeEqual(digest(given), digest(`Bearer ${address.token}`));
};

/** What is needed to let other machines in. */
export interface GatewayTls {
  address: TlsAddress;
  /** The gateway starts without the port where another program has it. */
  isOptional: boolean;
  authority: CertificateAuthority;
  identities: Identities;
  /** What speaks HTTP/1.1 at the port: the downloads. */
  downloads: HttpServer;
}

export interface GatewayOptions {
  /** Where agents of this machine connect. */
  address: GatewayAddress;
  protoText: string;
  parts: BookParts;
  /** Null where no other machine is let in. */
  tls: GatewayTls | null;
  /** Whether the server can do its work, for `grpc.health.v1`. */
  isReady?: () => Promise<boolean>;
}

/**
 * The server's end of the streams. Agents of this machine come by a Unix socket in the 0700 data directory: whoever can
 * open that is the owner. All others come by the TLS port, with a certificate.
 */
export class Gateway implements Service, AgentLinks {
  readonly name = 'gateway';
  readonly #address: GatewayAddress;
  readonly #log: Log;
  readonly #book: SessionBook;
  readonly #local: Server;
  readonly #tls: { front: TlsFront; servers: Server[]; isOptional: boolean } | null;
  readonly #health: Health;
  #tlsProblem: Sentence | null = null;
  readonly #forgetCuts: () => void;
  #isStopped = false;

  constructor({ address, protoText, parts, tls, isReady = async () => true }: GatewayOptions) {
    this.#address = address;
    this.#log = parts.log;
    this.#book = new SessionBook(parts);
    this.#local = grpcServer();
    this.#local.addService(loadServices(protoText).gateway.service, {
      Connect: (call: AgentCall) => this.#onLocal(call),
      Renew: (_: unknown, callback: sendUnaryData<never>) =>
        callback({ code: status.UNIMPLEMENTED, details: 'an agent at the local socket has no certificate' }),
    });
    this.#health = new Health(isReady, parts.clock);
    this.#tls = tls && this.#openTls(protoText, parts, tls);
    for (const server of this.#servers()) this.#health.addTo(server);
    this.#forgetCuts = tls ? tls.identities.onCut((agentId) => this.#book.cut(agentId)) : () => {};
  }

  /** @throws GatewayListenError, TlsListenError. */
  async start(): Promise<void> {
    const target = listenTarget(this.#address);
    await new Promise<void>((resolve, reject) => {
      this.#local.bindAsync(target, ServerCredentials.createInsecure(), (err) =>
        err ? reject(new GatewayListenError(target, err)) : resolve(),
      );
    });
    await this.#startTls();
    await this.#health.look();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#forgetCuts();
    this.#health.stop();
    this.#tls?.front.close();
    this.#book.drain(drainMs);
    await Promise.all(this.#servers().map(shutDown));
    await this.#tls?.front.stop();
    await this.#book.parted();
  }

  /** The TLS port while it is open. */
  get tlsPort(): number | null {
    return this.#tls?.front.port ?? null;
  }

  /** Why no other machine can come in, though it should. */
  get tlsProblem(): Sentence | null {
    return this.#tlsProblem;
  }

  cancel(agentId: string, runIds: readonly string[]): void {
    this.#book.cancel(agentId, runIds);
  }

  takes(agentId: string): boolean {
    return this.#book.takes(agentId);
  }

  deliver(orders: readonly Order[]): void {
    this.#book.deliver(orders);
  }

  /** Tells every connected agent of a new signing key, before any order that it signs. */
  tellSuccession(succession: SignedSuccession): void {
    this.#book.tellSuccession(succession);
  }

  /** How many agents are connected, for metrics. */
  get connected(): number {
    return this.#book.connected;
  }

  #servers(): Server[] {
    return [this.#local, ...(this.#tls?.servers ?? [])];
  }

  async #startTls(): Promise<void> {
    if (!this.#tls) return;
    try {
      await this.#tls.front.start();
    } catch (err) {
      if (!(err instanceof TlsListenError && err.isTaken && this.#tls.isOptional)) throw err;
      this.#tlsProblem = err.sentence;
      this.#log.warn({}, `no agents from other machines: ${err.sentence.text}`);
    }
  }

  #onLocal(call: AgentCall): void {
    if (isAllowed(this.#address, call)) {
      this.#book.open(call, { kind: 'local' });
      return;
    }
    this.#log.warn({ peer: call.getPeer() }, 'a stream without the token was refused');
    const details = 'the token of this data directory is missing';
    call.emit('error', { code: status.UNAUTHENTICATED, details });
  }

  #openTls(protoText: string, parts: BookParts, tls: GatewayTls) {
    const { authority, identities, address, downloads } = tls;
    const { clock, log, signer, serverId } = parts;
    const agents = agentsRoom({
      ...{ protoText, authority, identities, clock, log },
      onStream: (call, certified) => this.#book.open(call, { kind: 'certified', certified }),
    });
    const outsiders = outsidersRoom({ protoText, authority, identities, signer, serverId, clock, log });
    const rooms = { agents: agents.take, outsiders: outsiders.take, downloads };
    const front = new TlsFront({ address, authority, rooms, clock, log });
    return { front, servers: [agents.server, outsiders.server], isOptional: tls.isOptional };
  }
}

/** Waits a moment for streams to end by themselves. */
const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), drainMs);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
