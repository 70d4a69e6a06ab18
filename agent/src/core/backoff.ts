import { reconnectFirstMs, reconnectMsMax } from './limits.ts';

/**
 * How long to wait before try number `attempt` (0 is the first): full jitter over an exponential bound, so that a
 * thousand agents that lost the same gateway don't come back in step.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param random from 0 to 1.
 */
export const reconnectDelayMs = (attempt: number, random: number): number =>
  Math.round(random * Math.min(reconnectMsMax, reconnectFirstMs * 2 ** Math.min(attempt, 20)));
