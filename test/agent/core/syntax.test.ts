import { describe, expect, test } from 'vitest';
import { maySetExtglob, verdictOf } from '../../../agent/src/core/syntax.ts';

describe('the end of a check is read', () => {
  const end = { exitCode: 0, signal: null, stderr: '' };

  test('as accepted when it ended well, whatever it warned of', () => {
    expect(verdictOf({ ...end, stderr: 'bash: line 1: warning: here-document\n' })).toEqual({
      kind: 'accepted',
    });
  });

  test('as rejected with the first line of what Bash said, without its name', () => {
    const stderr = "bash: line 3: syntax error near unexpected token `)'\nbash: line 3: `)'\n";
    expect(verdictOf({ ...end, exitCode: 2, stderr })).toEqual({
      kind: 'rejected',
      said: "line 3: syntax error near unexpected token `)'",
    });
  });

  test.each([
    ['by a signal', { exitCode: null, signal: 'SIGKILL', stderr: 'bash: line 1: x\n' }],
    ['with the code of a program that is not there', { exitCode: 127, signal: null, stderr: 'no loader\n' }],
    ['without a word', { exitCode: 2, signal: null, stderr: '' }],
  ])('as no word on the script when it ended %s', (_, found) => {
    expect(verdictOf(found)).toMatchObject({ kind: 'unchecked' });
  });
});

test.each([
  ['shopt -s extglob\n', true],
  ['true && source ./lib.sh\n', true],
  ['if true; then . ./lib.sh; fi\n', true],
  ['find . -name x\n', false],
  ['echo resource pool\n', false],
])('%j may set extglob: %s', (script, may) => {
  expect(maySetExtglob(script)).toBe(may);
});
