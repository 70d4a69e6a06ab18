import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import type { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { boltLog } from './bolt-log.ts';
import { callTimeoutMs, retryDefaultMs, tierBurstFraction } from './limits.ts';
import { callsPerMinuteOf, type SlackMethod } from './method-scopes.ts';
import { Pace, type Rate } from './pace.ts';

/** What came of a call. `error` is Slack's own word, or `unreachable` where none came. */
export type Called<T> = { kind: 'ok'; result: T } | CallFailure;
export interface CallFailure {
  kind: 'failed';
  error: string;
  /** Not before this from now on; null where trying again is no question of time. */
  retryAfterMs: number | null;
  /** The scope that Slack misses, where it says one. */
  needed: string | null;
}

/** The options of every client of Slack's: one try, and a wait is an answer. Trying again is the caller's. */
export const clientOptions = (apiUrl: string | null, log: Log): WebClientOptions => ({
  ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: callTimeoutMs,
  allowAbsoluteUrls: false,
  logger: boltLog(log),
});

/** Slack's Web API with one token: every call ends as a value, and none goes out that Slack said to hold back. */
export class SlackWeb {
  readonly pace: Pace;
  readonly #client: WebClient;
  readonly #clock: Clock;

  constructor(parts: { token: string; apiUrl: string | null; clock: Clock; log: Log }) {
    this.#client = new WebClient(parts.token, clientOptions(parts.apiUrl, parts.log));
    this.#clock = parts.clock;
    this.pace = new Pace();
  }

  /** The keys of a method's own rate, for `pace`; none where its page names no tier. */
  static rateOf(method: SlackMethod): [string, Rate][] {
    const calls = callsPerMinuteOf(method);
    if (calls === null) return [];
    const burst = Math.max(1, Math.floor(calls * tierBurstFraction));
    return [[method, { everyMs: 60_000 / calls, burst }]];
  }

  /**
   * @param shape what is needed of the answer; one that lacks it counts as no answer.
   * @throws the signal's reason, once it is aborted. What became of the call is unknown then.
   */
  async call<T>(
    method: SlackMethod,
    args: Record<string, unknown>,
    shape: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<Called<T>> {
    const heldMs = this.pace.heldMs(this.#clock.now(), method);
    if (heldMs > 0) return { kind: 'failed', error: 'ratelimited', retryAfterMs: heldMs, needed: null };
    try {
      const answer = await unlessAborted(this.#client.apiCall(method, args), signal);
      const parsed = shape.safeParse(answer);
      return parsed.success
        ? { kind: 'ok', result: parsed.data }
        : { kind: 'failed', error: 'unreadable_answer', retryAfterMs: null, needed: null };
    } catch (err) {
      if (signal?.aborted) throw signal.reason;
      const failure = failureOf(err);
      if (failure.error === 'ratelimited' && failure.retryAfterMs !== null) {
        this.pace.hold(method, this.#clock.now() + failure.retryAfterMs);
      }
      return failure;
    }
  }
}

const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise;
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
};

const failureOf = (err: unknown): CallFailure => {
  if (err instanceof WebAPIRateLimitedError) {
    return { kind: 'failed', error: 'ratelimited', retryAfterMs: err.retryAfter * 1_000, needed: null };
  }
  if (err instanceof WebAPIPlatformError) {
    const { error, response_metadata: about } = err.data;
    const needed = 'needed' in err.data && typeof err.data.needed === 'string' ? err.data.needed : null;
    const waitS = about?.retryAfter;
    return {
      kind: 'failed',
      error,
      retryAfterMs: waitS !== undefined ? waitS * 1_000 : error === 'ratelimited' ? retryDefaultMs : null,
      needed,
    };
  }
  const waitS = err instanceof WebAPIHTTPError ? Number(err.headers['retry-after']) : Number.NaN;
  return {
    kind: 'failed',
    error: 'unreachable',
    retryAfterMs: Number.isFinite(waitS) ? waitS * 1_000 : retryDefaultMs,
    needed: null,
  };
};
