import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { effectsIn, joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir, readPoints } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const server = new KeptServer(dataDir, {});
await server.call((client) => client.agents());

interface Told {
  card: Card;
  effects: number;
  deaths: number;
}

/** One loop through an agent of its own name that dies at the point, on the one server of this file. */
const tellWith = async (name: string, wanted: string | null, recordTo: string | null): Promise<Told> => {
  const effect = join(dir.path, `effect-${name}`);
  const options = { serverDataDir: dataDir, dataDir: join(dir.path, name), name };
  const agent = new KeptAgent({ ...options, wanted, recordTo });
  try {
    await joined(server, name);
    const card = await runLoop(server, `mark the file ${effect} on ${name}`);
    return { card, effects: effectsIn(effect), deaths: agent.deaths };
  } finally {
    await agent.stop();
  }
};

const pointsFile = join(dir.path, 'points');
await tellWith('recorder', null, pointsFile);
const points = readPoints(pointsFile);

afterAll(async () => {
  await server.kill();
  dir.remove();
});

describe('an agent killed at any point of the loop, and started again', () => {
  const deaths = new Map<string, number>();
  let scenes = 0;

  test.concurrent.each(points.map((point, i) => [point, `agent-${i}`] as const))(
    '%s: the script runs once, its output is whole',
    async (point, name) => {
      // A scene that is played again must not find what an earlier one left.
      const told = await tellWith(`${name}-${++scenes}`, point, null);
      deaths.set(point, told.deaths);
      expect(told.card).toMatchObject({ state: 'done', answer: { words: 'Marked 1 times.' } });
      expect(told.card.runs).toMatchObject([{ state: 'succeeded', exitCode: 0 }]);
      expect(told.effects).toBe(1);
    },
  );

  test('was killed at nearly all of them', () => {
    expect(deaths.size).toBe(points.length);
    expect([...deaths.values()].filter((d) => d === 0).length).toBeLessThan(points.length / 5);
  });
});
