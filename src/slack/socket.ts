import { SocketModeClient } from '@slack/socket-mode';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { boltLog } from './bolt-log.ts';
import type { Delivered, Delivery } from './deliver.ts';
import {
  clientPongMs,
  helloWithinMs,
  reconnectMsMax,
  reconnectMsMin,
  serverPingMs,
  socketLookMs,
} from './limits.ts';
import { clientOptions } from './web.ts';

/** What the SDK hands over of an envelope. */
interface Envelope {
  ack: (response?: unknown) => Promise<void>;
  body: Record<string, unknown>;
  retry_num?: number;
  retry_reason?: string;
}

export interface SocketParts {
  appToken: string;
  apiUrl: string | null;
  clock: Clock;
  log: Log;
  onDelivery: (delivery: Delivery) => Promise<Delivered>;
  /** From 0 to 1, so that many servers don't come back at once. */
  chance?: () => number;
}

/**
 * The one Socket Mode connection, made anew whenever it is lost. The SDK could reconnect by itself, but a failed try
 * there ends as a rejection that nobody catches, and a dead peer is waited for half a minute.
 *
 * Modes: `stopped`, `connecting` (asked for, no hello yet), `open` (hello came), `waiting` (until the next try).
 */
export class Socket {
  readonly #parts: SocketParts;
  #mode: 'stopped' | 'connecting' | 'open' | 'waiting' = 'stopped';
  #client: SocketModeClient | null = null;
  #failures = 0;
  #lastError: string | null = null;
  #downSince: number | null = null;
  #cancelTimer: () => void = () => {};
  readonly #inHand = new Set<Promise<void>>();

  constructor(parts: SocketParts) {
    this.#parts = parts;
  }

  /** Since when nothing can be heard, and why as far as Slack said; null while the connection is open. */
  get down(): { since: number; error: string | null } | null {
    return this.#downSince === null ? null : { since: this.#downSince, error: this.#lastError };
  }

  /** Resolves after the first try, whatever became of it: the next ones follow by themselves. */
  async start(): Promise<void> {
    if (this.#mode !== 'stopped') return;
    this.#downSince = this.#parts.clock.now();
    await this.#connect();
  }

  /** Takes nothing more, lets what is in hand be acknowledged, and closes. */
  async stop(): Promise<void> {
    this.#mode = 'stopped';
    this.#cancelTimer();
    this.#client?.removeAllListeners('slack_event');
    await Promise.all(this.#inHand);
    if (this.#client) abandon(this.#client);
    this.#client = null;
  }

  async #connect(): Promise<void> {
    const { appToken, apiUrl, clock, log } = this.#parts;
    this.#mode = 'connecting';
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      clientPingTimeout: clientPongMs,
      serverPingTimeout: serverPingMs,
      logger: boltLog(log),
      clientOptions: clientOptions(apiUrl, log),
    });
    this.#client = client;
    client.on('slack_event', (envelope: Envelope) => this.#take(envelope));
    client.on('disconnected', () => this.#lose(client, null));
    const tooLate = new Promise<'late'>((resolve) => {
      this.#cancelTimer = clock.after(helloWithinMs, () => resolve('late'));
    });
    const started = client.start().then(
      () => 'open' as const,
      (err: unknown) => ({ err }),
    );
    const came = await Promise.race([started, tooLate]);
    if (this.#client !== client || this.#mode !== 'connecting') {
      // Stopped or lost meanwhile: the SDK may still be on its way to a connection that nobody wants.
      void started.then(() => abandon(client));
      return;
    }
    this.#cancelTimer();
    if (came === 'open') this.#opened(client);
    else this.#lose(client, came === 'late' ? 'no_hello' : errorOf(came.err), started);
  }

  #opened(client: SocketModeClient): void {
    const { log, clock } = this.#parts;
    const wasDownMs = this.#downSince === null ? 0 : clock.now() - this.#downSince;
    this.#mode = 'open';
    this.#downSince = null;
    this.#lastError = null;
    log.info({ surface: 'slack', wasDownMs }, 'connected to Slack');
    this.#look(client);
  }

  /** The watchdog: the SDK notices by pings that the peer is dead, and only begins to close; a look finds that at once. */
  #look(client: SocketModeClient): void {
    this.#cancelTimer = this.#parts.clock.after(socketLookMs, () => {
      if (this.#client !== client || this.#mode !== 'open') return;
      if (client.websocket?.isActive() !== true) {
        this.#lose(client, 'silent');
        return;
      }
      this.#failures = 0;
      this.#look(client);
    });
  }

  #lose(client: SocketModeClient, error: string | null, started: Promise<unknown> = Promise.resolve()): void {
    if (this.#client !== client || this.#mode === 'stopped' || this.#mode === 'waiting') return;
    const { clock, log, chance = Math.random } = this.#parts;
    const wasOpen = this.#mode === 'open';
    this.#mode = 'waiting';
    this.#client = null;
    this.#cancelTimer();
    abandon(client);
    void started.then(() => abandon(client));
    this.#downSince ??= clock.now();
    this.#lastError = error ?? this.#lastError;
    const boundMs = Math.min(reconnectMsMax, reconnectMsMin * 2 ** this.#failures);
    // The first try after a connection that worked follows soon: Slack itself ends each after some hours.
    const delayMs = this.#failures === 0 && wasOpen ? 0 : Math.round(boundMs * (0.5 + chance() / 2));
    this.#failures += 1;
    log[this.#failures === 1 ? 'info' : 'warn'](
      { surface: 'slack', error, delayMs, tries: this.#failures },
      'the connection to Slack is lost; connecting anew',
    );
    this.#cancelTimer = clock.after(delayMs, () => void this.#connect());
  }

  #take(envelope: Envelope): void {
    const taken = this.#answer(envelope)
      .catch((err: unknown) => this.#parts.log.debug({ err, surface: 'slack' }, 'not acknowledged'))
      .finally(() => this.#inHand.delete(taken));
    this.#inHand.add(taken);
  }

  async #answer({ ack, body, retry_num, retry_reason }: Envelope): Promise<void> {
    const delivered = await this.#parts.onDelivery({
      body,
      ...(retry_num === undefined ? {} : { retryNum: retry_num }),
      ...(retry_reason === undefined ? {} : { retryReason: retry_reason }),
    });
    if (delivered.kind === 'handled') await ack(delivered.response);
  }
}

/** Closes without waiting for a peer that may be dead: the first call begins to close, the second doesn't wait. */
const abandon = (client: SocketModeClient): void => {
  client.removeAllListeners('slack_event');
  client.removeAllListeners('disconnected');
  void client.disconnect().catch(() => {});
  void client.disconnect().catch(() => {});
};

const errorOf = (err: unknown): string => {
  if (err instanceof Error && 'data' in err) {
    const { data } = err as { data?: { error?: unknown } };
    if (typeof data?.error === 'string') return data.error;
  }
  return err instanceof Error ? err.message : 'unreachable';
};
