import { beforeEach, describe, expect, it } from 'vitest';
import { DoorKeeper, type Visit } from '../../src/grpc/door-keeper.ts';
import {
  connectionRate,
  downloadsMax,
  greetingMax,
  outsidersMax,
  strangersAtAddressMax,
} from '../../src/grpc/limits.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';

let clock: SteppedClock;
let keeper: DoorKeeper;
beforeEach(() => {
  clock = new SteppedClock();
  keeper = new DoorKeeper(clock);
});

const letIn = (address: string): Visit => {
  const visit = keeper.arrive(address);
  if (typeof visit === 'string') throw new Error(visit);
  return visit;
};
/** So many addresses that none has too many. */
const addressOf = (i: number): string => `10.0.0.${Math.floor(i / strangersAtAddressMax)}`;

describe('one address', () => {
  it('has only so many connections that have shown nothing; agents beside them do not count', () => {
    const visits = Array.from({ length: strangersAtAddressMax }, () => letIn('10.0.0.1'));
    expect(keeper.arrive('10.0.0.1')).toBe('too many of one address');
    letIn('10.0.0.2');
    expect(visits[0]?.become('agent')).toBe(true);
    letIn('10.0.0.1');
    expect(keeper.arrive('10.0.0.1')).toBe('too many of one address');
    expect(visits[1]?.become('download')).toBe(true);
    expect(keeper.arrive('10.0.0.1')).toBe('too many of one address');
  });

  it('gets its places back, once each, however often it says that it left', () => {
    const visits = Array.from({ length: strangersAtAddressMax }, () => letIn('10.0.0.1'));
    for (let i = 0; i < 3; i++) visits[0]?.left();
    letIn('10.0.0.1');
    expect(keeper.arrive('10.0.0.1')).toBe('too many of one address');
  });
});

describe('a place that is full', () => {
  it.each([
    ['outsider', outsidersMax],
    ['download', downloadsMax],
  ] as const)('of %ss takes no more of them, and leaves the agents theirs', (place, countMax) => {
    for (let i = 0; i < countMax; i++) expect(letIn(addressOf(i)).become(place)).toBe(true);
    const late = letIn('10.9.9.9');
    expect(late.become(place)).toBe(false);
    expect(late.become('agent')).toBe(true);
  });

  it('of handshakes takes no more, until some of them are through', () => {
    const visits = Array.from({ length: greetingMax }, (_, i) => letIn(addressOf(i)));
    expect(keeper.arrive('10.9.9.9')).toBe('too many');
    visits[0]?.become('agent');
    letIn('10.9.9.9');
  });
});

it('new connections have a rate, which grows again with time', () => {
  const all = (i: number): string => `10.1.0.${i % 4}`;
  for (let i = 0; i < connectionRate.burst; i++) letIn(all(i)).left();
  expect(keeper.arrive('10.0.0.1')).toBe('too fast');
  clock.step(1_000);
  for (let i = 0; i < connectionRate.perSecond; i++) letIn(all(i)).left();
  expect(keeper.arrive('10.0.0.1')).toBe('too fast');
});

it('one address that comes and goes as fast as it can does not keep others out', () => {
  let wasTooFast = false;
  for (let i = 0; i < connectionRate.burst * 2; i++) {
    const visit = keeper.arrive('10.0.0.1');
    if (typeof visit === 'string') wasTooFast = visit === 'too fast';
    else visit.left();
  }
  expect(wasTooFast).toBe(true);
  letIn('10.0.0.2');
});

it('the addresses of one IPv6 network are counted as one', () => {
  for (let i = 0; i < strangersAtAddressMax; i++) letIn(`2001:db8::${i.toString(16)}`);
  expect(keeper.arrive('2001:db8::ffff')).toBe('too many of one address');
  letIn('2001:db8:0:1::1');
});

it('a visit that has ended becomes nothing any more', () => {
  const visit = letIn('10.0.0.1');
  visit.left();
  expect(visit.become('agent')).toBe(false);
});
