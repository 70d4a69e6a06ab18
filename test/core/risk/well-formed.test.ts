import { describe, expect, it } from 'vitest';
import { classifyBash } from '../../../src/core/risk/classify-bash.ts';

describe('what Bash rejects and the parser mends', () => {
  const rejected = [
    'du (cat a',
    'echo (',
    'ls a; du (b',
    "head -n 1 a <<'",
    "cat <<'<<'E'\na\nE",
    'echo "$[[a" b',
    'echo $[1',
  ];
  it.each(rejected)('%s is dangerous and unparsed', (script) =>
    expect(classifyBash(script)).toMatchObject({ risk: 'dangerous', unparsed: true }),
  );
});

describe('what Bash takes', () => {
  const taken = [
    'a=(x y); echo "${a[@]}"',
    'f () { ls; }; f',
    "cat <<'E'\na\nE",
    'cat <<"E F"\na\nE F',
    'echo $[1 + 2]',
    'ls $(pwd) <(ls)',
    'ls; (pwd)',
  ];
  it.each(taken)('%s is read-only', (script) =>
    expect(classifyBash(script)).toMatchObject({ risk: 'read-only', unparsed: false }),
  );
});
