import { backoffMs, backoffMsMax, retryAfterMsMax } from './limits.ts';
import { ModelFault } from './model-fault.ts';

/** Waits, or rejects when the signal aborts first. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/**
 * Calls a model until it answers, the fault isn't one that passes, or the tries or the time are used up; then the
 * last fault is thrown. Retries are ours and not LangChain's, so that they are bounded in total, heed Retry-After
 * and never repeat a timeout. Where the far end asks for a long wait there is none: the person hears it now.
 * The whole is bounded by `signal`, which the caller ends at its own total.
 */
export const withRetries = async <T>(
  attempt: () => Promise<T>,
  { retriesMax, wait, signal }: { retriesMax: number; wait: Wait; signal: AbortSignal },
): Promise<T> => {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ModelFault) || !error.isPassing || tries >= retriesMax || signal.aborted)
        throw error;
      const ms = error.retryAfterMs ?? backoffOf(tries);
      if (ms > retryAfterMsMax) throw error;
      await wait(ms, signal).catch(() => {
        throw error;
      });
    }
  }
};

/** Exponential with the upper half random: servers that failed together don't come back together. */
const backoffOf = (tries: number): number => {
  const full = Math.min(backoffMs * 2 ** tries, backoffMsMax);
  return full / 2 + (Math.random() * full) / 2;
};
