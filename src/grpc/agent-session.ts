import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import {
  type AgentFrame,
  type AgentItem,
  type GatewayFrame,
  type GatewayItem,
  protocolVersionMin,
  type WireHello,
} from '../../proto/agent-stream.ts';
import { frameItemsMax, heartbeatMs, heartbeatsMissedMax } from '../core/limits.ts';
import { RunState } from '../core/run.ts';
import type { SignedSuccession } from '../core/succession.ts';
import type { Dispatcher } from '../flow/dispatch.ts';
import { type Greeting, greet, noteLoad, type Welcomed } from '../flow/greet.ts';
import { noteDistrust } from '../flow/keys.ts';
import type { OrderCheck } from '../flow/order-check.ts';
import type { Reports } from '../flow/report.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Signer } from '../ports/signer.ts';
import type { Order, Store } from '../ports/store.ts';
import type { Door, Identities } from './doors.ts';
import { framesOf } from './frames.ts';
import { HeadShow } from './head-show.ts';
import { helloWithinMs, itemsInFlightMax } from './limits.ts';
import { loadOf } from './machine-wire.ts';
import { type Refusal, receiveHello, settleName } from './receive-hello.ts';
import { RunReports } from './run-reports.ts';
import { Challenge } from './stream-epochs.ts';
import { welcomeItem } from './welcome-item.ts';

/** The version of the protocol that brought the challenge. */
const challengeSince = 2;

export type AgentCall = ServerDuplexStream<AgentFrame, GatewayFrame>;

export interface SessionParts {
  store: Store;
  dispatcher: Dispatcher;
  check: OrderCheck;
  reports: Reports;
  signer: Signer;
  serverId: string;
  clock: Clock;
  log: Log;
  /** Null where no port of ours is open to other machines. */
  identities: Identities | null;
  /** The agent that this server would hand out now; empty where it has none. */
  agentVersion: string;
  /**
   * The agent has said who it is, and may be that. The gateway settles what becomes of an older stream of the same agent;
   * resolves with why this one may not go on, null where it may.
   */
  onGreeted: (session: AgentSession, agentId: string) => Promise<Refusal | null> | Refusal | null;
  onClosed: (session: AgentSession) => void;
  /** These were committed as sent when the stream was closed already: a newer stream of the agent must send them. */
  onStranded: (agentId: string, orders: Order[]) => void;
}

/**
 * One agent's stream.
 *
 * Modes: `silent` (no hello yet: anything else ends the stream), `greeting` (the hello is being held against the
 * store; nothing may come), `open` (items both ways), `closed` (nothing is written any more; commits under way
 * still end).
 */
export class AgentSession {
  agentId: string | null = null;
  /** By which door the stream came in. */
  readonly door: Door;
  readonly #call: AgentCall;
  readonly #parts: SessionParts;
  #mode: 'silent' | 'greeting' | 'open' | 'closed' = 'silent';
  /** The machine's, once it is known. */
  name = '';
  #outbox: GatewayItem[] = [];
  #inFlight = 0;
  #pumping = false;
  #pumpAgain = false;
  #cancelTimer: () => void;
  /** The server key that the agent pinned, as its hello says. */
  #pinnedKeyId = '';
  /** The protocol of this stream: the lower of both ends' highest. */
  #spoken = protocolVersionMin;
  readonly #challenge: Challenge;
  /** Null until the welcome. */
  #heads: HeadShow | null = null;
  /** Orders that were committed as sent elsewhere, kept until this stream is open. */
  #stranded: Order[] = [];
  readonly #reports: RunReports;

  constructor(call: AgentCall, door: Door, parts: SessionParts) {
    this.#call = call;
    this.door = door;
    this.#parts = parts;
    this.#challenge = new Challenge(parts.clock);
    this.#reports = new RunReports(parts, this);
    this.#cancelTimer = parts.clock.after(helloWithinMs, () =>
      this.#fail(status.DEADLINE_EXCEEDED, 'no hello came'),
    );
    call.on('data', (frame: AgentFrame) => this.#onFrame(frame));
    call.on('drain', () => {
      this.#readOn();
      this.pump();
    });
    call.on('end', () => this.close());
    call.on('cancelled', () => this.close());
    call.on('error', () => this.close());
  }

  /** Sends what is queued for the agent. Called at the doorbell; calls during a pump add up to one more. */
  pump(): void {
    if (this.#mode !== 'open') return;
    this.#pumpAgain = true;
    if (!this.#pumping) void this.#pump();
  }

  /** Calls these runs back; before the welcome it is remembered, since the hello's answer may be made already. */
  cancel(runIds: readonly string[]): void {
    for (const id of runIds) {
      this.#reports.callBack(id);
      this.send({ cancel: { runId: Buffer.from(id, 'hex') } });
    }
  }

  /** Sends what was committed as sent elsewhere: by an older stream, or with the yes. Twice does no harm. */
  takeOver(orders: readonly Order[]): void {
    this.#stranded.push(...orders);
    if (this.#mode === 'open') this.track(this.#sendStranded());
  }

  /** The key was replaced. Before the welcome there is nothing to tell: that shows the key of its moment. */
  tellSuccession(succession: SignedSuccession): void {
    const { statement, signature } = succession;
    this.send({ keySuccession: { statement, signature } });
  }

  /**
   * Whether the agent at the other end still lives, asked when it seems to have come anew. One that was not welcomed yet has
   * shown nothing, and one of the first version knows no challenge: both are taken for dead.
   */
  isAlive(): Promise<boolean> {
    if (this.#mode !== 'open' || this.#spoken < challengeSince) return Promise.resolve(false);
    return this.#challenge.ask((item) => this.send(item));
  }

  /** True while it is being asked whether it lives. */
  get isBeingAsked(): boolean {
    return this.#challenge.isAsked;
  }

  /** Where it comes from, for logs and people. */
  get peer(): string {
    return this.#call.getPeer();
  }

  /** False before the welcome, and while the agent leaves unread what it was told. */
  get takes(): boolean {
    return this.#mode === 'open' && !this.#call.writableNeedDrain;
  }

  /** Tells the agent to come back later, then ends. */
  drain(reconnectWithinMs: number): void {
    this.send({ drain: { reconnectWithinMs } });
    this.#flush();
    this.close();
  }

  /** Ends the stream. Safe to call twice. */
  close(): void {
    if (this.#mode === 'closed') return;
    this.#mode = 'closed';
    this.#cancelTimer();
    this.#challenge.over();
    this.#call.end();
    this.#reports.over();
    this.#parts.onClosed(this);
  }

  #hasClosed(): boolean {
    return this.#mode === 'closed';
  }

  /** Ends the stream and says why. Safe to call twice. */
  fail({ code, details }: Refusal): void {
    if (this.#mode === 'closed') return;
    this.#parts.log.warn({ agent: this.agentId, code, details }, 'a stream was ended');
    this.#call.emit('error', { code, details });
    this.close();
  }

  #fail(code: status, details: string): void {
    this.fail({ code, details });
  }

  #onFrame(frame: AgentFrame): void {
    if (this.#mode === 'closed') return;
    if (frame.items.length > frameItemsMax) {
      this.#fail(status.INVALID_ARGUMENT, `a frame may hold ${frameItemsMax} items`);
      return;
    }
    if (this.#mode === 'open') {
      this.#stillThere();
      for (const item of frame.items) this.#onItem(item);
      return;
    }
    const first = frame.items[0];
    if (this.#mode === 'silent' && frame.items.length === 1 && first && 'hello' in first) {
      this.#mode = 'greeting';
      this.#greet(first.hello).catch((err: unknown) => {
        this.#parts.log.error({ err, agent: this.agentId }, 'a hello could not be handled');
        this.#fail(status.UNAVAILABLE, 'the server could not look this agent up; try again');
      });
      return;
    }
    this.#fail(
      status.INVALID_ARGUMENT,
      'the first frame must hold one hello, and nothing may follow before welcome',
    );
  }

  async #greet(hello: WireHello): Promise<void> {
    const received = await receiveHello(hello, this.door, this.#parts);
    if (this.#hasClosed()) return;
    if (received.kind === 'refused') {
      this.fail(received);
      return;
    }
    const { greeting } = received;
    this.agentId = greeting.agentId;
    this.name = greeting.name;
    this.#pinnedKeyId = hello.pinnedKeyId;
    this.#spoken = received.spoken;
    const refusal =
      (await this.#parts.onGreeted(this, greeting.agentId)) ??
      (await settleName(this.#parts.store, this.door, greeting));
    if (refusal) {
      this.fail(refusal);
      return;
    }
    if (this.#hasClosed()) return;
    const welcomed = await greet(this.#parts.store, this.#parts.check, greeting);
    // The stream may have ended while the store was asked; the next one says hello again.
    if (this.#hasClosed()) return;
    this.#welcome(greeting, welcomed);
    const heads = new HeadShow(this.#parts, greeting, (item) => this.send(item));
    this.#heads = heads;
    this.track(heads.greeted(hello));
  }

  #welcome(greeting: Greeting, welcomed: Welcomed): void {
    const { wanted, forgettable, resend, cancel } = welcomed;
    this.#mode = 'open';
    this.#stillThere();
    const stream = { spoken: this.#spoken, pinnedKeyId: this.#pinnedKeyId };
    this.send(welcomeItem(this.#parts, welcomed, stream));
    this.#flush();
    this.track(noteDistrust(this.#parts, greeting, this.#pinnedKeyId));
    for (const run of wanted) this.#reports.expect(run);
    for (const order of resend) this.#sendOrder(order);
    this.cancel([...new Set([...cancel, ...this.#reports.calledBack])]);
    this.track(this.#sendStranded());
    this.#parts.log.info(
      { agent: greeting.name, wanted: wanted.length, resent: resend.length, forgotten: forgettable.length },
      'an agent is connected',
    );
    this.pump();
  }

  #onItem(item: AgentItem): void {
    const agentId = this.agentId;
    if (agentId === null) return;
    if ('heartbeat' in item) {
      this.track(
        noteLoad(this.#parts.store, agentId, loadOf(item.heartbeat)).then(() => this.#heads?.show()),
      );
    } else if ('witnessConflict' in item) {
      if (this.#heads) this.track(this.#heads.reported(item.witnessConflict));
    } else if ('challengeReply' in item) this.#challenge.replied(item.challengeReply.nonce);
    else if ('hello' in item)
      this.#fail(status.INVALID_ARGUMENT, 'a stream begins with one hello and has no other');
    else this.#reports.take(agentId, item);
  }

  /** Counts what is being committed, and reads no further while that is too much. */
  track(committing: Promise<unknown>): void {
    this.#inFlight++;
    if (this.#inFlight === itemsInFlightMax) this.#call.pause();
    committing
      .catch((err: unknown) => {
        this.#parts.log.error({ err, agent: this.agentId }, 'a report could not be committed');
        this.#fail(status.UNAVAILABLE, 'the server could not commit; connect again');
      })
      .finally(() => {
        this.#inFlight--;
        this.#readOn();
      });
  }

  /** Goes on reading once there is room: commits are through, and the agent reads what it is told. */
  #readOn(): void {
    const hasRoom = this.#inFlight < itemsInFlightMax && !this.#call.writableNeedDrain;
    if (hasRoom && this.#call.isPaused()) this.#call.resume();
  }

  async #pump(): Promise<void> {
    const { agentId } = this;
    if (agentId === null) return;
    this.#pumping = true;
    try {
      // An agent that doesn't read leaves its orders in the queue, where `runBy` ends them as never delivered.
      while (this.#pumpAgain && this.#mode === 'open' && !this.#call.writableNeedDrain) {
        this.#pumpAgain = false;
        const orders = await this.#parts.dispatcher.take(agentId);
        if (this.#hasClosed()) this.#parts.onStranded(agentId, orders);
        for (const order of orders) this.#sendOrder(order);
        if (orders.length > 0) this.#pumpAgain = true;
      }
    } catch (err) {
      this.#parts.log.error({ err, agent: agentId }, 'orders could not be taken; the sweep rings again');
    } finally {
      this.#pumping = false;
    }
  }

  #sendOrder({ run, document, signature, scriptText }: Order): void {
    this.#reports.expect(run);
    const script = Buffer.from(scriptText, 'utf8');
    this.send({ order: { runId: Buffer.from(run.id, 'hex'), document, signature, script } });
    if (this.#reports.calledBack.has(run.id)) this.cancel([run.id]);
  }

  /** Looks again before sending: meanwhile this stream's hello may have ended such a run, or someone called it back. */
  async #sendStranded(): Promise<void> {
    const left = this.#stranded;
    this.#stranded = [];
    for (const order of left) {
      const run = await this.#parts.store.getRun(order.run.id);
      if (run?.state !== RunState.sent) continue;
      this.#sendOrder({ ...order, run });
      if (run.cancelAskedAt !== null) this.cancel([run.id]);
    }
  }

  #stillThere(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.clock.after(heartbeatMs * heartbeatsMissedMax, () =>
      this.#fail(status.DEADLINE_EXCEEDED, 'no heartbeat came'),
    );
  }

  /** grpc-js writes one message a flush, so what one turn has to say goes in one frame. */
  send(item: GatewayItem): void {
    if (this.#mode !== 'open') return;
    this.#outbox.push(item);
    if (this.#outbox.length === 1) queueMicrotask(() => this.#flush());
  }

  /** An agent that leaves unread what it is told isn't heard either, so that neither end holds more than a little. */
  #flush(): void {
    if (this.#mode === 'closed') return;
    for (const items of framesOf(this.#outbox)) this.#call.write({ items });
    this.#outbox = [];
    if (this.#call.writableNeedDrain) this.#call.pause();
  }
}
