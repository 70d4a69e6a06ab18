import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync, unlinkSync } from 'node:fs';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { loadGatewayService } from '../../proto/agent-stream.ts';
import { grpcMessageBytesMax } from '../core/limits.ts';
import { sentence } from '../core/sentences.ts';
import type { SignedSuccession } from '../core/succession.ts';
import { partAgent } from '../flow/greet.ts';
import type { AgentLinks } from '../ports/agent-links.ts';
import type { Log } from '../ports/log.ts';
import type { Queue } from '../ports/queue.ts';
import type { Service } from '../ports/service.ts';
import type { Order } from '../ports/store.ts';
import { type AgentCall, AgentSession, type SessionParts } from './agent-session.ts';
import { drainMs, socketPathBytesMax } from './limits.ts';

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

/**
 * The server's end of the streams. Until enrolment it listens on a Unix socket in the 0700 data directory and
 * nowhere else: whoever can open that directory is the owner.
 */
export class Gateway implements Service, AgentLinks {
  readonly name = 'gateway';
  readonly #address: GatewayAddress;
  readonly #parts: Omit<SessionParts, 'onGreeted' | 'onClosed' | 'onStranded'>;
  readonly #queue: Queue;
  readonly #log: Log;
  readonly #server: Server;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #all = new Set<AgentSession>();
  readonly #doorbells = new Map<AgentSession, () => void>();
  /** What is being written of agents that have left; a stop waits for it. */
  readonly #partings = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: {
    address: GatewayAddress;
    protoText: string;
    queue: Queue;
    parts: Omit<SessionParts, 'onGreeted' | 'onClosed' | 'onStranded'>;
    log: Log;
  }) {
    this.#address = options.address;
    this.#parts = options.parts;
    this.#queue = options.queue;
    this.#log = options.log;
    this.#server = new Server({
      'grpc.max_receive_message_length': grpcMessageBytesMax,
      'grpc.max_send_message_length': grpcMessageBytesMax,
    });
    this.#server.addService(loadGatewayService(options.protoText).service, {
      Connect: (call: AgentCall) => this.#onCall(call),
    });
  }

  async start(): Promise<void> {
    const target = listenTarget(this.#address);
    await new Promise<void>((resolve, reject) => {
      this.#server.bindAsync(target, ServerCredentials.createInsecure(), (err) =>
        err ? reject(new GatewayListenError(target, err)) : resolve(),
      );
    });
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const session of this.#all) session.drain(drainMs);
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => this.#server.forceShutdown(), drainMs);
      this.#server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
    await Promise.all(this.#partings);
  }

  cancel(agentId: string, runIds: readonly string[]): void {
    this.#sessions.get(agentId)?.cancel(runIds);
  }

  /** Tells every connected agent of a new signing key, before any order that it signs. */
  tellSuccession(succession: SignedSuccession): void {
    for (const session of this.#all) session.tellSuccession(succession);
  }

  takes(agentId: string): boolean {
    return this.#sessions.get(agentId)?.takes ?? false;
  }

  deliver(orders: readonly Order[]): void {
    for (const order of orders) this.#sessions.get(order.run.agentId)?.takeOver([order]);
  }

  /** How many agents are connected, for metrics. */
  get connected(): number {
    return this.#sessions.size;
  }

  #onCall(call: AgentCall): void {
    if (!isAllowed(this.#address, call)) {
      this.#log.warn({ peer: call.getPeer() }, 'a stream without the token was refused');
      call.emit('error', {
        code: status.UNAUTHENTICATED,
        details: 'the token of this data directory is missing',
      });
      return;
    }
    const session = new AgentSession(call, {
      ...this.#parts,
      onGreeted: (greeted, agentId) => this.#onGreeted(greeted, agentId),
      onClosed: (closed) => this.#onClosed(closed),
      onStranded: (agentId, orders) => this.#sessions.get(agentId)?.takeOver(orders),
    });
    this.#all.add(session);
  }

  #onGreeted(session: AgentSession, agentId: string): void {
    const older = this.#sessions.get(agentId);
    this.#sessions.set(agentId, session);
    older?.close();
    this.#doorbells.set(
      session,
      this.#queue.onPush(agentId, () => session.pump()),
    );
  }

  #onClosed(session: AgentSession): void {
    this.#all.delete(session);
    this.#doorbells.get(session)?.();
    this.#doorbells.delete(session);
    const { agentId } = session;
    if (agentId === null || this.#sessions.get(agentId) !== session) return;
    this.#sessions.delete(agentId);
    const parting = this.#giveUp(agentId)
      .catch((err: unknown) => {
        this.#log.warn({ err, agent: agentId }, 'a parting agent could not be noted; the sweep does it');
      })
      .finally(() => this.#partings.delete(parting));
    this.#partings.add(parting);
  }

  async #giveUp(agentId: string): Promise<void> {
    // A queue that is down gives back by itself at the agent's next take; the agent is gone all the same.
    await this.#queue.giveBack(agentId).catch((err: unknown) => {
      this.#log.warn({ err, agent: agentId }, 'the queue could not take back what was in flight');
    });
    if (!this.#sessions.has(agentId)) await partAgent(this.#parts.store, agentId);
  }
}
