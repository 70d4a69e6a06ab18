import { expect, it } from 'vitest';
import { moreLinesWords } from '../../src/core/figure-words.ts';

it('counts one line as one', () => {
  expect([1, 2].map(moreLinesWords)).toEqual(['1 more line', '2 more lines']);
});
