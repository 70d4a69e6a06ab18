import { describe, expect, it } from 'vitest';
import { judge, type Origin } from '../../../src/core/policy/judge.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { countVotes, refusesVote } from '../../../src/core/policy/votes.ts';
import { caseOf, changing, dangerous, origin, people, policyWith } from './rules.ts';

/** The code with which a yes is refused, or whether it met every demand. */
const vote = (policy: Policy, from: Origin, text: string, given: string[], by: string): string | boolean => {
  const judgement = judge(policy, from, [caseOf(text)]);
  if (judgement.kind !== 'approve') throw new Error(judgement.kind);
  const votes = given.map((one) => ({ by: one }));
  const no = refusesVote(policy.roster, from, judgement.demands, votes, by);
  if (no) return no.code;
  const states = countVotes(policy.roster, from, judgement.demands, [...votes, { by }]);
  return states.every((s) => s.isMet);
};

const team = policyWith([]);
const [ada, adaOnDiscord, bob, cleo, dan, stranger] = [
  'slack:U1',
  'discord:D1',
  'slack:U2',
  'slack:U3',
  'slack:U4',
  'slack:U99',
];

describe('one yes', () => {
  it('of an approver is enough for a change, be it their own', () => {
    expect(vote(team, origin(), changing, [], bob)).toBe(true);
    expect(vote(team, origin({ asker: bob }), changing, [], bob)).toBe(true);
  });

  it.each([dan, stranger, 'slack:U5'])('of somebody who may not approve does not count: %s', (by) => {
    expect(vote(team, origin(), changing, [], by)).toBe('approver_not_named');
  });

  it("of the local token counts for a change, and never as a second person's", () => {
    expect(vote(team, origin(), changing, [], 'api:local')).toBe(true);
    expect(vote(team, origin(), dangerous, [], 'api:local')).toBe('approver_local');
    expect(vote(team, origin(), dangerous, [], 'web:local')).toBe('approver_local');
  });
});

describe('somebody who is shut out by the role `none`', () => {
  const settings = {
    people: { ...people, zoe: { role: 'none', identities: ['slack:U6'] } },
    groups: { dba: ['bob', 'zoe', 'slack-group:S0614TZR7'] },
    unlinked: 'none',
  };
  const approvedBy = (approvers: string): Policy => {
    const policy = policyWith([{ name: 'ask', decision: 'approve', approvers }], settings);
    return { ...policy, roster: policy.roster.withGroups(() => ['slack-group:S0614TZR7']) };
  };

  it('says no yes, whatever group they are still in', () => {
    for (const approvers of ['group:dba', 'person:zoe', 'anyone'])
      expect(vote(approvedBy(approvers), origin(), changing, [], 'slack:U6')).toBe('approver_not_named');
    expect(vote(approvedBy('group:dba'), origin(), changing, [], bob)).toBe(true);
  });

  it('is not the stranger whom a rule names by a group; but `anyone` means those who may look at all', () => {
    expect(vote(approvedBy('group:dba'), origin(), changing, [], stranger)).toBe(true);
    expect(vote(approvedBy('anyone'), origin(), changing, [], stranger)).toBe('approver_not_named');
  });
});

describe('what no person said', () => {
  it('counts as nobody’s yes, be it the decision of a rule that let it run by itself', () => {
    for (const approvers of ['anyone', 'role:operator']) {
      const rules = policyWith([{ name: 'ask', decision: 'approve', approvers }]);
      expect(vote(rules, origin(), changing, [], 'policy:look around')).toBe('approver_not_named');
      expect(vote(rules, origin(), changing, [], 'schedule:nightly')).toBe('approver_not_named');
    }
  });
});

describe('a decision that only needs somebody to start it', () => {
  it('is started by those whose yes would count, and by nobody else', () => {
    expect(vote(team, origin(), changing, [bob], 'slack:U5')).toBe('approver_not_named');
    expect(vote(team, origin(), changing, [bob], stranger)).toBe('approver_not_named');
    expect(vote(team, origin(), changing, [bob], bob)).toBe(true);
    expect(vote(team, origin(), changing, [bob], cleo)).toBe(true);
  });
});

describe('nobody approves their own dangerous task', () => {
  it.each([
    ['asked under the same account', { asker: bob }, bob],
    ['asked under another account of theirs', { asker: adaOnDiscord }, ada],
    ['edited it', { editors: [bob] }, bob],
    ['edited it under another account', { editors: [ada] }, adaOnDiscord],
  ])('where they %s', (_, from, by) => {
    expect(vote(team, origin(from), dangerous, [], by)).toBe('approver_own');
  });

  it('and another person may', () => {
    expect(vote(team, origin({ asker: ada, editors: [dan] }), dangerous, [], bob)).toBe(true);
  });

  it('nor one of an account that nobody has listed, which may be their own', () => {
    for (const asker of [stranger, 'discord:D77', 'api:local', 'web:local']) {
      expect(vote(team, origin({ asker }), dangerous, [], bob)).toBe('approver_maybe_own');
    }
  });

  it('and what an alert asked for is nobody’s own, unless somebody had it looked into', () => {
    expect(vote(team, origin({ asker: 'alert:grafana' }), dangerous, [], bob)).toBe(true);
    const pressed = origin({ asker: `alert:grafana/${bob}` });
    expect(vote(team, pressed, dangerous, [], bob)).toBe('approver_own');
    expect(vote(team, pressed, dangerous, [], cleo)).toBe(true);
  });

  it('but an account that nobody has listed is nobody’s second person, even where anyone may approve', () => {
    const open = policyWith([{ name: 'open', decision: 'approve', approvers: 'anyone' }]);
    expect(vote(open, origin(), dangerous, [], stranger)).toBe('approver_unlinked');
  });
});

describe('a quorum', () => {
  const two = policyWith([{ name: 'two', decision: 'approve', approvals: 2, approvers: 'role:approver' }]);

  it('counts people, not accounts', () => {
    expect(vote(two, origin(), changing, [], ada)).toBe(false);
    expect(vote(two, origin(), changing, [ada], adaOnDiscord)).toBe('vote_given');
    expect(vote(two, origin(), changing, [ada], ada)).toBe('vote_given');
    expect(vote(two, origin(), changing, [ada], bob)).toBe(true);
  });

  it('takes no yes of the local token or of strangers, who may be somebody’s second account', () => {
    expect(vote(two, origin(), changing, [bob], 'api:local')).toBe('approver_local');
    const anyone = policyWith([{ name: 'two', decision: 'approve', approvals: 2, approvers: 'anyone' }]);
    expect(vote(anyone, origin(), changing, [bob], stranger)).toBe('approver_unlinked');
  });

  it('of a group takes its members only, and says who they are', () => {
    const dba = policyWith([
      { name: 'dba', decision: 'approve', approvals: 2, approvers: 'group:dba', reason: 'Their data' },
    ]);
    expect(vote(dba, origin(), changing, [], ada)).toBe('approver_not_named');
    expect(vote(dba, origin(), changing, [bob], cleo)).toBe(true);
    const judgement = judge(dba, origin(), [caseOf(changing)]);
    if (judgement.kind !== 'approve') throw new Error(judgement.kind);
    expect(refusesVote(dba.roster, origin(), judgement.demands, [], ada)?.text).toContain(
      'group:dba only: Their data. Ask bob or cleo.',
    );
  });

  it('is counted for each rule by itself', () => {
    const rules = policyWith([
      { name: 'data', agents: 'db*', decision: 'approve', approvers: 'group:dba' },
      { name: 'web', agents: 'web*', decision: 'approve', approvers: 'person:ada' },
    ]);
    const judgement = judge(rules, origin(), [
      caseOf(changing, { name: 'db1' }),
      caseOf(changing, { name: 'web1' }),
    ]);
    if (judgement.kind !== 'approve') throw new Error(judgement.kind);
    const met = (...by: string[]) =>
      countVotes(
        rules.roster,
        origin(),
        judgement.demands,
        by.map((one) => ({ by: one })),
      ).map((s) => s.isMet);
    expect(met(bob)).toEqual([true, false]);
    expect(met(bob, ada)).toEqual([true, true]);
  });
});
