import { expect, test } from 'vitest';
import { ServerClock } from '../../../agent/src/core/server-clock.ts';

test('the server’s clock goes on with the monotonic one, and is not known before the first welcome', () => {
  let monotonic = 500;
  const clock = new ServerClock(() => monotonic);
  expect(clock.now()).toBeNull();
  clock.set(1_000_000);
  monotonic += 250;
  expect(clock.now()).toBe(1_000_250);
  clock.set(900_000);
  expect(clock.now()).toBe(900_000);
});
