import type { ServiceError } from '@grpc/grpc-js';
import type {
  AgentItem,
  GatewayFrame,
  GatewayItem,
  WireHello,
  WireWelcome,
} from '../../../proto/agent-stream.ts';
import { settledMs, suspendedRetryMs, welcomeWaitMs, wrongKeyRetryMs } from '../core/limits.ts';
import type { Refusal } from '../core/refusal.ts';
import type { AgentLog } from '../log.ts';
import type { GatewayCall, GatewayChannel } from './gateway-channel.ts';
import { notConnected } from './terminal-log.ts';

/** What the link asks of the agent. Each is called with no other in progress, in the order of the frames. */
export interface LinkOwner {
  hello(): WireHello;
  /** @returns null when the stream may be used, else why it must end. */
  welcome(welcome: WireWelcome): string | null;
  /** The items of one frame after the welcome. */
  received(items: GatewayItem[]): void;
  /** What is to be sent next, at most one frame's worth; empty when there is nothing. */
  collect(): AgentItem[];
  heartbeat(): AgentItem;
}

/** How the link stands. `reason` is for people. */
export type LinkState =
  | { kind: 'connected' }
  | { kind: 'connecting'; reason: string }
  /** Tries go on, but seldom. */
  | { kind: 'refused'; reason: string };

/** What the link asks about the far end. */
export interface LinkServer {
  /** A channel for one try. */
  channel(): GatewayChannel;
  /** How long to wait before a try; `attempt` counts from 0, `random` is from 0 to 1. */
  delayMs(attempt: number, random: number): number;
  /** What the end of a stream means, by gRPC's status; null where the next try may do. */
  refusalOf(code: number, details: string): Refusal | null;
  linkState(state: LinkState): void;
}

/** The stream to the gateway, kept up. */
export interface Link {
  start(): void;
  /**
   * There may be something to collect. It is sent in one frame: at the end of this turn of the event loop, or where
   * there is time, when something else is sent and at most so much later.
   */
  wake(withinMs?: number): void;
  /** Sends one item now, whatever waits for room: only the few bytes of what can't wait. */
  say(item: AgentItem): void;
  /** Ends the stream to a gateway that turned out not to be the trusted one, and says why. */
  distrust(sentence: string): void;
  /** Ends the stream in order. May be called twice. */
  stop(): Promise<void>;
}

export interface LinkParts {
  server: LinkServer;
  owner: LinkOwner;
  log: AgentLog;
  random: () => number;
  monotonicMs: () => number;
}

type Mode = 'stopped' | 'waiting' | 'greeting' | 'open';

/**
 * Modes: stopped; waiting, between two tries; greeting, a stream is open and the welcome has not come; open. Only
 * in open anything but the hello is sent. Each try has its own channel, so that nothing of a dead one lingers.
 */
export class GatewayLink implements Link {
  readonly #parts: LinkParts;
  #mode: Mode = 'stopped';
  #channel: GatewayChannel | null = null;
  #call: GatewayCall | null = null;
  #timer: NodeJS.Timeout | null = null;
  #beat: NodeJS.Timeout | null = null;
  #drain: NodeJS.Timeout | null = null;
  #flush: NodeJS.Immediate | null = null;
  #rest: NodeJS.Timeout | null = null;
  #blocked = false;
  #attempt = 0;
  #openedAtMs = 0;
  /** The refusal that was told last; each is told once. */
  #told: string | null = null;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#mode === 'stopped') this.#connect();
  }

  async stop(): Promise<void> {
    const call = this.#call;
    const channel = this.#channel;
    const wasUp = this.#mode === 'open' || this.#mode === 'greeting';
    this.#clear();
    this.#mode = 'stopped';
    if (call && wasUp) {
      await new Promise<void>((resolve) => {
        // The far end answers by ending its half; one that doesn't is not waited for.
        const timer = setTimeout(resolve, 500);
        call.once('status', () => {
          clearTimeout(timer);
          resolve();
        });
        call.end();
      });
      call.cancel();
    }
    channel?.close();
  }

  wake(withinMs = 0): void {
    if (this.#mode !== 'open' || this.#blocked) return;
    if (withinMs > 0) {
      this.#rest ??= setTimeout(() => {
        this.#rest = null;
        this.wake();
      }, withinMs);
      return;
    }
    this.#flush ??= setImmediate(() => {
      this.#flush = null;
      this.#send();
    });
  }

  say(item: AgentItem): void {
    if (this.#mode === 'open') this.#write([item]);
  }

  distrust(sentence: string): void {
    this.#refused({ kind: 'untrusted', sentence, retryMs: wrongKeyRetryMs });
  }

  #connect(): void {
    this.#mode = 'greeting';
    this.#channel = this.#parts.server.channel();
    const call = this.#channel.connect();
    this.#call = call;
    call.on('data', (frame: GatewayFrame) => {
      if (call === this.#call) this.#received(frame);
    });
    call.on('error', (error: Partial<ServiceError>) => this.#failed(call, error));
    call.on('end', () => this.#lost(call, 'the gateway ended the stream'));
    call.on('drain', () => {
      if (call !== this.#call) return;
      this.#blocked = false;
      this.wake();
    });
    this.#timer = setTimeout(() => this.#lost(call, 'no welcome came'), welcomeWaitMs);
    call.write({ items: [{ hello: this.#parts.owner.hello() }] });
  }

  #received(frame: GatewayFrame): void {
    if (this.#mode === 'open') {
      this.#handle(frame.items);
      return;
    }
    if (this.#mode !== 'greeting') return;
    const [first, ...rest] = frame.items;
    if (!first || !('welcome' in first)) {
      this.#retry('the first item was no welcome', null);
      return;
    }
    const refusal = this.#parts.owner.welcome(first.welcome);
    if (refusal !== null) {
      this.distrust(refusal);
      return;
    }
    this.#open(first.welcome.heartbeatIntervalMs);
    this.#handle(rest);
  }

  #open(heartbeatIntervalMs: number): void {
    const { owner, server, log, monotonicMs } = this.#parts;
    if (this.#timer) clearTimeout(this.#timer);
    this.#mode = 'open';
    this.#openedAtMs = monotonicMs();
    this.#told = null;
    log.info({}, 'connected to the gateway');
    server.linkState({ kind: 'connected' });
    const beat = () => {
      if (!this.#blocked) this.#write([owner.heartbeat()]);
    };
    beat();
    if (heartbeatIntervalMs > 0) this.#beat = setInterval(beat, heartbeatIntervalMs);
    this.wake();
  }

  #handle(items: GatewayItem[]): void {
    if (items.length === 0) return;
    this.#parts.owner.received(items);
    for (const item of items) {
      if ('drain' in item) this.#drainWithin(item.drain.reconnectWithinMs);
    }
  }

  #drainWithin(reconnectWithinMs: number): void {
    this.#drain ??= setTimeout(
      () => this.#retry('the gateway is going down in order', 0),
      Math.round(this.#parts.random() * reconnectWithinMs),
    );
  }

  #send(): void {
    if (this.#rest) clearTimeout(this.#rest);
    this.#rest = null;
    while (this.#mode === 'open' && !this.#blocked) {
      const items = this.#parts.owner.collect();
      if (items.length === 0) return;
      this.#write(items);
    }
  }

  #write(items: AgentItem[]): void {
    if (this.#call?.write({ items }) === false) this.#blocked = true;
  }

  #lost(call: GatewayCall, reason: string): void {
    if (call === this.#call) this.#retry(reason, null);
  }

  #failed(call: GatewayCall, { code, details, message }: Partial<ServiceError>): void {
    if (call !== this.#call) return;
    const refusal = code === undefined ? null : this.#parts.server.refusalOf(code, details ?? '');
    if (refusal) this.#refused(refusal);
    else this.#retry(message ?? 'the stream ended', null);
  }

  /**
   * It will be refused again, so it is said once, and tried seldom. A stream that was open is asked about soon, and
   * that an agent is removed for good is asked about once more: what cut it may have said less than the next try hears.
   */
  #refused({ kind, sentence, retryMs }: Refusal): void {
    const { log, random, server } = this.#parts;
    const isNews = this.#told !== sentence;
    const boundMs = kind === 'removed' && isNews ? Math.min(retryMs, suspendedRetryMs) : retryMs;
    const waitMs =
      this.#mode === 'open' ? server.delayMs(0, random()) : Math.round((boundMs * (1 + random())) / 2);
    if (isNews) log.error({ waitMs }, sentence);
    this.#told = sentence;
    this.#wait(waitMs);
    server.linkState({ kind: 'refused', reason: sentence });
  }

  /** @param delayMs null for the backoff's own. */
  #retry(reason: string, delayMs: number | null): void {
    const { log, random, monotonicMs, server } = this.#parts;
    if (this.#mode === 'open' && monotonicMs() - this.#openedAtMs > settledMs) this.#attempt = 0;
    const waitMs = delayMs ?? server.delayMs(this.#attempt, random());
    log.warn({ reason, waitMs }, notConnected);
    this.#wait(waitMs);
    server.linkState({ kind: 'connecting', reason });
  }

  #wait(waitMs: number): void {
    const call = this.#call;
    const channel = this.#channel;
    this.#clear();
    this.#mode = 'waiting';
    call?.cancel();
    channel?.close();
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }

  #clear(): void {
    for (const timer of [this.#timer, this.#beat, this.#drain, this.#rest]) if (timer) clearTimeout(timer);
    if (this.#flush) clearImmediate(this.#flush);
    this.#timer = this.#beat = this.#drain = this.#rest = this.#flush = null;
    this.#call = this.#channel = null;
    this.#blocked = false;
  }
}
