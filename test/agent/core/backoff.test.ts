import { expect, test } from 'vitest';
import { reconnectDelayMs } from '../../../agent/src/core/backoff.ts';
import { reconnectFirstMs, reconnectMsMax } from '../../../agent/src/core/limits.ts';

test('the wait doubles up to its bound, and any share of it may come', () => {
  expect(reconnectDelayMs(0, 1)).toBe(reconnectFirstMs);
  expect(reconnectDelayMs(3, 1)).toBe(reconnectFirstMs * 8);
  expect(reconnectDelayMs(1_000, 1)).toBe(reconnectMsMax);
  expect(reconnectDelayMs(1_000, 0)).toBe(0);
});
