import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Clock } from '../ports/clock.ts';
import { healthEveryMs } from './limits.ts';

/**
 * `grpc.health.v1` (github.com/grpc/grpc/blob/master/doc/health-checking.md) on all our servers: SERVING while the server can
 * do its work, as `/ready` says it.
 */
export class Health {
  readonly #isReady: () => Promise<boolean>;
  readonly #clock: Clock;
  readonly #health = new HealthImplementation({ '': 'NOT_SERVING' });
  #cancelTimer: () => void = () => {};
  #isStopped = false;

  constructor(isReady: () => Promise<boolean>, clock: Clock) {
    this.#isReady = isReady;
    this.#clock = clock;
  }

  addTo(server: Server): void {
    this.#health.addToServer(server);
  }

  /** Looks now and at intervals. */
  async look(): Promise<void> {
    const isReady = await this.#isReady().catch(() => false);
    if (this.#isStopped) return;
    this.#health.setStatus('', isReady ? 'SERVING' : 'NOT_SERVING');
    this.#cancelTimer = this.#clock.after(healthEveryMs, () => void this.look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    this.#health.setStatus('', 'NOT_SERVING');
  }
}
