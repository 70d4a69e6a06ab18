import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SystemClock } from '../../src/system/system-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('says the time, and never an earlier one, whatever the machine says', () => {
  const clock = new SystemClock();
  expect(clock.now()).toBe(1_000_000);
  vi.setSystemTime(400_000);
  expect(clock.now()).toBe(1_000_000);
  vi.setSystemTime(1_000_001);
  expect(clock.now()).toBe(1_000_001);
});

it('calls back once, when the time has come', () => {
  const clock = new SystemClock();
  const callback = vi.fn();
  clock.after(50, callback);
  vi.advanceTimersByTime(49);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(callback).toHaveBeenCalledOnce();
});

it('does not call back what was called off', () => {
  const clock = new SystemClock();
  const callback = vi.fn();
  const callOff = clock.after(50, callback);
  callOff();
  callOff();
  vi.advanceTimersByTime(1_000);
  expect(callback).not.toHaveBeenCalled();
});

it('keeps no process alive', () => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length;
  const callOff = new SystemClock().after(60_000, () => {});
  expect(process.getActiveResourcesInfo().filter((r) => r === 'Timeout')).toHaveLength(before);
  callOff();
});
