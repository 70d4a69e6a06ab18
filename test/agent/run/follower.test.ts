import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { claimWaitMs } from '../../../agent/src/core/limits.ts';
import { nodeDisk } from '../../../agent/src/run/disk.ts';
import { Follower } from '../../../agent/src/run/follower.ts';
import { newRunRecord } from '../../../agent/src/run/run-record.ts';
import { Spool } from '../../../agent/src/run/spool.ts';
import { makeTestDir } from '../start-agent.ts';

const runId = 'ab'.repeat(32);

const makeRun = async () => {
  const spool = new Spool(makeTestDir(), nodeDisk, 'boot');
  await spool.open();
  const quiet = () => {};
  const follower = new Follower({
    spool,
    book: new Map(),
    log: { info: quiet, warn: quiet, error: quiet },
    monotonicMs: () => claimWaitMs,
    pollMs: 1_000,
    lostRecheckMs: 1_000,
    changed: quiet,
    started: () => {},
    lost: quiet,
    ended: quiet,
  });
  const run = newRunRecord(runId, spool.dirOf(runId), null, true);
  run.launchedAtMs = 0;
  return { spool, follower, run };
};

test('a run whose directory is gone before it was claimed is lost', async () => {
  const { follower, run } = await makeRun();
  follower.look(run);
  expect(run.finished?.end).toBe('FINISHED_END_LOST');
});

test('a run that has started is never told as not started, though its claim is gone', async () => {
  const { spool, follower, run } = await makeRun();
  mkdirSync(spool.dirOf(runId));
  run.phase = 'started';
  follower.look(run);
  expect(run.phase).toBe('started');
  expect(spool.claim(runId)).toBeNull();
});
