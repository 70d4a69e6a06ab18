import { expect, test } from 'vitest';
import { parseExit } from '../../../agent/src/core/exit-file.ts';

test('the exit file of closed outputs leaves their sizes to the files', () => {
  expect(parseExit('exited 3 closed \n')).toEqual({
    how: 'exited',
    exitCode: 3,
    outputs: 'closed',
    sizes: null,
  });
});

test('the exit file of open outputs says how long they were', () => {
  expect(parseExit('timed_out 137 open 12 0\n')).toEqual({
    how: 'timed_out',
    exitCode: 137,
    outputs: 'open',
    sizes: { stdout: 12, stderr: 0 },
  });
});

test('the exit file of outputs that a full disk cut short says so', () => {
  expect(parseExit('exited 0 torn \n')).toEqual({ how: 'exited', exitCode: 0, outputs: 'torn', sizes: null });
});

test.each(['', 'exited', 'gone 0 closed', 'exited x closed', 'exited 0 open 1'])('%j is none', (text) => {
  expect(parseExit(text)).toBeNull();
});
