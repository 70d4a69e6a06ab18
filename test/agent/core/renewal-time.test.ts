import { expect, test } from 'vitest';
import { renewAt, renewRetryDelayMs } from '../../../agent/src/core/renewal-time.ts';

const hour = 3_600_000;

test('a certificate is renewed well before its end, each machine at a time of its own', () => {
  const life = { from: 1000 * hour, until: 1100 * hour };
  expect(renewAt(life, 0)).toBe(1050 * hour);
  expect(renewAt(life, 1)).toBe(1070 * hour);
});

test('tries come closer as the end does, and never at once', () => {
  expect(renewRetryDelayMs(100 * hour, 1)).toBe(hour / 2);
  expect(renewRetryDelayMs(hour, 1)).toBe(hour / 10);
  expect(renewRetryDelayMs(hour, 0)).toBe(hour / 20);
  expect(renewRetryDelayMs(1, 0)).toBe(500);
  expect(renewRetryDelayMs(-hour, 1)).toBe(hour / 2);
});
