import type { Clock } from '../../src/ports/clock.ts';
import { SystemClock } from '../../src/system/system-clock.ts';

/** How much sooner sweeps come, so that a test of recovery doesn't wait for them. Deadlines keep their instants. */
const hurry = 25;

/** Longer waits are deadlines of streams, whose other end is in no hurry. */
const sweepMsMax = 5_000;

/** The real clock with short waits: `now` is true but for what it is ahead, `after` is hurried. */
export const hurriedClock = ({ aheadMs = 0, isHurried = true } = {}): Clock => {
  const clock = new SystemClock();
  return {
    now: () => clock.now() + aheadMs,
    after: (delayMs, callback) =>
      clock.after(isHurried && delayMs <= sweepMsMax ? delayMs / hurry : delayMs, callback),
  };
};
