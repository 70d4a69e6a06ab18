import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/core/policy/judge.ts';
import { soloPolicy } from '../../../src/core/policy/policy.ts';
import { caseOf, changing, dangerous, forbidden, origin, policyWith, reading } from './rules.ts';

const auto = { name: 'look around', risk: 'read-only', decision: 'auto' };
const prod = {
  name: 'prod takes two',
  agents: 'env=prod',
  decision: 'approve',
  approvals: 2,
  approvers: 'group:dba',
};
const inProd = { labels: { env: 'prod' } };

describe('the rule for one script on one machine', () => {
  it('is the first that fits', () => {
    const policy = policyWith([
      { name: 'never on payments', agents: 'role=payments', decision: 'refuse' },
      prod,
      { name: 'late', agents: 'env=prod', decision: 'refuse' },
    ]);
    expect(judge(policy, origin(), [caseOf(reading, inProd)])).toMatchObject({
      kind: 'approve',
      demands: [{ rule: 'prod takes two', approvals: 2 }],
    });
    expect(
      judge(policy, origin(), [caseOf(reading, { labels: { env: 'prod', role: 'payments' } })]),
    ).toMatchObject({
      kind: 'refuse',
      rule: 'never on payments',
    });
  });

  it('is one approver where no rule fits', () => {
    expect(judge(policyWith([prod]), origin(), [caseOf(changing)])).toMatchObject({
      kind: 'approve',
      typed: false,
      demands: [{ rule: 'default', approvals: 1, approvers: [{ kind: 'role', role: 'approver' }] }],
    });
  });

  it.each([
    ['agents', { agents: 'web*' }, caseOf(reading, { name: 'web7' }), caseOf(reading, { name: 'db1' })],
    ['a platform', { agents: 'all linux' }, caseOf(reading), caseOf(reading, { platform: 'macos' })],
    ['a risk', { risk: ['changes', 'dangerous'] }, caseOf(changing), caseOf(reading)],
    ['an effect', { effects: ['services'] }, caseOf(changing), caseOf('touch /tmp/x')],
  ])('may ask for %s', (_, when, fits, fitsNot) => {
    const policy = policyWith([{ name: 'one', decision: 'refuse', ...when }]);
    expect(judge(policy, origin(), [fits]).kind).toBe('refuse');
    expect(judge(policy, origin(), [fitsNot]).kind).toBe('approve');
  });

  it('may ask for a runbook, which an edited script is not any more', () => {
    const policy = policyWith([{ name: 'one', decision: 'refuse', runbooks: 'memory' }]);
    expect(judge(policy, origin(), [caseOf(reading)]).kind).toBe('refuse');
    expect(judge(policy, origin({ verbatimRunbook: null }), [caseOf(reading)]).kind).toBe('approve');
  });

  it('may ask who asks, and says who may', () => {
    const policy = policyWith([
      { name: 'dba only', decision: 'approve', askers: 'group:dba', reason: 'Data is theirs' },
    ]);
    const judged = judge(policy, origin(), [caseOf(reading)]);
    expect(judged).toMatchObject({ kind: 'refuse', sentence: { code: 'policy_asker_refused' } });
    expect(judged.kind === 'refuse' && judged.sentence.text).toContain(
      'group:dba ask for this: Data is theirs.',
    );
    expect(judge(policy, origin({ asker: 'slack:U2' }), [caseOf(reading)]).kind).toBe('approve');
  });
});

describe('the task', () => {
  it('is decided by the strictest rule over all its machines', () => {
    const policy = policyWith([prod, auto]);
    const both = [caseOf(reading, { name: 'dev1' }), caseOf(reading, { name: 'db1', ...inProd })];
    expect(judge(policy, origin(), both)).toMatchObject({
      kind: 'approve',
      demands: [{ rule: 'prod takes two' }],
    });
    expect(judge(policy, origin(), both.slice(0, 1))).toEqual({ kind: 'auto', rules: ['look around'] });
  });

  it('must meet the demands of every rule that fits one of its machines', () => {
    const policy = policyWith([prod, { name: 'web', agents: 'web*', decision: 'approve' }]);
    const judged = judge(policy, origin(), [caseOf(changing, inProd), caseOf(changing, { name: 'web1' })]);
    expect(judged.kind === 'approve' && judged.demands.map((d) => d.rule)).toEqual(['prod takes two', 'web']);
  });

  it('is refused where one machine refuses it', () => {
    const policy = policyWith([
      { name: 'no', agents: 'db2', decision: 'refuse', reason: 'It is being moved' },
    ]);
    const judged = judge(policy, origin(), [caseOf(reading), caseOf(reading, { name: 'db2' })]);
    expect(judged.kind === 'refuse' && judged.sentence.text).toContain('on db2: It is being moved.');
  });
});

describe('what ruins the machine', () => {
  it('is refused whatever the rules say', () => {
    const policy = policyWith([{ name: 'all', decision: 'approve' }]);
    expect(judge(policy, origin(), [caseOf(forbidden)])).toMatchObject({
      kind: 'refuse',
      rule: 'forbidden',
      sentence: { code: 'policy_forbidden' },
    });
  });
});

describe('what is dangerous', () => {
  it('is typed and takes another person, whatever the rule says', () => {
    const policy = policyWith([{ name: 'easy', decision: 'approve', approvers: 'anyone' }]);
    expect(judge(policy, origin(), [caseOf(dangerous)])).toMatchObject({
      typed: true,
      demands: [{ rule: 'easy', otherPerson: true }],
    });
  });

  it('is typed by the one person who is alone', () => {
    expect(judge(soloPolicy, origin(), [caseOf(dangerous)])).toMatchObject({
      typed: true,
      demands: [{ otherPerson: false }],
    });
  });

  it('takes another person for a rule that a harmless script of the same task has met first', () => {
    const policy = policyWith([]);
    const judged = judge(policy, origin(), [caseOf(dangerous), caseOf(reading)]);
    expect(judged).toMatchObject({ demands: [{ rule: 'default', otherPerson: true }] });
    const other = judge(policy, origin(), [caseOf(reading), caseOf(dangerous)]);
    expect(other).toMatchObject({ demands: [{ rule: 'default', otherPerson: true }] });
  });
});

describe('running by itself', () => {
  const policy = policyWith([auto]);

  it.each([
    ['a runbook kept verbatim', { typedByAsker: false }],
    ["a model's draft from the asker's own words", { verbatimRunbook: null }],
  ])('is for %s', (_, from) => {
    expect(judge(policy, origin(from), [caseOf(reading)]).kind).toBe('auto');
  });

  it("is not for a draft from others' words: alerts, outputs, other people", () => {
    const from = origin({ verbatimRunbook: null, typedByAsker: false });
    expect(judge(policy, from, [caseOf(reading)])).toMatchObject({
      kind: 'approve',
      demands: [{ rule: 'look around' }],
    });
  });

  it.each([
    changing,
    dangerous,
    'echo "$(free -m',
    'curl -s https://example.com',
    'cat /etc/shadow',
    'nobodyknowsthis',
  ])('is not for what is not proven read-only: %s', (text) => {
    expect(judge(policy, origin(), [caseOf(text)]).kind).toBe('approve');
  });
});
