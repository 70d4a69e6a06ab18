import { expect, it } from 'vitest';
import { Pace, type Rate } from '../../src/slack/pace.ts';

const rate: Rate = { everyMs: 1_000, burst: 3 };

it('lets a small burst through, then one each interval', () => {
  const pace = new Pace();
  const key: [string, Rate][] = [['ops', rate]];
  expect([0, 0, 0, 0].map((now) => pace.take(now, key))).toEqual([0, 0, 0, 1_000]);
  expect(pace.take(999, key)).toBe(1);
  expect(pace.take(1_000, key)).toBe(0);
  expect(pace.take(1_000, key)).toBe(1_000);
});

it('has the whole burst again after a rest', () => {
  const pace = new Pace();
  for (let i = 0; i < 3; i += 1) pace.take(0, [['ops', rate]]);
  expect([0, 0, 0, 0].map(() => pace.take(10_000, [['ops', rate]]))).toEqual([0, 0, 0, 1_000]);
});

it('takes from all keys or from none', () => {
  const pace = new Pace();
  const slow: Rate = { everyMs: 5_000, burst: 1 };
  expect(
    pace.take(0, [
      ['a', rate],
      ['b', slow],
    ]),
  ).toBe(0);
  expect(
    pace.take(0, [
      ['a', rate],
      ['b', slow],
    ]),
  ).toBe(5_000);
  expect([pace.take(0, [['a', rate]]), pace.take(0, [['a', rate]])]).toEqual([0, 0]);
});

it('lets what Slack said to wait go before everything', () => {
  const pace = new Pace();
  pace.hold('ops', 30_000);
  pace.hold('ops', 10_000);
  expect(pace.take(0, [['ops', rate]])).toBe(30_000);
  expect(pace.heldMs(30_000, 'ops')).toBe(0);
  expect(pace.take(30_000, [['ops', rate]])).toBe(0);
});

it('lets 500 changes of a burst through at the rate, whoever asks how often', () => {
  const pace = new Pace();
  const taken = Array.from({ length: 500 }, (_, at) => at * 10).filter(
    (now) => pace.take(now, [['ops', rate]]) === 0,
  );
  expect(taken).toHaveLength(3 + 4);
});
