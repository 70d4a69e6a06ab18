import { RedisServer } from '../../fakes/redis-server.ts';
import type { Program } from '../processes.ts';

/** What can be killed and comes back. */
export interface Victim {
  readonly isUp: boolean;
  /** SIGKILL. Resolves when it is gone; it comes back by itself after the pause. */
  kill(pauseMs: number): Promise<void>;
}

/** An end that nobody asked for is waited out for so long, so that it doesn't spin. */
const ownEndPauseMs = 1_000;

/**
 * A process of ours that is started again whenever it is gone.
 *
 * Modes: up (from its start, be it ready or not); away (it comes back after its pause); stopped.
 */
export class KeptProcess implements Victim {
  readonly #start: () => Program;
  readonly #onOwnEnd: (how: string) => void;
  #program: Program;
  #isStopped = false;
  #pauseMs: number | null = null;
  #onBack: (() => void)[] = [];

  /** @param onOwnEnd called when it ended though nobody killed it: that is never right. */
  constructor(start: () => Program, onOwnEnd: (how: string) => void) {
    this.#start = start;
    this.#onOwnEnd = onOwnEnd;
    this.#program = start();
    this.#watch();
  }

  get isUp(): boolean {
    return this.#program.isRunning;
  }

  async kill(pauseMs: number): Promise<void> {
    this.#pauseMs = pauseMs;
    await this.#program.end('SIGKILL');
  }

  /** The program that runs now, or the next one. */
  async running(): Promise<Program> {
    while (!this.#program.isRunning) {
      await new Promise<void>((resolve) => this.#onBack.push(resolve));
    }
    return this.#program;
  }

  /** Ends it in order and for good, once it is up. @returns how it ended. */
  async stop(): Promise<string> {
    const program = await this.running();
    this.#isStopped = true;
    await program.end('SIGTERM');
    return program.ended;
  }

  /** Ends it at once and for good, in whatever mode it is. */
  async abandon(): Promise<void> {
    this.#isStopped = true;
    await this.#program.end('SIGKILL');
  }

  #watch(): void {
    void this.#program.ended.then((how) => {
      if (this.#isStopped) return;
      if (this.#pauseMs === null) this.#onOwnEnd(how);
      setTimeout(() => this.#back(), this.#pauseMs ?? ownEndPauseMs);
      this.#pauseMs = null;
    });
  }

  #back(): void {
    if (this.#isStopped) return;
    this.#program = this.#start();
    this.#watch();
    for (const wake of this.#onBack.splice(0)) wake();
  }
}

/** The Redis of this torture, which keeps nothing: each of its deaths is a loss of all that it held. */
export class KeptRedis implements Victim {
  readonly #server: RedisServer;
  #isUp = true;
  #isStopped = false;

  private constructor(server: RedisServer) {
    this.#server = server;
  }

  static async make(): Promise<KeptRedis> {
    return new KeptRedis(await RedisServer.make());
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get url(): string {
    return this.#server.url;
  }

  async kill(pauseMs: number): Promise<void> {
    this.#isUp = false;
    await this.#server.kill();
    setTimeout(() => {
      if (this.#isStopped) return;
      void this.#server.start().then(() => {
        this.#isUp = true;
      });
    }, pauseMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#server.stop();
  }
}
