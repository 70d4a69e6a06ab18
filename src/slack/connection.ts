import { type Sentence, sentence } from '../core/sentences.ts';
import type { ChatConnection } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import type { Errands } from './errands.ts';
import type { Health } from './health.ts';
import { downToleratedMs, retryDefaultMs, retryTroubleMs } from './limits.ts';
import { isTrouble } from './outcome.ts';
import type { Self } from './self.ts';
import type { Socket } from './socket.ts';

export interface SlackConnectionParts {
  self: Self;
  /** Null where Slack calls us over HTTP. */
  socket: Socket | null;
  health: Health;
  errands: Errands;
  clock: Clock;
  log: Log;
  /** What runs beside while we are connected. */
  beside?: readonly Service[];
}

/**
 * Our connection with Slack: first who we are there, then the way in.
 *
 * Modes: `stopped`, `asking` (who we are isn't known yet; asked again and again), `open`.
 */
export class SlackConnection implements ChatConnection {
  readonly surface = 'slack';
  readonly name = 'slack';
  readonly #parts: SlackConnectionParts;
  #mode: 'stopped' | 'asking' | 'open' = 'stopped';
  #cancel: () => void = () => {};
  readonly #abort = new AbortController();

  constructor(parts: SlackConnectionParts) {
    this.#parts = parts;
  }

  /** Whether what Slack sends over HTTP can be taken. */
  get isOpen(): boolean {
    return this.#mode === 'open';
  }

  async start(): Promise<void> {
    if (this.#mode !== 'stopped' || this.#abort.signal.aborted) return;
    this.#mode = 'asking';
    await this.#ask();
  }

  async stop(): Promise<void> {
    this.#mode = 'stopped';
    this.#cancel();
    this.#abort.abort();
    await this.#parts.socket?.stop();
    for (const service of this.#parts.beside ?? []) await service.stop();
    await this.#parts.errands.stop();
  }

  trouble(): Sentence | null {
    const { self, socket, health, clock } = this.#parts;
    const failure = health.trouble ?? (self.known ? null : self.failure);
    if (failure) {
      const { error, needed } = failure;
      if (needed !== null) return sentence('slack_scope_missing', { scope: needed });
      return sentence(isTrouble(error) ? 'slack_token_refused' : 'slack_unreachable', { error });
    }
    const down = socket?.down ?? null;
    if (down === null || clock.now() - down.since < downToleratedMs) return null;
    return isTrouble(down.error ?? '')
      ? sentence('slack_app_token_refused', { error: down.error ?? '' })
      : sentence('slack_unreachable', { error: down.error ?? 'no connection' });
  }

  async #ask(): Promise<void> {
    const { self, socket, clock, log, beside = [] } = this.#parts;
    const isKnown = await self.learn(this.#abort.signal).catch(() => false);
    if (this.#mode !== 'asking') return;
    if (!isKnown) {
      const { error = 'unreachable', retryAfterMs = null } = self.failure ?? {};
      const delayMs = retryAfterMs ?? (isTrouble(error) ? retryTroubleMs : retryDefaultMs);
      log.warn({ surface: 'slack', error, delayMs }, 'Slack does not say who we are; asking again');
      this.#cancel = clock.after(delayMs, () => void this.#ask());
      return;
    }
    this.#mode = 'open';
    log.info({ surface: 'slack', team: self.known?.teamName }, 'known in Slack');
    await socket?.start();
    for (const service of beside) await service.start();
  }
}
