import { beforeEach, describe, expect, it } from 'vitest';
import { Worker, WorkerStopped } from '../../src/flow/worker.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { quiet } from '../sql/sqlite-rig.ts';
import { held } from './fake-mind.ts';
import { turns } from './rig.ts';

const sweepMs = 1_000;
let clock: SteppedClock;
let passes: number;
let pass: (signal: AbortSignal) => Promise<void>;
let worker: Worker;
beforeEach(() => {
  clock = new SteppedClock();
  passes = 0;
  pass = async () => {};
  const counted = (signal: AbortSignal): Promise<void> => {
    passes++;
    return pass(signal);
  };
  worker = new Worker({ name: 'test', pass: counted, sweepMs, clock, log: quiet });
});

describe('a worker', () => {
  it('looks at its start, when it is woken, and at each sweep', async () => {
    await worker.start();
    await turns();
    worker.wake();
    await turns();
    clock.step(sweepMs);
    await turns();
    expect(passes).toBe(3);
  });

  it('does nothing before its start', async () => {
    worker.wake();
    clock.step(sweepMs);
    await turns();
    expect(passes).toBe(0);
  });

  it('adds calls during a pass up to one more', async () => {
    const first = held<void>();
    pass = () => first.promise;
    await worker.start();
    await turns();
    for (let i = 0; i < 9; i++) worker.wake();
    pass = async () => {};
    first.give();
    await turns();
    expect(passes).toBe(2);
  });

  it('waits for one sweep at a time, however often it is woken', async () => {
    await worker.start();
    for (let i = 0; i < 9; i++) {
      worker.wake();
      await turns(2);
    }
    expect(clock.pendingCount).toBe(1);
  });

  it('lets what woke it go first, and takes several calls of one turn as one', async () => {
    await worker.start();
    await turns();
    worker.wake();
    worker.wake();
    expect(passes).toBe(1);
    await turns();
    expect(passes).toBe(2);
  });

  it('goes on after a pass that threw', async () => {
    pass = () => Promise.reject(new Error('a fault'));
    await worker.start();
    await turns();
    clock.step(sweepMs);
    await turns();
    expect(passes).toBe(2);
  });
});

describe('a stop', () => {
  it('aborts the pass under way, waits for it, and is the last there is', async () => {
    const first = held<void>();
    let reason: unknown;
    pass = (signal) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return first.promise;
    };
    await worker.start();
    await turns();
    worker.wake();
    let isStopped = false;
    const stopping = worker.stop().then(() => {
      isStopped = true;
    });
    await turns();
    expect([isStopped, reason instanceof WorkerStopped]).toEqual([false, true]);
    first.give();
    await stopping;
    worker.wake();
    clock.step(sweepMs);
    await turns();
    expect([passes, clock.pendingCount]).toEqual([1, 0]);
  });

  it('may come twice, or without a start', async () => {
    await worker.stop();
    await worker.stop();
    await worker.start();
    await turns();
    expect(passes).toBe(0);
  });
});
