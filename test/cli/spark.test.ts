import { describe, expect, it } from 'vitest';
import { spark } from '../../src/cli/spark.ts';

describe('a row of blocks', () => {
  it('is higher where more was in use', () => {
    expect(spark([0, 13, 50, 100], 12)).toBe('▁▂▅█');
  });

  it('shows the peak of each slice, and the newest minutes last', () => {
    const hour = Array.from({ length: 60 }, (_, i) => (i === 59 ? 100 : 0));
    expect(spark(hour, 12)).toBe(`${'▁'.repeat(11)}█`);
  });

  it('is blank where nothing was heard', () => {
    expect(spark([50, null, 50], 3)).toBe('▅ ▅');
  });

  it('of nothing is nothing', () => {
    expect(spark([], 12)).toBe('');
  });
});
