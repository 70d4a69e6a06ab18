import { describe, expect, it } from 'vitest';
import type { HostReading } from '../../src/core/answer.ts';
import { holdsOn, parseCondition } from '../../src/core/condition.ts';

const host = (over: Partial<HostReading> = {}): HostReading => ({
  ...{ agentName: 'db1', words: '', facts: [], evidence: [], ok: true },
  ...over,
});
const held = (condition: string, over: Partial<HostReading>) => {
  const parsed = parseCondition(condition);
  if (!parsed) throw new Error(`no condition: ${condition}`);
  return holdsOn(parsed, host(over));
};
const disks = [
  { label: '/', value: '42 % of 40 GB' },
  { label: '/var', value: '93 % of 10 GB' },
];

describe('a condition', () => {
  it.each(['disk > 90 %', 'load >= 8', '/var < 5%', 'not ok', 'swap used = 0', 'memory != 1.5 GB'])(
    'is: %s',
    (text) => {
      expect(parseCondition(text)).not.toBeNull();
    },
  );

  it.each(['', 'disk', '> 90', 'disk > many', 'disk >> 90', 'x > 1; rm -rf /', `${'a'.repeat(99)} > 1`])(
    'is not: %s',
    (text) => {
      expect(parseCondition(text)).toBeNull();
    },
  );

  it('takes the row of its name, else every row in its unit, of which one is enough', () => {
    expect(held('/var > 90 %', { facts: disks })).toEqual({ kind: 'holds', by: '/var: 93 %' });
    expect(held('disk > 90 %', { facts: disks })).toEqual({ kind: 'holds', by: '/var: 93 %' });
    expect(held('disk > 95 %', { facts: disks })).toEqual({ kind: 'not', by: '/var: 93 %' });
    expect(held('disk < 50 %', { facts: disks })).toEqual({ kind: 'holds', by: '/: 42 %' });
  });

  it('takes the first number in its unit in the words where there is no table', () => {
    const words = 'Memory is 93,5 % used (14.9 of 16 GB), no swap.';
    expect(held('memory > 90 %', { words })).toEqual({ kind: 'holds', by: 'memory: 93,5 %' });
    expect(held('memory > 95 %', { words })).toMatchObject({ kind: 'not' });
  });

  it('can’t tell where nothing in its unit was read', () => {
    expect(held('disk > 90 %', { words: 'The machine did not answer.' })).toEqual({ kind: 'unknown' });
  });

  it('takes the runbook’s own word', () => {
    expect(held('not ok', { ok: false, words: 'Full.' })).toEqual({ kind: 'holds', by: 'Full.' });
    expect(held('not ok', {})).toMatchObject({ kind: 'not' });
  });
});
