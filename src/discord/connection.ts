import {
  type APIApplication,
  ApplicationFlags,
  Client,
  Events,
  GatewayIntentBits,
  Options,
  Partials,
  type REST,
  type RESTOptions,
  Routes,
  Status,
} from 'discord.js';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { ChatConnection } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { DiscordChat } from './chat.ts';
import { type Handlers, listen } from './gateway-events.ts';
import { deadLooksMax, firstConnectMs, reconnectMs, reconnectMsMax, watchMs } from './limits.ts';
import { Missed } from './missed.ts';
import { OwnSharding } from './own-sharding.ts';
import type { People } from './people.ts';
import type { DiscordSettings } from './settings.ts';

export interface ConnectionParts {
  settings: DiscordSettings;
  rest: REST;
  restOptions: Partial<RESTOptions>;
  clock: Clock;
  log: Log;
  chat: DiscordChat;
  people: People;
  handlers: Handlers;
  /** Once the gateway is there; a failure is logged, not fatal: people can still mention us. */
  onReady: (application: string, guilds: readonly string[]) => Promise<void>;
}

/**
 * The connection to Discord's gateway. Modes: stopped; connecting (a try is under way, or the next one waits);
 * connected; dropped (the library resumes or identifies anew by itself, and the watch makes a new client where it
 * doesn't); refused (Discord refuses the token: nothing but a restart with another helps).
 */
export class DiscordConnection implements ChatConnection {
  readonly name = 'discord';
  readonly surface = 'discord';
  readonly #parts: ConnectionParts;
  readonly #missed: Missed;
  readonly #underWay = new Set<Promise<void>>();
  #client: Client | null = null;
  #isRunning = false;
  #trouble: Sentence | null = null;
  #lacks: Sentence | null = null;
  #readsAll = false;
  /** Counts tries; what an earlier one tells later is nobody's business. */
  #attempt = 0;
  #failures = 0;
  #endWait: () => void = () => {};
  #endWatch: () => void = () => {};
  #deadLooks = 0;
  #lastBeat = -1;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#missed = new Missed(parts.log);
  }

  get me(): string | null {
    return this.#client?.user?.id ?? null;
  }

  /** True where Discord gives us what is written without a mention. */
  get readsAll(): boolean {
    return this.#readsAll;
  }

  /** True while Discord itself can't serve the server of that channel: what it refuses then is not for good. */
  isOutage(channel: string): boolean {
    if (!this.#client) return false;
    const { channels, guilds } = this.#client;
    const found = channels.cache.get(channel);
    // One that is not known may be of a server that is away.
    return found && 'guild' in found
      ? !found.guild.available
      : guilds.cache.some(({ available }) => !available);
  }

  trouble(): Sentence | null {
    return this.#trouble;
  }

  lacks(): Sentence | null {
    return this.#lacks;
  }

  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#deadLooks = 0;
    this.#lastBeat = -1;
    this.#parts.chat.start();
    this.#parts.people.start();
    this.#missed.start();
    this.#trouble = unreachable('it was not reached yet');
    let endFirst = (): void => {};
    const waited = new Promise<void>((resolve) => {
      endFirst = this.#parts.clock.after(firstConnectMs, resolve);
    });
    await Promise.race([this.#connect(), waited]);
    endFirst();
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#attempt += 1;
    this.#endWait();
    this.#endWatch();
    this.#parts.people.stop();
    await this.#drop();
    await Promise.all(this.#underWay);
    this.#parts.chat.stop();
  }

  /** One try. Whatever ends it, or the client that it made, ends in `#failed` once. */
  async #connect(): Promise<void> {
    if (!this.#isRunning) return;
    const { settings, rest, log } = this.#parts;
    this.#attempt += 1;
    const attempt = this.#attempt;
    try {
      const application = (await rest.get(Routes.currentApplication())) as APIApplication;
      if (attempt !== this.#attempt) return;
      this.#readsAll = settings.messageContent && mayReadAll(application);
      this.#lacks =
        settings.messageContent && !this.#readsAll ? sentence('discord_intent_missing', {}) : null;
      if (this.#lacks) log.warn({}, this.#lacks.text);
      const client = this.#makeClient(application.id, attempt);
      this.#client = client;
      const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
      await client.login(settings.token);
      await ready;
      this.#failures = 0;
    } catch (err) {
      this.#failed(attempt, err);
    }
  }

  #failed(attempt: number, err: unknown): void {
    if (attempt !== this.#attempt) return;
    const { clock, log } = this.#parts;
    this.#attempt += 1;
    const dropped = this.#drop();
    if (isTokenRefused(err)) {
      this.#trouble = sentence('discord_token_refused', {});
      log.error({}, this.#trouble.text);
      return;
    }
    this.#trouble = unreachable(err instanceof Error ? err.message : String(err));
    const waitMs = Math.min(reconnectMs * 2 ** this.#failures, reconnectMsMax);
    this.#failures += 1;
    log.warn({ err, waitMs }, 'Discord can not be reached');
    this.#endWait = clock.after(waitMs, () => void dropped.then(() => this.#connect()));
  }

  #makeClient(application: string, attempt: number): Client {
    const { restOptions, log, handlers, onReady } = this.#parts;
    const isCurrent = (): boolean => attempt === this.#attempt;
    const client = new Client({
      intents: [
        GatewayIntentBits.Guilds,
        GatewayIntentBits.GuildMessages,
        GatewayIntentBits.DirectMessages,
        ...(this.#readsAll ? [GatewayIntentBits.MessageContent] : []),
      ],
      partials: [Partials.Channel],
      allowedMentions: { parse: [], repliedUser: false },
      rest: restOptions,
      // Messages and people are looked at once; keeping them would only grow.
      makeCache: Options.cacheWithLimits({
        ...Options.DefaultMakeCacheSettings,
        MessageManager: 0,
        ReactionManager: 0,
        GuildMemberManager: { maxSize: 100, keepOverLimit: (member) => member.id === member.client.user.id },
      }),
      waitGuildTimeout: 2_000,
      ws: { buildStrategy: (manager) => new OwnSharding(manager, () => !isCurrent()) },
    });
    listen(client, { handlers, missed: this.#missed, handle: (work) => this.#handle(work), isCurrent });
    client.on(Events.ShardReady, () => {
      if (!isCurrent()) return;
      this.#trouble = null;
      this.#handle(() => onReady(application, [...client.guilds.cache.keys()]));
    });
    client.on(Events.ShardResume, (_, replayed) => {
      if (isCurrent()) this.#trouble = null;
      log.info({ replayed }, 'the connection to Discord was resumed');
    });
    client.on(Events.ShardReconnecting, () => {
      if (isCurrent()) this.#trouble = unreachable('the connection was lost');
      log.warn({}, 'the connection to Discord was lost');
    });
    client.on(Events.ShardDisconnect, ({ code }) => {
      this.#failed(attempt, new Error(`Discord closed the connection with ${code}`));
    });
    client.on(Events.Invalidated, () => this.#failed(attempt, new Error('Discord ended the session')));
    client.on(Events.ShardError, (err) => log.debug({ err }, 'an error of the connection to Discord'));
    client.on(Events.Error, (err) => log.error({ err }, 'the library of Discord failed'));
    return client;
  }

  /** Never rejects: what a handler leaves is logged, and waited for at the stop. */
  #handle(work: () => Promise<void>): void {
    const running: Promise<void> = work()
      .catch((err: unknown) => this.#parts.log.error({ err }, 'an event of Discord could not be handled'))
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** A client whose shard is not ready, or whose heartbeats nobody answers, look after look, is made anew. */
  #watch(): void {
    this.#endWatch = this.#parts.clock.after(watchMs, () => {
      const shard = this.#client?.ws.shards.first();
      if (shard) {
        const isAlive = shard.status === Status.Ready && shard.lastPingTimestamp !== this.#lastBeat;
        this.#lastBeat = shard.lastPingTimestamp;
        this.#deadLooks = isAlive ? 0 : this.#deadLooks + 1;
        if (this.#deadLooks >= deadLooksMax) {
          this.#deadLooks = 0;
          this.#failed(this.#attempt, new Error('the connection was silent'));
        }
      }
      if (this.#isRunning) this.#watch();
    });
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (!client) return;
    await client
      .destroy()
      .catch((err: unknown) => this.#parts.log.debug({ err }, 'a client was left behind'));
  }
}

const unreachable = (reason: string): Sentence => sentence('discord_unreachable', { reason });

/** Set by the application's owner on the Bot page; limited means: in up to a hundred servers. */
export const mayReadAll = ({ flags }: APIApplication): boolean =>
  ((flags ?? 0) &
    (ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited)) !==
  0;

const isTokenRefused = (err: unknown): boolean =>
  err instanceof Error &&
  (('status' in err && err.status === 401) ||
    ('code' in err && err.code === 'TokenInvalid') ||
    /\b4004\b/.test(err.message));
