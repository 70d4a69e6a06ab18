import { describe, expect, test } from 'vitest';
import { planOf } from './plan.ts';

const wanted = { seed: 7, runs: 2_000, kills: 200, agents: 4, wrappers: false };

describe('a plan', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planOf(wanted)).toEqual(planOf(wanted));
    expect(planOf(wanted)).not.toEqual(planOf({ ...wanted, seed: 8 }));
  });

  test.each([1, 2, 3, 4, 5])('has exactly the runs and kills that were asked for (seed %s)', (seed) => {
    const { tasks, kills } = planOf({ ...wanted, seed });
    expect(tasks.reduce((sum, task) => sum + task.agents.length, 0)).toBe(2_000);
    expect(kills).toHaveLength(200);
    for (const { agents } of tasks) expect(new Set(agents).size).toBe(agents.length);
  });

  test('spreads the kills over the runs and over everything that can be killed', () => {
    const { kills } = planOf(wanted);
    const quarters = [0, 0, 0, 0];
    for (const { afterRuns } of kills)
      quarters[Math.floor(afterRuns / 500)] = (quarters[Math.floor(afterRuns / 500)] ?? 0) + 1;
    expect(Math.min(...quarters)).toBeGreaterThan(25);
    expect(new Set(kills.map((kill) => kill.kind))).toEqual(new Set(['server', 'agent', 'redis']));
  });

  test('has kills of wrappers only where they were asked for', () => {
    const { kills } = planOf({ ...wanted, wrappers: true });
    expect(kills.filter((kill) => kill.kind === 'wrapper').length).toBeGreaterThan(20);
  });

  test('has scripts that print nothing, little, much and too much, some of them for a while', () => {
    const { tasks } = planOf(wanted);
    for (const [least, most] of [
      [0, 20],
      [100, 2_000],
      [2_000, 14_000],
      [20_000, 30_000],
    ] as const) {
      expect(tasks.some(({ lines }) => lines >= least && lines <= most)).toBe(true);
    }
    expect(tasks.some(({ napMs }) => napMs > 400)).toBe(true);
    expect(tasks.some(({ canary }) => canary)).toBe(true);
  });
});
