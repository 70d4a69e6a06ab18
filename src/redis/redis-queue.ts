import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Queue, QueueUnavailableError } from '../ports/queue.ts';
import { checkEveryMs, commandMsMax, pushIdsMax } from './limits.ts';
import type { QueueScript } from './queue-scripts.ts';
import { RedisLink } from './redis-link.ts';

export interface RedisQueueOptions {
  /** `redis://` or `rediss://`, with credentials where Redis wants them. */
  url: string;
  clock: Clock;
  log: Log;
  /** Before all our keys and channels; servers that share work share it. */
  prefix?: string;
  /** A command without a reply by then is given up. */
  commandMsMax?: number;
}

type ScriptCall = (...args: (string | number)[]) => Promise<unknown>;

/**
 * The queue on Redis, shared by any number of servers: commands on one connection, the doorbell on another.
 *
 * Modes: new; from `start` on down or up, where up means that both connections work and the bell is heard; stopped
 * for good. Each time that it comes up it rings for everything, as pushes and memory may have been missed.
 */
export class RedisQueue implements Queue {
  readonly #options: RedisQueueOptions;
  readonly #prefix: string;
  readonly #commands: RedisLink;
  readonly #bell: RedisLink;
  readonly #rings = new Map<string, Set<() => void>>();
  readonly #amnesia = new Set<() => void>();
  /** What this server took and hasn't settled: all that may be in flight for an agent whose stream is here. */
  readonly #held = new Map<string, Set<string>>();
  /**
   * Agents of whom Redis has nothing else in flight. Of the others it may: a server that was killed can't give back,
   * and a reply may be lost after Redis has done the taking. Such ids would wait with nobody, so the next take
   * gives them back first.
   */
  readonly #sure = new Set<string>();
  #mode: 'new' | 'started' | 'stopped' = 'new';
  #listening: Promise<void> = Promise.resolve();
  #hearsBell = false;
  #isUp = false;
  #runId: string | null = null;
  #cancelCheck = (): void => {};

  constructor(options: RedisQueueOptions) {
    this.#options = options;
    this.#prefix = options.prefix ?? 'nerdyops:';
    const shared = { url: options.url, log: options.log, commandMsMax: options.commandMsMax ?? commandMsMax };
    this.#commands = new RedisLink({
      ...shared,
      name: 'commands',
      onReady: () => this.#noteState(),
      onClose: () => this.#noteState(),
    });
    this.#bell = new RedisLink({
      ...shared,
      name: 'bell',
      onReady: () => this.#listen(),
      onClose: () => {
        this.#hearsBell = false;
        this.#noteState();
      },
    });
    this.#bell.redis.on('message', (_channel: string, message: string) => this.#heard(message));
  }

  async start(): Promise<void> {
    if (this.#mode !== 'new') return;
    this.#mode = 'started';
    await Promise.all([this.#commands.start(), this.#bell.start()]);
    await this.#listening;
    this.#planCheck();
  }

  async stop(): Promise<void> {
    this.#mode = 'stopped';
    this.#cancelCheck();
    this.#rings.clear();
    this.#amnesia.clear();
    await Promise.all([this.#commands.stop(), this.#bell.stop()]);
  }

  async push(entries: readonly { agentId: string; runId: string }[]): Promise<void> {
    const byAgent = new Map<string, string[]>();
    for (const { agentId, runId } of entries) {
      const ids = byAgent.get(agentId);
      if (ids) ids.push(runId);
      else byAgent.set(agentId, [runId]);
    }
    const calls: Promise<unknown>[] = [];
    for (const [agentId, ids] of byAgent) {
      for (let i = 0; i < ids.length; i += pushIdsMax) {
        calls.push(this.#call('nerdyPush', agentId, agentId, ...ids.slice(i, i + pushIdsMax)));
      }
    }
    await Promise.all(calls);
  }

  async take(agentId: string, countMax: number): Promise<string[]> {
    if (countMax < 1) return [];
    try {
      if (!this.#sure.has(agentId)) {
        await this.#call('nerdyGiveBack', agentId, ...(this.#held.get(agentId) ?? []));
        this.#sure.add(agentId);
      }
      const taken = (await this.#call('nerdyTake', agentId, countMax)) as string[];
      if (taken.length === 0) return taken;
      const held = this.#held.get(agentId) ?? new Set();
      this.#held.set(agentId, held);
      for (const id of taken) held.add(id);
      return taken;
    } catch (error) {
      this.#sure.delete(agentId);
      throw error;
    }
  }

  async settle(agentId: string, runIds: readonly string[]): Promise<void> {
    const held = this.#held.get(agentId);
    if (held) {
      for (const id of runIds) held.delete(id);
      if (held.size === 0) this.#held.delete(agentId);
    }
    if (runIds.length > 0) await this.#call('nerdySettle', agentId, ...runIds);
  }

  async giveBack(agentId: string): Promise<void> {
    this.#held.delete(agentId);
    // The agent may be another server's until it comes here again.
    this.#sure.delete(agentId);
    await this.#call('nerdyGiveBack', agentId);
  }

  onPush(agentId: string, ring: () => void): () => void {
    const own = (): void => ring();
    const rings = this.#rings.get(agentId) ?? new Set();
    this.#rings.set(agentId, rings.add(own));
    return () => {
      rings.delete(own);
      if (rings.size === 0 && this.#rings.get(agentId) === rings) this.#rings.delete(agentId);
    };
  }

  onAmnesia(ring: () => void): () => void {
    const own = (): void => ring();
    this.#amnesia.add(own);
    return () => this.#amnesia.delete(own);
  }

  isReady(): boolean {
    return this.#mode === 'started' && this.#isWhole();
  }

  async #call(script: QueueScript, agentId: string, ...args: (string | number)[]): Promise<unknown> {
    if (this.#mode !== 'started') throw new QueueUnavailableError(`it is ${this.#mode}`);
    // The braces keep one agent's keys in one slot.
    const key = `${this.#prefix}queue:{${agentId}}:`;
    const { redis } = this.#commands;
    const call = (redis as unknown as Record<QueueScript, ScriptCall>)[script].bind(redis);
    try {
      return await call(`${key}waiting`, `${key}flight`, `${this.#prefix}epoch`, this.#channel, ...args);
    } catch (error) {
      throw new QueueUnavailableError(error);
    }
  }

  get #channel(): string {
    return `${this.#prefix}bell`;
  }

  #listen(): void {
    this.#listening = this.#bell.redis.subscribe(this.#channel).then(
      () => {
        this.#hearsBell = true;
        this.#noteState();
      },
      () => this.#bell.restart(),
    );
  }

  #noteState(): void {
    const wasUp = this.#isUp;
    this.#isUp = this.#isWhole();
    if (this.#isUp && !wasUp) this.#forget();
  }

  #isWhole(): boolean {
    return this.#hearsBell && this.#bell.isReady && this.#commands.isReady;
  }

  #heard(message: string): void {
    if (message === '!') this.#forget();
    else for (const ring of this.#rings.get(message.slice(1)) ?? []) this.#ring(ring);
  }

  /** Redis may have lost anything, and pushes may have gone unheard: everybody looks again. */
  #forget(): void {
    for (const ring of this.#amnesia) this.#ring(ring);
    for (const rings of this.#rings.values()) for (const ring of rings) this.#ring(ring);
  }

  #ring(ring: () => void): void {
    try {
      ring();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a listener to the queue failed');
    }
  }

  #planCheck(): void {
    if (this.#mode === 'started') {
      this.#cancelCheck = this.#options.clock.after(checkEveryMs, () => this.#check());
    }
  }

  /**
   * Finds what no event tells: a connection whose other end is gone without a word, a memory that was wiped while
   * nobody pushed, another instance behind the same address.
   */
  async #check(): Promise<void> {
    await Promise.all([
      this.#probe(this.#commands, async () => {
        await this.#call('nerdySettle', 'nobody');
        const runId = /^run_id:(\w+)/m.exec(await this.#commands.redis.info('server'))?.[1] ?? null;
        if (this.#runId !== null && runId !== this.#runId) this.#forget();
        this.#runId = runId;
      }),
      this.#probe(this.#bell, () => this.#bell.redis.ping()),
    ]);
    this.#planCheck();
  }

  async #probe(link: RedisLink, ask: () => Promise<unknown>): Promise<void> {
    if (!link.isReady) return;
    try {
      await ask();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'redis did not answer; connecting anew');
      link.restart();
    }
  }
}
