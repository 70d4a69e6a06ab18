import { describe, expect, it } from 'vitest';
import type { CardDemand } from '../../src/core/card-terms.ts';
import { demandLine, demandWords, goesWithoutSaying } from '../../src/core/demand-words.ts';

const demand = (over: Partial<CardDemand> = {}): CardDemand => ({
  rule: 'prod',
  reason: 'Production takes two',
  approvals: 2,
  given: 1,
  approvers: ['role:approver'],
  by: ['Bob'],
  names: ['Cleo', 'Ada'],
  more: 0,
  nobody: false,
  unlisted: [],
  admins: [],
  ...over,
});

describe('the words of a demand', () => {
  it('say who said yes, whose yes would count, and which rule asks for it', () => {
    expect(demandLine(demand())).toBe(
      '1 of 2 approvals: Bob said yes; Cleo or Ada can say yes (prod: Production takes two)',
    );
  });

  it('ask nobody any more once it is met', () => {
    expect(demandWords(demand({ given: 2, by: ['Bob', 'Ada'], names: [] }))).toMatchObject({
      given: 'Bob and Ada said yes',
      open: null,
    });
  });

  it('count the people who are too many to name', () => {
    expect(demandWords(demand({ names: ['Cleo', 'Ada'], more: 7 })).open).toBe(
      'Cleo, Ada or 7 more can say yes',
    );
  });

  it.each([
    ['role:approver', 'an approver can say yes'],
    ['group:dba', 'somebody of dba can say yes'],
    ['anyone', 'anyone can say yes'],
  ])('where nobody is listed say %s as "%s"', (who, words) => {
    expect(demandWords(demand({ names: [], approvers: [who] })).open).toBe(words);
  });

  it('say so where nobody can', () => {
    expect(demandWords(demand({ names: [], nobody: true })).open).toContain('nobody can say yes');
  });

  it('are left out only for one yes of whoever may approve, by the rule that nobody wrote', () => {
    const plain = { rule: 'default', reason: null, approvals: 1, given: 0, names: [], nobody: false };
    expect(goesWithoutSaying(demand(plain))).toBe(true);
    expect(goesWithoutSaying(demand({ ...plain, names: ['Ada'] }))).toBe(false);
    expect(goesWithoutSaying(demand({ ...plain, nobody: true }))).toBe(false);
    expect(goesWithoutSaying(demand({ ...plain, approvals: 2 }))).toBe(false);
    expect(demandWords(demand(plain)).rule).toBeNull();
  });
});
