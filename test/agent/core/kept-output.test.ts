import { describe, expect, test } from 'vitest';
import { keptAtEnd, keptWhileRunning, mainFileKibMax, placeOf } from '../../../agent/src/core/kept-output.ts';

const limits = { outputHeadBytes: 1_000, outputTailBytes: 500 };

test('the main file is always larger than head and tail together', () => {
  for (let bytes = 0; bytes < 3_000; bytes += 1) {
    const room = mainFileKibMax({ outputHeadBytes: bytes, outputTailBytes: 0 }) * 1024;
    expect(room).toBeGreaterThan(bytes);
  }
});

test('no more than the head is sent while the script runs', () => {
  expect([0, 999, 1_000, 1_001].map((bytes) => keptWhileRunning(bytes, limits))).toEqual([
    0, 999, 1000, 1000,
  ]);
});

describe('at the end', () => {
  test.each([
    ['what fits is whole', { mainBytes: 1_500, tailBytes: 500 }, false, [1_500, null, false]],
    ['what fits is whole though open', { mainBytes: 1_500, tailBytes: 0 }, false, [1_500, null, false]],
    ['what fits after a torn write is not whole', { mainBytes: 700, tailBytes: 0 }, true, [700, null, true]],
    ['one byte more is cut', { mainBytes: 1_501, tailBytes: 500 }, false, [1_500, 1_000, false]],
    ['an end that is not there is missing', { mainBytes: 2_048, tailBytes: 0 }, false, [1_500, 1_500, true]],
    ['half an end is missing', { mainBytes: 2_048, tailBytes: 499 }, false, [1_500, 1_500, true]],
  ] as const)('%s', (_, files, torn, [bytes, cutAt, endMissing]) => {
    expect(keptAtEnd(files, limits, torn)).toEqual({ bytes, cutAt, endMissing });
  });
});

test('kept bytes are found in the main file up to the cut and in the tail file from there', () => {
  const kept = { bytes: 1_500, cutAt: 1_000 };
  expect(placeOf(0, kept)).toEqual({ file: 'main', position: 0, bytes: 1_000 });
  expect(placeOf(999, kept)).toEqual({ file: 'main', position: 999, bytes: 1 });
  expect(placeOf(1_000, kept)).toEqual({ file: 'tail', position: 0, bytes: 500 });
  expect(placeOf(1_400, kept)).toEqual({ file: 'tail', position: 400, bytes: 100 });
  expect(placeOf(10, { bytes: 20, cutAt: null })).toEqual({ file: 'main', position: 10, bytes: 10 });
});
