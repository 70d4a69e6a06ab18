import { beforeEach, expect, it } from 'vitest';
import { networkOf } from '../../src/core/network-of.ts';
import { shareOfOne, sharesKept } from '../../src/grpc/limits.ts';
import { SharedRate } from '../../src/grpc/shared-rate.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';

const rate = { burst: 100, perSecond: 10 };
let clock: SteppedClock;
let shared: SharedRate;
beforeEach(() => {
  clock = new SteppedClock();
  shared = new SharedRate(clock, rate);
});
/** How many of that many tries were let through. */
const taken = (tries: number, addressOf: (i: number) => string): number =>
  Array.from({ length: tries }, (_, i) => shared.take(networkOf(addressOf(i)))).filter(Boolean).length;

it.each([
  ['one address', () => '192.0.2.7'],
  ['all addresses of one /64', (i: number) => `2001:db8::${i.toString(16)}`],
])('%s never gets more than its share, however fast it is', (_, addressOf) => {
  expect(taken(1_000, addressOf)).toBe(rate.burst * shareOfOne);
  expect(shared.take('198.51.100.1')).toBe(true);
  clock.step(1_000);
  expect(taken(1_000, addressOf)).toBe(rate.perSecond * shareOfOne);
  expect(shared.take('198.51.100.1')).toBe(true);
});

it('all together get no more than all, and more again with time', () => {
  const many = (i: number): string => `10.0.${i >> 8}.${i & 255}`;
  expect(taken(1_000, many)).toBe(rate.burst);
  clock.step(1_000);
  expect(taken(1_000, many)).toBe(rate.perSecond);
});

it('remembers one that comes again and again, however many came beside it', () => {
  const tries = sharesKept + 10;
  let own = 0;
  for (let i = 0; i < tries; i++) {
    if (shared.take('192.0.2.7')) own += 1;
    shared.take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  }
  expect(own).toBe(rate.burst * shareOfOne);
});
