import { z } from 'zod';
import { Effect, Risk } from '../risk/effect.ts';
import { Interpreter } from '../script.ts';
import { approvalsMax, peopleMax, rulesMax } from './limits.ts';
import { platformGroupWords, surfaceOfGroup } from './platform-group.ts';
import { defaultRule, forbiddenRuleName, Ruling } from './policy.ts';
import { Role } from './role.ts';
import { isLocalIdentity, isMachineIdentity } from './roster.ts';
import { selectorShape } from './selector-shape.ts';
import type { Who } from './who.ts';

/** How nerdyops.yml writes people and rules. Each mistake is a sentence at its own place. */

const oneOf = (words: readonly string[]): string => `must be one of ${words.join(', ')}`;
const choice = <T extends Record<string, string>>(words: T) =>
  z.enum(words, { error: oneOf(Object.values(words)) });
/** One may stand without brackets. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (Array.isArray(value) || value === undefined ? value : [value]),
    z.array(item).min(1, 'must name at least one'),
  );

const nameWords = 'must begin with a letter or digit and hold letters, digits, "-", "_" and "." only';
const key = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u, nameWords);
/** A record tells of a bad key in words of its own, which say nothing. */
const badKey = { error: (issue: { code: string }) => (issue.code === 'invalid_key' ? nameWords : undefined) };
const words = (charsMax: number) => z.string().trim().min(1, 'must not be empty').max(charsMax);

const identity = z
  .string()
  .regex(/^[a-z][a-z0-9-]*:[^\s:]{1,128}$/, 'must be written as surface:id, for example slack:U024BE7LH')
  .refine((text) => !isLocalIdentity(text), 'is the local token, which anybody on the server may hold')
  .refine((text) => !isMachineIdentity(text), 'is no account of a person');
const token = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be the line that `nerdy token` prints, sha256: and 64 hex digits');

const person = z.strictObject({
  name: words(80).optional(),
  role: choice(Role).default(Role.operator),
  identities: listOf(identity).default([]),
  tokens: listOf(token).default([]),
});

const whoWords =
  'must be role:<role>, group:<group>, person:<person>, alerts, schedules or anyone; groups and people are those of this file';
const who = z.string().transform((text, context): Who => {
  const [kind, name, more] = text.split(':');
  if (more === undefined && name !== undefined) {
    const role = Object.values(Role).find((r) => r === name);
    if (kind === 'role' && role) return { kind, role };
    if (kind === 'group') return { kind, group: name };
    if (kind === 'person') return { kind, person: name };
  }
  if (name === undefined && (kind === 'alerts' || kind === 'schedules' || kind === 'anyone')) return { kind };
  context.addIssue({ code: 'custom', message: whoWords });
  return z.NEVER;
});

/** Demands are counted by the rule's name, so none may go by the name of one that is built in. */
const ruleName = words(80).refine(
  (name) => name !== defaultRule.name && name !== forbiddenRuleName,
  'is the name of a rule that is built in; choose another',
);

const rule = z
  .strictObject({
    name: ruleName,
    agents: selectorShape.nullable().default(null),
    risk: listOf(choice(Risk)).nullable().default(null),
    effects: listOf(choice(Effect)).nullable().default(null),
    interpreter: listOf(choice(Interpreter)).nullable().default(null),
    runbooks: listOf(words(80)).nullable().default(null),
    decision: choice(Ruling),
    askers: listOf(who).nullable().default(null),
    approvers: listOf(who).default([{ kind: 'role', role: Role.approver }]),
    approvals: z.int().min(1).max(approvalsMax, `must be at most ${approvalsMax}`).default(1),
    reason: words(300).nullable().default(null),
  })
  .refine(
    ({ decision, risk }) => decision !== Ruling.auto || (risk?.length === 1 && risk[0] === Risk.readOnly),
    {
      path: ['decision'],
      message: 'auto goes with "risk: read-only" alone: nothing else may run without a person',
    },
  );

/** What people, groups and rules look like in the file, read one by one. */
export const peopleShape = z
  .record(key, person, badKey)
  .refine((people) => Object.keys(people).length <= peopleMax, {
    message: `holds more than ${peopleMax} people`,
  });
export const groupsShape = z.record(key, z.array(z.string()).min(1, 'must name at least one person'), badKey);
const platformGroups = listOf(
  z.string().refine((text) => surfaceOfGroup(text) !== null, `must be ${platformGroupWords}`),
);
/** Whom the platforms' groups make more than a stranger. A group gives a role and never takes one. */
export const rolesShape = z.strictObject({
  viewer: platformGroups.optional(),
  operator: platformGroups.optional(),
  approver: platformGroups.optional(),
  admin: platformGroups.optional(),
});
/** A stranger may be let look or ask; whose yes counts must be said by name. */
export const unlinkedShape = z.enum([Role.none, Role.viewer, Role.operator], {
  error: `${oneOf([Role.none, Role.viewer, Role.operator])}: people who approve are listed by name`,
});
export const rulesShape = z.array(rule).max(rulesMax, `holds more than ${rulesMax} rules`);
