import { expect, test } from 'vitest';
import { formatNever, lostClaim, type Never, parseClaim } from '../../../agent/src/core/claim.ts';

test('a wrapper’s claim is its process number and start time', () => {
  expect(parseClaim('12 3456\n')).toEqual({ kind: 'wrapper', pid: 12, born: '3456' });
  expect(parseClaim('12 Mon Jan  1 10:00:00 2024\n')).toMatchObject({ born: 'Mon Jan  1 10:00:00 2024' });
});

test('the agent’s own claim says why the run never starts', () => {
  const never: Never = { end: 'FINISHED_END_UNSTARTED', reason: 'REASON_LATE', detail: 'too "late"\n' };
  expect(parseClaim(formatNever(never))).toEqual({ kind: 'never', never });
});

test('a restarted agent’s claim on a run that had lost its own says so', () => {
  expect(parseClaim(lostClaim)).toEqual({ kind: 'lost' });
});

test.each(['', '12', '12 34', 'never {"end":', 'never {\n', '\n'])(
  '%j is a claim that was not written',
  (text) => {
    expect(parseClaim(text)).toEqual({ kind: 'unwritten' });
  },
);
