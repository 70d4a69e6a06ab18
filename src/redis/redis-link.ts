import { Redis } from 'ioredis';
import type { Log } from '../ports/log.ts';
import { backoffMsMax, backoffMsMin, connectMsMax } from './limits.ts';
import { queueScripts } from './queue-scripts.ts';

export interface RedisLinkOptions {
  url: string;
  /** For the log: which of our connections it is. */
  name: string;
  commandMsMax: number;
  log: Log;
  onReady: () => void;
  onClose: () => void;
}

/**
 * One connection that comes back by itself. Commands fail at once while it is down: what they carry is in the
 * store, and a caller that waits would hold a person's request.
 *
 * Modes: new; trying or ready, back and forth, from `start` on; stopped for good.
 */
export class RedisLink {
  readonly redis: Redis;
  readonly #options: RedisLinkOptions;
  #stopped = false;
  /** One line in the log for each outage, however often connecting fails in it. */
  #outageLogged = false;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.redis = new Redis(options.url, {
      lazyConnect: true,
      scripts: queueScripts,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      connectTimeout: connectMsMax,
      commandTimeout: options.commandMsMax,
      retryStrategy: backoffMs,
      // A replica that was made of our primary takes no writes; the address leads to the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.redis.on('error', (error) => this.#noteOutage(error));
    this.redis.on('close', () => {
      this.#noteOutage(new Error('the connection was closed'));
      options.onClose();
    });
    this.redis.on('ready', () => {
      // As loud as the outage: who was told of its beginning wants to be told of its end.
      if (this.#outageLogged) options.log.warn({ link: options.name }, 'redis is back');
      this.#outageLogged = false;
      options.onReady();
    });
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  /** Resolves when it is ready, or when the first try has failed; it goes on trying then. */
  async start(): Promise<void> {
    await this.redis.connect().catch((error: unknown) => this.#noteOutage(error));
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    // Without a socket there is no end to wait for; ioredis tells none then.
    const isOpen = this.redis.status === 'ready' || this.redis.status === 'connect';
    const ended = isOpen ? new Promise<void>((resolve) => this.redis.once('end', () => resolve())) : null;
    this.redis.disconnect();
    await ended;
  }

  /** Cuts a connection that is open but doesn't answer; it is made anew. */
  restart(): void {
    if (!this.#stopped) this.redis.disconnect(true);
  }

  #noteOutage(error: unknown): void {
    if (this.#stopped || this.#outageLogged) return;
    this.#outageLogged = true;
    const { log, name } = this.#options;
    log.warn({ err: error, link: name }, 'redis can not be reached; trying again until it is back');
  }
}

/** Doubles from try to try, and half of it is chance, so that servers don't come back all at once. */
const backoffMs = (tries: number): number => {
  const ceiling = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(tries - 1, 16));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
};
