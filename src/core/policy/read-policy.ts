import { z } from 'zod';
import { platformGroupWords, surfaceOfGroup } from './platform-group.ts';
import type { Policy, PolicyRule } from './policy.ts';
import { groupsShape, peopleShape, rolesShape, rulesShape, unlinkedShape } from './policy-shape.ts';
import { isAtLeast, Role } from './role.ts';
import { identityOf, localId, Roster } from './roster.ts';
import { type Who, whoText } from './who.ts';

/** The settings that say who may do what. They live in the file alone (DESIGN §5). */
export const policyShape = z.strictObject({
  people: peopleShape.default({}),
  groups: groupsShape.default({}),
  roles: rolesShape.default({}),
  unlinked: unlinkedShape.default(Role.operator),
  solo: z.boolean({ error: 'must be true or false' }).nullable().default(null),
  rules: rulesShape.default([]),
});
export type PolicySettings = z.infer<typeof policyShape>;

/** A mistake that shows only when the parts are held together. */
export interface PolicyProblem {
  path: (string | number)[];
  problem: string;
}

/** The surface of a person's own token. */
export const tokenSurface = 'api';

/**
 * Reads the settings into a policy. `solo` unsaid means that no person is listed and no chat is configured: somebody is
 * alone here. In a chat others ask too.
 */
export const policyOf = (settings: PolicySettings, hasChat = false): Policy => {
  const { people, groups, roles, unlinked, rules } = settings;
  const solo = settings.solo ?? (Object.keys(people).length === 0 && !hasChat);
  return {
    roster: new Roster({
      people: Object.entries(people).map(([key, person]) => ({
        key,
        name: person.name ?? key,
        role: person.role,
        identities: identitiesOf(key, person),
      })),
      groups,
      roles,
      unlinked,
      solo,
    }),
    personalTokens: new Map(
      Object.entries(people).flatMap(([key, { name, role, tokens }]) =>
        (role === Role.none ? [] : tokens).map(
          (token) => [token.replace(/^sha256:/, ''), { key, name: name ?? key }] as const,
        ),
      ),
    ),
    rules: rules.map(
      ({ name, agents, risk, effects, interpreter, runbooks, decision, ...rest }): PolicyRule => ({
        name,
        agents,
        risks: risk,
        effects,
        interpreters: interpreter,
        runbooks,
        ruling: decision,
        askers: rest.askers,
        approvers: rest.approvers,
        approvals: rest.approvals,
        reason: rest.reason,
      }),
    ),
  };
};

/** Those listed, and the one of their own tokens where they have any. */
const identitiesOf = (
  key: string,
  { identities, tokens }: PolicySettings['people'][string],
): readonly string[] =>
  tokens.length > 0 ? [...identities, identityOf({ surface: tokenSurface, id: key })] : identities;

/** Names that lead nowhere, one account with two people, a rule that nobody could ever satisfy. */
export const policyProblems = (settings: PolicySettings): PolicyProblem[] => [
  ...peopleProblems(settings),
  ...groupProblems(settings),
  ...ruleProblems(settings),
];

const peopleProblems = ({ people }: PolicySettings): PolicyProblem[] => {
  const owners = new Map<string, string>();
  const found: PolicyProblem[] = [];
  for (const [key, person] of Object.entries(people)) {
    if (key === localId) {
      const problem = 'is what the holder of the local token is called; choose another key';
      found.push({ path: ['people', key], problem });
    }
    for (const account of [...identitiesOf(key, person), ...person.tokens]) {
      const other = owners.get(account);
      if (other !== undefined && other !== key) {
        found.push({
          path: ['people', key],
          problem: `${account} is ${other}'s already; an account is one person's`,
        });
      }
      owners.set(account, key);
    }
  }
  return found;
};

const groupProblems = ({ people, groups }: PolicySettings): PolicyProblem[] =>
  Object.entries(groups).flatMap(([group, keys]) =>
    keys
      .filter((member) => !Object.hasOwn(people, member) && surfaceOfGroup(member) === null)
      .map((member) => ({
        path: ['groups', group],
        problem: member.includes(':')
          ? `"${member}" must be a person's key, ${platformGroupWords}`
          : `there is no person "${member}" under people`,
      })),
  );

const ruleProblems = (settings: PolicySettings): PolicyProblem[] => {
  const names = new Set<string>();
  return settings.rules.flatMap((rule, i) => {
    const at = (field: string, problem: string): PolicyProblem => ({ path: ['rules', i, field], problem });
    const found: PolicyProblem[] = [];
    if (names.has(rule.name)) found.push(at('name', `two rules are called "${rule.name}"`));
    names.add(rule.name);
    for (const field of ['askers', 'approvers'] as const) {
      for (const who of rule[field] ?? []) {
        if (!isKnown(settings, who)) found.push(at(field, `${whoText(who)} is not in this file`));
      }
    }
    const machine = rule.approvers.find((who) => who.kind === 'alerts' || who.kind === 'schedules');
    if (machine) {
      found.push(
        at('approvers', `${whoText(machine)} ask and never say yes; name people, a group or a role`),
      );
    }
    if (rule.decision === 'approve' && rule.approvals > 1) {
      const able = peopleAmong(settings, rule.approvers);
      if (able < rule.approvals) {
        found.push(
          at(
            'approvals',
            `it takes ${rule.approvals} people, and only ${able} of those with an account here may approve`,
          ),
        );
      }
    }
    return found;
  });
};

const isKnown = ({ people, groups }: PolicySettings, who: Who): boolean => {
  if (who.kind === 'group') return Object.hasOwn(groups, who.group);
  if (who.kind === 'person') return Object.hasOwn(people, who.person);
  return true;
};

const peopleAmong = ({ people, groups }: PolicySettings, whos: readonly Who[]): number =>
  Object.entries(people).filter(
    ([key, person]) =>
      // Whoever has neither an identity nor a token can't say yes anywhere.
      identitiesOf(key, person).length > 0 &&
      person.role !== Role.none &&
      whos.some(
        (who) =>
          who.kind === 'anyone' ||
          (who.kind === 'role' && isAtLeast(person.role, who.role)) ||
          (who.kind === 'group' && mayBeIn(membersOf(groups, who.group), key, person)) ||
          (who.kind === 'person' && who.person === key),
      ),
  ).length;

/** Who is in a platform's group shows while the server runs: everybody with an account there may be. */
const mayBeIn = (
  members: readonly string[],
  key: string,
  { identities }: PolicySettings['people'][string],
): boolean =>
  members.some(
    (member) =>
      member === key || identities.some((identity) => identity.startsWith(`${surfaceOfGroup(member)}:`)),
  );

/** A group that isn't there may have the name of something that every object has. */
const membersOf = (groups: PolicySettings['groups'], name: string): readonly string[] =>
  Object.hasOwn(groups, name) ? (groups[name] ?? []) : [];
