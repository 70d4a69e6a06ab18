import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finishedByNever } from '../../../agent/src/core/finished.ts';
import { tombstoneMarginMs } from '../../../agent/src/core/limits.ts';
import { nodeDisk } from '../../../agent/src/run/disk.ts';
import { Tombstones } from '../../../agent/src/run/tombstones.ts';
import { makeTestDir } from '../start-agent.ts';

const runId = 'ab'.repeat(32);
const finished = finishedByNever(Buffer.from(runId, 'hex'), {
  end: 'FINISHED_END_UNSTARTED',
  reason: 'REASON_LATE',
  detail: 'too late',
});

test('a tombstone says the same end again, and nothing is known of other runs', async () => {
  const tombstones = new Tombstones(makeTestDir(), nodeDisk);
  tombstones.open();
  await tombstones.put(runId, { runBy: 1_000, finished });
  expect(tombstones.get(runId)).toEqual({ runBy: 1_000, finished });
  expect(tombstones.get('cd'.repeat(32))).toBeNull();
});

test('a tombstone outlives its run’s time by the margin', async () => {
  const dir = makeTestDir();
  const tombstones = new Tombstones(dir, nodeDisk);
  tombstones.open();
  await tombstones.put(runId, { runBy: 1_000, finished });
  await tombstones.prune(1_000 + tombstoneMarginMs);
  expect(readdirSync(join(dir, 'done'))).toEqual([`${runId}.json`]);
  await tombstones.prune(1_001 + tombstoneMarginMs);
  expect(readdirSync(join(dir, 'done'))).toEqual([]);
});

test.each(['', '{', 'null', '{}'])('a damaged tombstone (%s) stays, and holds up no other', async (text) => {
  const dir = makeTestDir();
  const tombstones = new Tombstones(dir, nodeDisk);
  tombstones.open();
  const damaged = '00'.repeat(32);
  writeFileSync(join(dir, 'done', `${damaged}.json`), text);
  await tombstones.put(runId, { runBy: 1_000, finished });
  expect(() => tombstones.get(damaged)).toThrow();
  await tombstones.prune(1_001 + tombstoneMarginMs);
  expect(readdirSync(join(dir, 'done'))).toEqual([`${damaged}.json`]);
});
