import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import {
  type AgentFrame,
  type AgentItem,
  type GatewayFrame,
  type GatewayItem,
  protocolVersion,
  protocolVersionMin,
  type WireHello,
} from '../../proto/agent-stream.ts';
import { frameItemsMax, heartbeatMs, heartbeatsMissedMax } from '../core/limits.ts';
import { RunState } from '../core/run.ts';
import type { SignedSuccession } from '../core/succession.ts';
import type { Dispatcher } from '../flow/dispatch.ts';
import { type Greeting, greet, noteLoad, takeName, type Welcomed } from '../flow/greet.ts';
import { noteDistrust, successionsFrom } from '../flow/keys.ts';
import type { OrderCheck } from '../flow/order-check.ts';
import type { Reports } from '../flow/report.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Signer } from '../ports/signer.ts';
import type { Order, Store } from '../ports/store.ts';
import { framesOf } from './frames.ts';
import { HeadShow } from './head-show.ts';
import { helloWithinMs, itemsInFlightMax } from './limits.ts';
import { loadOf } from './machine-wire.ts';
import { offsetsOf, outputStreams } from './output-wire.ts';
import { finishOf, greetingOf, refusalOf } from './wire.ts';

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
  /** The agent has said who it is; the gateway replaces an older stream of the same agent. */
  onGreeted: (session: AgentSession, agentId: string) => void;
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
  readonly #call: AgentCall;
  readonly #parts: SessionParts;
  #mode: 'silent' | 'greeting' | 'open' | 'closed' = 'silent';
  /** The machine's, once it is known. */
  #name = '';
  #outbox: GatewayItem[] = [];
  #inFlight = 0;
  #pumping = false;
  #pumpAgain = false;
  #cancelTimer: () => void;
  /** The server key that the agent pinned, as its hello says. */
  #pinnedKeyId = '';
  /** The protocol of this stream: the lower of both ends' highest. */
  #spoken = protocolVersionMin;
  /** Null until the welcome. */
  #heads: HeadShow | null = null;
  /** Time limits of runs on this stream, for the sentence of one that was timed out. */
  readonly #timeouts = new Map<string, number>();
  /** Orders that were committed as sent elsewhere, kept until this stream is open. */
  #stranded: Order[] = [];
  /** Runs that were called back on this stream and have not ended: a cancel may come before the order it is for. */
  readonly #calledBack = new Set<string>();
  /** Runs that have sent output on this stream and have not ended. */
  readonly #withOutput = new Set<string>();

  constructor(call: AgentCall, parts: SessionParts) {
    this.#call = call;
    this.#parts = parts;
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
      this.#calledBack.add(id);
      this.#send({ cancel: { runId: Buffer.from(id, 'hex') } });
    }
  }

  /** Sends what was committed as sent elsewhere: by an older stream, or with the yes. Twice does no harm. */
  takeOver(orders: readonly Order[]): void {
    this.#stranded.push(...orders);
    if (this.#mode === 'open') this.#track(this.#sendStranded());
  }

  /** The key was replaced. Before the welcome there is nothing to tell: that shows the key of its moment. */
  tellSuccession(succession: SignedSuccession): void {
    const { statement, signature } = succession;
    this.#send({ keySuccession: { statement, signature } });
  }

  /** False before the welcome, and while the agent leaves unread what it was told. */
  get takes(): boolean {
    return this.#mode === 'open' && !this.#call.writableNeedDrain;
  }

  /** Tells the agent to come back later, then ends. */
  drain(reconnectWithinMs: number): void {
    this.#send({ drain: { reconnectWithinMs } });
    this.#flush();
    this.close();
  }

  /** Ends the stream. Safe to call twice. */
  close(): void {
    if (this.#mode === 'closed') return;
    this.#mode = 'closed';
    this.#cancelTimer();
    this.#call.end();
    this.#parts.reports.forget(this.#withOutput);
    this.#parts.onClosed(this);
  }

  #fail(code: status, details: string): void {
    if (this.#mode === 'closed') return;
    this.#parts.log.warn({ agent: this.agentId, code, details }, 'a stream was ended');
    this.#call.emit('error', { code, details });
    this.close();
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
    if (hello.protocolVersion < protocolVersionMin) {
      this.#fail(
        status.FAILED_PRECONDITION,
        `this server speaks protocol ${protocolVersionMin} to ${protocolVersion}; install its agent`,
      );
      return;
    }
    const read = greetingOf(hello);
    if (!read.ok) {
      this.#fail(status.INVALID_ARGUMENT, `the hello can't be used: ${read.problem}`);
      return;
    }
    const { greeting } = read;
    this.agentId = greeting.agentId;
    this.#name = greeting.name;
    this.#pinnedKeyId = hello.pinnedKeyId;
    this.#spoken = Math.min(hello.protocolVersion, protocolVersion);
    this.#parts.onGreeted(this, greeting.agentId);
    if (!(await takeName(this.#parts.store, greeting))) {
      this.#fail(
        status.ALREADY_EXISTS,
        `another machine that is online is called ${greeting.name}; name this one otherwise`,
      );
      return;
    }
    const welcomed = await greet(this.#parts.store, this.#parts.check, greeting);
    // The stream may have ended while the store was asked; the next one says hello again.
    if ((this.#mode as string) === 'closed') return;
    this.#welcome(greeting, welcomed);
    const heads = new HeadShow(this.#parts, greeting, (item) => this.#send(item));
    this.#heads = heads;
    this.#track(heads.greeted(hello));
  }

  #welcome(greeting: Greeting, { wanted, forgettable, resend, cancel }: Welcomed): void {
    this.#mode = 'open';
    this.#stillThere();
    this.#send({
      welcome: {
        serverId: this.#parts.serverId,
        now: this.#parts.clock.now(),
        heartbeatIntervalMs: heartbeatMs,
        signingKey: this.#parts.signer.publicKey,
        wanted: wanted.map(offsetsOf),
        forgettableRunIds: forgettable.map((id) => Buffer.from(id, 'hex')),
        successions: [...successionsFrom(this.#parts.signer, this.#pinnedKeyId)],
        protocolVersion: this.#spoken,
        agentVersion: '',
      },
    });
    this.#flush();
    this.#track(noteDistrust(this.#parts, greeting, this.#pinnedKeyId));
    for (const run of wanted) this.#timeouts.set(run.id, run.timeoutMs);
    for (const order of resend) this.#sendOrder(order);
    this.cancel([...new Set([...cancel, ...this.#calledBack])]);
    this.#track(this.#sendStranded());
    this.#parts.log.info(
      { agent: greeting.name, wanted: wanted.length, resent: resend.length, forgotten: forgettable.length },
      'an agent is connected',
    );
    this.pump();
  }

  #onItem(item: AgentItem): void {
    const agentId = this.agentId;
    if (agentId === null) return;
    const { reports, dispatcher, store } = this.#parts;
    if ('heartbeat' in item) {
      this.#track(noteLoad(store, agentId, loadOf(item.heartbeat)).then(() => this.#heads?.show()));
    } else if ('witnessConflict' in item) {
      if (this.#heads) this.#track(this.#heads.reported(item.witnessConflict));
    } else if ('started' in item) this.#track(reports.started(agentId, item.started.runId.toString('hex')));
    else if ('output' in item) this.#onOutput(agentId, item.output);
    else if ('finished' in item) this.#onFinished(agentId, item.finished);
    else if ('accepted' in item) {
      const id = item.accepted.runId.toString('hex');
      this.#track(reports.accepted(agentId, id).then(() => dispatcher.settle(agentId, [id])));
    } else if ('refused' in item) {
      const id = item.refused.runId.toString('hex');
      this.#calledBack.delete(id);
      const why = refusalOf(item.refused, this.#name);
      this.#track(reports.refused(agentId, id, why).then(() => dispatcher.settle(agentId, [id])));
    }
  }

  #onOutput(
    agentId: string,
    { runId, stream, offset, data }: Extract<AgentItem, { output: unknown }>['output'],
  ): void {
    const id = runId.toString('hex');
    const which = outputStreams[stream];
    if (which === undefined) {
      this.#fail(status.INVALID_ARGUMENT, 'output of no stream');
      return;
    }
    this.#withOutput.add(id);
    const committing = this.#parts.reports.output(agentId, id, which, offset, data).then((reported) => {
      if (reported.kind === 'committed') {
        this.#send({ outputAck: { runId, stream, offset: reported.offset } });
        return;
      }
      if (reported.kind === 'held') return;
      // Bytes that are never acknowledged would fill the agent's window for all its runs.
      this.#fail(status.OUT_OF_RANGE, 'the run or output before this is missing; go on from the welcome');
    });
    this.#track(committing);
  }

  #onFinished(agentId: string, finished: Extract<AgentItem, { finished: unknown }>['finished']): void {
    const id = finished.runId.toString('hex');
    const finish = finishOf(finished, this.#timeouts.get(id) ?? 0, this.#name);
    if (!finish) {
      this.#fail(status.INVALID_ARGUMENT, 'an end was not understood');
      return;
    }
    const committing = this.#parts.reports.finished(agentId, id, finish).then(async (reported) => {
      if (reported === 'unknown') {
        this.#fail(
          status.OUT_OF_RANGE,
          'the run or output before its end is missing; go on from the welcome',
        );
        return;
      }
      this.#timeouts.delete(id);
      this.#calledBack.delete(id);
      this.#withOutput.delete(id);
      this.#send({ finishedAck: { runId: finished.runId } });
      await this.#parts.dispatcher.settle(agentId, [id]);
    });
    this.#track(committing);
  }

  /** Counts what is being committed, and reads no further while that is too much. */
  #track(committing: Promise<unknown>): void {
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
        if ((this.#mode as string) === 'closed') this.#parts.onStranded(agentId, orders);
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
    this.#timeouts.set(run.id, run.timeoutMs);
    const script = Buffer.from(scriptText, 'utf8');
    this.#send({ order: { runId: Buffer.from(run.id, 'hex'), document, signature, script } });
    if (this.#calledBack.has(run.id)) this.cancel([run.id]);
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
  #send(item: GatewayItem): void {
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
