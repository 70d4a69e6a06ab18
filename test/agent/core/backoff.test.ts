import { expect, test } from 'vitest';
import { reconnectDelayMs, remoteReconnectDelayMs } from '../../../agent/src/core/backoff.ts';
import {
  reconnectMsMax,
  remoteReconnectFirstMs,
  remoteReconnectMsMax,
} from '../../../agent/src/core/limits.ts';

test('waits grow to a bound, and chance has all of it', () => {
  expect(reconnectDelayMs(0, 0)).toBe(0);
  expect(reconnectDelayMs(3, 1)).toBe(8 * reconnectDelayMs(0, 1));
  expect(reconnectDelayMs(40, 1)).toBe(reconnectMsMax);
  expect(remoteReconnectDelayMs(0, 1)).toBe(remoteReconnectFirstMs);
  expect(remoteReconnectDelayMs(40, 1)).toBe(remoteReconnectMsMax);
});

/** mulberry32: the same numbers each time. */
const seeded = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** When each of ten thousand agents that lost the gateway at 0 is back, where that is away for so long. */
const returns = (awayMs: number): number[] => {
  const random = seeded(20_260_101);
  return Array.from({ length: 10_000 }, () => {
    let at = 0;
    for (let attempt = 0; at <= awayMs; attempt++) {
      at += remoteReconnectDelayMs(attempt, random());
      if (awayMs === 0) break;
    }
    return at - awayMs;
  });
};

const mostWithin = (ms: number, times: number[]): number => {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(Math.floor(time / ms), (counts.get(Math.floor(time / ms)) ?? 0) + 1);
  return Math.max(...counts.values());
};

test('ten thousand agents that were cut off come back spread over the whole first wait', () => {
  const times = returns(0);
  expect(mostWithin(100, times)).toBeLessThan(650);
  expect(Math.max(...times)).toBeLessThanOrEqual(remoteReconnectFirstMs);
});

test('ten thousand agents whose gateway was away for a minute come back over half a minute and more', () => {
  const times = returns(60_000);
  expect(mostWithin(1000, times)).toBeLessThan(600);
  expect(times.filter((time) => time > 15_000).length).toBeGreaterThan(2000);
  expect(Math.max(...times)).toBeLessThanOrEqual(remoteReconnectMsMax);
});
