import { expect, test } from 'vitest';
import { ServerClock } from '../../../agent/src/core/server-clock.ts';
import { PolicyKeeper } from '../../../agent/src/run/policy-keeper.ts';
import { newRunRecord, type RunRecord } from '../../../agent/src/run/run-record.ts';
import { Starter, type StarterParts } from '../../../agent/src/run/starter.ts';

test('thousands of runs whose turn comes too late end one after the other', () => {
  const clock = new ServerClock(() => 0);
  clock.set(1_000);
  const ended: RunRecord[] = [];
  const follower = {
    follow: () => {},
    look: (run: RunRecord) => {
      run.phase = 'finished';
      ended.push(run);
      starter.ended(run);
    },
  };
  const executor = { missingShell: () => null, launch: () => {}, refill: () => {} };
  const spool = { neverStart: () => {}, script: () => 'uptime\n' };
  const policy = new PolicyKeeper({ place: null, user: 'ops' });
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  const parts = { spool, policy, executor, follower, clock, log, monotonicMs: () => 0 };
  const starter = new Starter(parts as unknown as StarterParts);
  const document = {
    runBy: 2_000,
    runAs: null,
    script: {},
    decisions: [],
  } as unknown as RunRecord['document'];
  const runs = Array.from({ length: 20_001 }, (_, n) =>
    newRunRecord(String(n).padStart(64, '0'), '', document, true),
  );
  for (const run of runs) starter.enqueue(run, null);
  clock.set(3_000);
  starter.ended(runs[0] as RunRecord);
  expect(ended).toHaveLength(20_000);
});
