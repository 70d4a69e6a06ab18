import { reconnectFirstMs, reconnectMsMax, remoteReconnectFirstMs, remoteReconnectMsMax } from './limits.ts';

const fullJitter = (attempt: number, random: number, firstMs: number, msMax: number): number =>
  Math.round(random * Math.min(msMax, firstMs * 2 ** Math.min(attempt, 20)));

/**
 * How long to wait before try number `attempt` (0 is the first) on this machine: full jitter over an exponential
 * bound, so that a thousand agents that lost the same gateway don't come back in step.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param random from 0 to 1.
 */
export const reconnectDelayMs = (attempt: number, random: number): number =>
  fullJitter(attempt, random, reconnectFirstMs, reconnectMsMax);

/** The same for a gateway across a network, which may have thousands of agents. */
export const remoteReconnectDelayMs = (attempt: number, random: number): number =>
  fullJitter(attempt, random, remoteReconnectFirstMs, remoteReconnectMsMax);
