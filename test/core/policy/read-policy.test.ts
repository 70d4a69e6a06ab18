import { describe, expect, it } from 'vitest';
import { policyOf, policyProblems, policyShape } from '../../../src/core/policy/read-policy.ts';
import { people } from './rules.ts';

/** Where the first mistake is, and what is said of it. */
const mistake = (settings: object): string => {
  const parsed = policyShape.safeParse({ people, groups: { dba: ['bob'] }, ...settings });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.join('.')}: ${issue?.message}`;
  }
  const [problem] = policyProblems(parsed.data);
  return problem ? `${problem.path.join('.')}: ${problem.problem}` : 'none';
};
const rule = (over: object) => ({ rules: [{ name: 'r', decision: 'approve', ...over }] });
const token = (digit: string): string => `sha256:${digit.repeat(64)}`;
/** Two in the group, of whom one has no account to say yes from. */
const withSilentMember = { people: { ...people, zoe: {} }, groups: { dba: ['bob', 'zoe'] } };

describe('a mistake in the rules is told at its place', () => {
  it.each([
    [rule({ agents: 'here' }), /^rules\.0\.agents: must name machines/],
    [rule({ agents: '' }), /^rules\.0\.agents: must name machines/],
    [rule({ risk: 'harmless' }), /^rules\.0\.risk/],
    [rule({ approvers: 'group:sre' }), /^rules\.0\.approvers: group:sre is not in this file/],
    [rule({ approvers: 'person:zoe' }), /^rules\.0\.approvers: person:zoe is not in this file/],
    [rule({ approvers: 'alerts' }), /^rules\.0\.approvers: alerts ask and never say yes/],
    [rule({ approvers: ['role:admin', 'schedules'] }), /^rules\.0\.approvers: schedules ask and never/],
    [rule({ approvers: 'bob' }), /^rules\.0\.approvers\.0: must be role:/],
    [rule({ approvers: 'role:king' }), /^rules\.0\.approvers\.0: must be role:/],
    [rule({ approvals: 2, approvers: 'group:dba' }), /^rules\.0\.approvals: it takes 2 people, and only 1/],
    [rule({ approvals: 0 }), /^rules\.0\.approvals/],
    [rule({ decision: 'auto', risk: 'changes' }), /^rules\.0\.decision: auto goes with/],
    [rule({ decision: 'auto' }), /^rules\.0\.decision: auto goes with/],
    [rule({ decision: 'auto', risk: ['read-only', 'changes'] }), /^rules\.0\.decision: auto goes with/],
    [{ rules: [rule({}).rules[0], rule({}).rules[0]] }, /^rules\.1\.name: two rules are called "r"/],
    [rule({ aprovals: 2 }), /^rules\.0: /],
    [{ groups: { dba: ['zoe'] } }, /^groups\.dba: there is no person "zoe"/],
    [
      { people: { a: { identities: 'slack:U1' }, b: { identities: ['slack:U1'] } }, groups: {} },
      /^people\.b: slack:U1 is a's/,
    ],
    [{ people: { a: { identities: ['api:local'] } }, groups: {} }, /^people\.a\.identities/],
    [{ people: { a: { identities: ['ada@example.com'] } }, groups: {} }, /^people\.a\.identities/],
    [{ people: { a: { role: 'boss' } }, groups: {} }, /^people\.a\.role: must be one of none, viewer/],
    [{ people: { local: { tokens: [token('a')] } }, groups: {} }, /^people\.local: .*local token/],
    [
      { people: { a: { identities: 'api:b' }, b: { tokens: [token('b')] } }, groups: {} },
      /^people\.b: api:b is a's already/,
    ],
    [
      { ...rule({ approvals: 2, approvers: 'group:dba' }), ...withSilentMember },
      /^rules\.0\.approvals: it takes 2 people, and only 1/,
    ],
    [
      rule({ approvals: 2, approvers: 'group:constructor' }),
      /^rules\.0\.approvers: group:constructor is not/,
    ],
    [rule({ name: 'default' }), /^rules\.0\.name: is the name of a rule that is built in/],
    [rule({ name: 'forbidden' }), /^rules\.0\.name: is the name of a rule that is built in/],
    [{ people: { '-x': {} }, groups: {} }, /^people\.-x: must begin with a letter or digit/],
    [{ unlinked: 'approver' }, /^unlinked: must be one of none, viewer, operator/],
  ])('%j', (settings, words) => {
    expect(mistake(settings)).toMatch(words);
  });
});

describe('who is alone', () => {
  it('is whoever has listed nobody', () => {
    expect(policyOf(policyShape.parse({})).roster.solo).toBe(true);
    expect(policyOf(policyShape.parse({ people })).roster.solo).toBe(false);
    expect(policyOf(policyShape.parse({ people, solo: true })).roster.solo).toBe(true);
  });
});

describe("a person's own token", () => {
  it('is an account of theirs', () => {
    const token = `sha256:${'a'.repeat(64)}`;
    const { roster } = policyOf(policyShape.parse({ people: { ada: { role: 'admin', tokens: [token] } } }));
    expect(roster.personOf('api:ada')?.key).toBe('ada');
    expect(roster.roleOf('api:ada')).toBe('admin');
  });

  it('makes nobody who has none', () => {
    expect(policyOf(policyShape.parse({ people })).roster.personOf('api:ada')).toBeNull();
  });
});
