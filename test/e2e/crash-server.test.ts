import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { effectsIn, joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir, readPoints } from './processes.ts';

/** What the script prints: the answer proves that none of it was lost. */
const answer = 'Marked 1 times.';
const outputBytes = 'line 1\n'.length * 8 + 'marked 1\n'.length;

interface Told {
  card: Card;
  effects: number;
  deaths: number;
}

/** One whole loop with a server that dies at the point; everything in a directory of its own. */
const tellWith = async (wanted: string | null, recordTo: string | null): Promise<Told> => {
  const dir = makeDir();
  const dataDir = join(dir.path, 'data');
  const effect = join(dir.path, 'effect');
  const server = new KeptServer(dataDir, { wanted, recordTo });
  let agent: KeptAgent | null = null;
  try {
    await server.call((client) => client.agents());
    const options = { serverDataDir: dataDir, dataDir: join(dir.path, 'agent'), name: 'db1' };
    agent = new KeptAgent({ ...options, wanted: null, recordTo: null });
    await joined(server, 'db1');
    const card = await runLoop(server, `mark the file ${effect} on db1`);
    return { card, effects: effectsIn(effect), deaths: server.deaths };
  } finally {
    await agent?.stop();
    await server.kill();
    dir.remove();
  }
};

const recording = makeDir();
const pointsFile = join(recording.path, 'points');
await tellWith(null, pointsFile);
const points = readPoints(pointsFile);

afterAll(() => recording.remove());

describe('the points', () => {
  test('cover every transition of the loop, before and after its commit', () => {
    for (const kind of [
      'task.create',
      'task.propose',
      'task.approve',
      'run.send',
      'run.finish',
      'task.answer',
    ]) {
      for (const when of ['before', 'after']) {
        const isThere = points.some(
          (p) => p.startsWith('store.change[') && p.includes(kind) && p.endsWith(when),
        );
        expect(isThere, `${kind} ${when}`).toBe(true);
      }
    }
  });
});

describe('a server killed at any point of the loop, and started again', () => {
  const deaths = new Map<string, number>();

  test.concurrent.each(points)('%s: the task is done, and the script ran once', async (point) => {
    const told = await tellWith(point, null);
    deaths.set(point, told.deaths);
    expect(told.card).toMatchObject({ state: 'done', answer: { words: answer } });
    expect(told.card.runs).toMatchObject([{ state: 'succeeded', exitCode: 0, stdoutBytes: outputBytes }]);
    expect(told.effects).toBe(1);
  });

  // Sweeps and output chunks fall differently each time, so a late ordinal of theirs may not come; transitions always do.
  test('was killed at nearly all of them', () => {
    const missed = points.filter((p) => deaths.get(p) === 0);
    expect(missed.filter((p) => p.includes('[task.') || p.includes('run.finish'))).toEqual([]);
    expect(missed.length).toBeLessThan(points.length / 5);
  });
});

beforeAll(() => {
  expect(points.length).toBeGreaterThan(40);
});
