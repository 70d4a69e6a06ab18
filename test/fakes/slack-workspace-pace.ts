import type { Clock } from '../../src/ports/clock.ts';
import { messageBurst, type Tier, tierCallsPerMinute, tierOneBurstCalls } from './slack-workspace-limits.ts';

/** A call came too soon; `retryAfterSeconds` is a whole number of Slack's seconds, as its header has it. */
export class TooSoon extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('ratelimited');
    this.name = 'TooSoon';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Counts calls as Slack does: by method over a minute, and messages by channel over a second. */
export class SlackPace {
  readonly #clock: Clock;
  readonly #secondMs: number;
  readonly #calls = new Map<string, number[]>();
  readonly #messages = new Map<string, { left: number; at: number }>();

  /** @param secondMs how long one of Slack's seconds lasts here. */
  constructor(clock: Clock, secondMs: number) {
    this.#clock = clock;
    this.#secondMs = secondMs;
  }

  /** Takes one call of the method's tier, or throws. */
  takeCall(method: string, tier: Tier): void {
    const now = this.#clock.now();
    const minuteMs = 60 * this.#secondMs;
    const callsMax = tier === 1 ? tierOneBurstCalls : tierCallsPerMinute[tier];
    const calls = (this.#calls.get(method) ?? []).filter((at) => at > now - minuteMs);
    const first = calls[0];
    if (first !== undefined && calls.length >= callsMax) throw this.#tooSoon(first + minuteMs - now);
    calls.push(now);
    this.#calls.set(method, calls);
  }

  /** Takes one message into a channel, or throws. */
  takeMessage(channel: string): void {
    const now = this.#clock.now();
    const bucket = this.#messages.get(channel) ?? { left: messageBurst, at: now };
    const left = Math.min(messageBurst, bucket.left + (now - bucket.at) / this.#secondMs);
    if (left < 1) throw this.#tooSoon((1 - left) * this.#secondMs);
    this.#messages.set(channel, { left: left - 1, at: now });
  }

  #tooSoon(waitMs: number): TooSoon {
    return new TooSoon(Math.max(1, Math.ceil(waitMs / this.#secondMs)));
  }
}
