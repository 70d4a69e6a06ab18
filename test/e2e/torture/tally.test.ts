import { describe, expect, test } from 'vitest';
import { digestOf, expectedOutput, type ToldRun, tallyOf } from './tally.ts';

/** What the server says of a run that printed three lines. */
const told = (id: string, changes: Partial<ToldRun> = {}): ToldRun => {
  const bytes = expectedOutput(3);
  const output = { lines: 3, digest: digestOf(bytes), bytes: bytes.length };
  return { id, task: 1001, agent: 't1', state: 'succeeded', code: null, output, ...changes };
};
const once = (id: string): string[] => [`begun ${id}`, `ended ${id}`];
const nobody: ReadonlySet<string> = new Set();

/** The tally of run `a` with forged effects of it, of one more that is as it should be. */
const tallied = (effects: readonly string[] | null, changes: Partial<ToldRun> = {}, hit = nobody) =>
  tallyOf(
    [told('a', changes), told('b')],
    new Map([['b', once('b')], ...(effects ? [['a', effects] as const] : [])]),
    hit,
  );

describe('what is as it should be', () => {
  test('has no fault', () => {
    expect(tallied(once('a'))).toEqual({
      ...{ runs: 2, states: { succeeded: 2 }, once: 2, twice: 0, missing: 0, wholeOutputs: 2, faults: [] },
    });
  });

  test('so is a run that is lost because its wrapper was killed, however far its script came', () => {
    for (const effects of [null, ['begun a'], once('a')]) {
      expect(tallied(effects, { state: 'lost' }, new Set(['a'])).faults).toEqual([]);
    }
  });

  test('so is less output of a run one of whose wrapper’s processes was killed', () => {
    const output = { lines: 3, digest: digestOf(Buffer.alloc(0)), bytes: 0 };
    expect(tallied(once('a'), { output }, new Set(['a'])).faults).toEqual([]);
  });
});

describe('a product that is broken is found out', () => {
  test.each([
    ['a script that ran twice', [...once('a'), ...once('a')], {}, 'ran more than once'],
    ['one that began again after it was killed', ['begun a', 'begun a', 'ended a'], {}, 'ran more than once'],
    ['two at a time', ['begun a', 'begun a', 'ended a', 'ended a'], {}, 'ran more than once'],
    ['a success without its effect', null, {}, 'succeeded without its effect'],
    ['a success whose script did not come to its end', ['begun a'], {}, 'succeeded without its effect'],
    ['the effect of another run', [...once('a'), 'begun c'], {}, 'left what is not its own'],
    ['a run that is lost for no reason', once('a'), { state: 'lost', code: 'lost_wrapper' }, 'is lost'],
    ['an order that never arrived', null, { state: 'undelivered' }, 'is undelivered'],
    ['a failure', ['begun a'], { state: 'failed' }, 'is failed'],
    ['a run that goes on for ever', ['begun a'], { state: 'running' }, 'is running'],
    ['an output that nobody could fetch', once('a'), { output: null }, 'an output that nobody fetched'],
  ] as const)('%s', (_, effects, changes, fault) => {
    const { faults } = tallied(effects, changes);
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });

  test.each([
    ['short', expectedOutput(3).subarray(0, -1)],
    ['long', Buffer.concat([expectedOutput(3), Buffer.from('line 3 of what must arrive\n')])],
    ['changed in one byte', Buffer.from(expectedOutput(3).toString().replace('2', '7'))],
  ])('an output that is too %s', (_, bytes) => {
    const output = { lines: 3, digest: digestOf(bytes), bytes: bytes.length };
    expect(tallied(once('a'), { output }).faults).toEqual([expect.stringContaining('another output')]);
  });

  test('a killed wrapper excuses neither a second time nor a success without its effect', () => {
    const hit = new Set(['a']);
    expect(tallied([...once('a'), ...once('a')], {}, hit)).toMatchObject({ twice: 1 });
    expect(tallied(['begun a', 'begun a'], { state: 'lost' }, hit)).toMatchObject({ twice: 1 });
    expect(tallied(null, {}, hit)).toMatchObject({ missing: 1 });
    expect(tallied(null, { state: 'failed' }, hit).faults).toEqual([expect.stringContaining('is failed')]);
  });

  test('a run of another one’s killed wrapper is not excused', () => {
    expect(tallied(once('a'), { state: 'lost' }, new Set(['b'])).faults).toHaveLength(1);
  });

  test('effects of a run that nobody approved, and a run that is told twice', () => {
    expect(
      tallyOf(
        [told('a')],
        new Map([
          ['a', once('a')],
          ['x', once('x')],
        ]),
        nobody,
      ).faults,
    ).toEqual([expect.stringContaining('nobody approved')]);
    expect(tallyOf([told('a'), told('a')], new Map([['a', once('a')]]), nobody).faults).toEqual([
      expect.stringContaining('told twice'),
    ]);
  });
});

test('of an output that is too much, head and tail are expected', () => {
  const kept = expectedOutput(30_000);
  expect(kept.length).toBe((512 + 128) * 1024);
  expect(kept.toString()).toMatch(/^line 1 of .*line 30000 of what must arrive\n$/s);
});
