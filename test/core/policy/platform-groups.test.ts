import { describe, expect, it } from 'vitest';
import { policyOf, policyProblems, policyShape } from '../../../src/core/policy/read-policy.ts';
import type { Roster } from '../../../src/core/policy/roster.ts';
import { refusesVote } from '../../../src/core/policy/votes.ts';
import { people, policyWith } from './rules.ts';

const oncall = 'slack-group:S0614TZR7';
const sre = 'discord-role:197038439483310086/197038439483310099';

/** Who is in which group now; whoever is not named here is in none. */
const rosterWith = (settings: object, now: Record<string, string[]> | null): Roster =>
  policyOf(policyShape.parse(settings)).roster.withGroups((identity) =>
    now === null ? null : (now[identity] ?? []),
  );

describe('a role', () => {
  const settings = { people, roles: { approver: [oncall], admin: sre }, unlinked: 'viewer' };

  it('is given by a group to somebody whom nobody has listed', () => {
    const roster = rosterWith(settings, { 'slack:U9': [oncall] });
    expect(roster.roleOf('slack:U9')).toBe('approver');
    expect(roster.roleOf('slack:U8')).toBe('viewer');
  });

  it('is the highest that the groups of an account give', () => {
    const both = rosterWith(
      { ...settings, roles: { viewer: [oncall], admin: [sre] } },
      { 'x:1': [oncall, sre] },
    );
    expect(both.roleOf('x:1')).toBe('admin');
  });

  it('is never taken by a group', () => {
    const roster = rosterWith({ unlinked: 'operator', roles: { viewer: oncall } }, { 'slack:U9': [oncall] });
    expect(roster.roleOf('slack:U9')).toBe('operator');
  });

  it('of a listed person is the listed one, in whatever group they are', () => {
    const roster = rosterWith(settings, { 'slack:U5': [oncall], 'slack:U1': [] });
    expect(roster.roleOf('slack:U5')).toBe('viewer');
    expect(roster.roleOf('slack:U1')).toBe('admin');
  });

  it('is that of a stranger while nothing is known of the groups', () => {
    expect(rosterWith(settings, null).roleOf('slack:U9')).toBe('viewer');
  });

  it('is not given to the server, an alert or the local token', () => {
    const everywhere = { ...settings, solo: false };
    const roster = policyOf(policyShape.parse(everywhere)).roster.withGroups(() => [sre]);
    expect(roster.roleOf('alert:grafana')).toBe('operator');
    expect(roster.roleOf('api:local')).toBe('approver');
  });
});

describe('a group of this file', () => {
  const settings = { people, groups: { dba: ['bob', oncall] } };
  const dba = [{ kind: 'group' as const, group: 'dba' }];

  it('has the people and the members of the groups that it names', () => {
    const roster = rosterWith(settings, { 'slack:U9': [oncall] });
    expect(['slack:U2', 'slack:U9', 'slack:U8'].map((by) => roster.isAmong(by, dba))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('has a person by any of their accounts', () => {
    const roster = rosterWith(settings, { 'slack:U1': [oncall] });
    expect(roster.isAmong('discord:D1', dba)).toBe(true);
  });

  it('has its people alone while nothing is known of the platform', () => {
    const roster = rosterWith(settings, null);
    expect(['slack:U2', 'slack:U9'].map((by) => roster.isAmong(by, dba))).toEqual([true, false]);
  });
});

describe('a yes of somebody whom only a group makes an approver', () => {
  const { roster } = policyWith([], { roles: { approver: [oncall] } });
  const known = roster.withGroups((identity) => (identity === 'slack:U9' ? [oncall] : []));
  const origin = { asker: 'slack:U4', editors: [], verbatimRunbook: null, typedByAsker: true };
  const demand = {
    rule: 'default',
    reason: null,
    approvers: [{ kind: 'role' as const, role: 'approver' as const }],
    approvals: 1,
    otherPerson: false,
  };

  it('counts where one yes is enough', () => {
    expect(refusesVote(known, origin, [demand], [], 'slack:U9')).toBeNull();
  });

  it.each([{ approvals: 2 }, { otherPerson: true }])(
    'does not count as that of a second person, since nobody knows whose account it is: %j',
    (over) => {
      const no = refusesVote(known, origin, [{ ...demand, ...over }], [], 'slack:U9');
      expect(no?.code).toBe('approver_unlinked');
    },
  );
});

it('whoever may not say yes is told of the groups whose members may', () => {
  const { roster } = policyWith([], {
    people: { bob: people.bob },
    groups: { dba: ['bob', sre] },
    roles: { admin: oncall },
  });
  expect(roster.namesOf([{ kind: 'role', role: 'approver' }])).toEqual(['bob', `somebody of ${oncall}`]);
  expect(roster.namesOf([{ kind: 'group', group: 'dba' }])).toEqual(['bob', `somebody of ${sre}`]);
});

describe('what is signed', () => {
  const settings = { roles: { approver: [oncall] } };
  const approvers = [{ kind: 'role' as const, role: 'approver' as const }];
  const decided = new Set(['slack:U9']);

  it('stands for those who decided while the platform is away, and for nobody else', () => {
    const then = rosterWith(settings, null).trusting(decided);
    expect(then.isAmong('slack:U9', approvers)).toBe(true);
    expect(then.isAmong('slack:U8', approvers)).toBe(false);
  });

  it('does not stand once the platform says that they left the group', () => {
    expect(rosterWith(settings, {}).trusting(decided).isAmong('slack:U9', approvers)).toBe(false);
  });
});

it('the groups to keep fresh are those that the file names', () => {
  const { roster } = policyWith([], { groups: { dba: ['bob', oncall, sre] }, roles: { admin: oncall } });
  expect([...roster.platformGroups].sort()).toEqual([sre, oncall]);
});

describe('a mistake is told at its place', () => {
  const problems = (settings: object): string[] => {
    const parsed = policyShape.safeParse({ people, ...settings });
    if (!parsed.success) return parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    return policyProblems(parsed.data).map((p) => `${p.path.join('.')}: ${p.problem}`);
  };

  it.each([
    [{ groups: { dba: ['zed'] } }, /^groups\.dba: there is no person "zed" under people$/],
    [
      { groups: { dba: ['slack-group:dba'] } },
      /^groups\.dba: "slack-group:dba" must be a person's key, slack-group:/,
    ],
    [{ groups: { dba: ['discord-role:1/2'] } }, /^groups\.dba: "discord-role:1\/2" must be a person's key/],
    [{ roles: { approver: ['dba'] } }, /^roles\.approver\.0: must be slack-group:/],
    [{ roles: { boss: [oncall] } }, /^roles: Unrecognized key: "boss"/],
    [{ roles: { none: [oncall] } }, /^roles: Unrecognized key: "none"/],
  ])('%j', (settings, words) => {
    expect(problems(settings)).toEqual([expect.stringMatching(words)]);
  });

  it('and is none where those of a group may be enough people', () => {
    const rules = [{ name: 'two', decision: 'approve', approvals: 2, approvers: 'group:dba' }];
    expect(problems({ rules, groups: { dba: ['bob', oncall] } })).toEqual([]);
    expect(problems({ rules, groups: { dba: ['bob', sre] } })).toEqual([]);
    const lone = { people: { bob: people.bob }, rules, groups: { dba: ['bob', sre] } };
    expect(problems(lone)).toEqual([expect.stringContaining('only 1 of those')]);
  });
});
