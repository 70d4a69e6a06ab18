import type { Effect, Risk } from '../risk/effect.ts';
import type { Interpreter } from '../script.ts';
import type { Selector } from '../selector.ts';
import { Role } from './role.ts';
import { Roster } from './roster.ts';
import type { Who } from './who.ts';

/** What a rule decides: it runs by itself, people approve it, or it is refused. */
export const Ruling = { auto: 'auto', approve: 'approve', refuse: 'refuse' } as const;
export type Ruling = (typeof Ruling)[keyof typeof Ruling];

/** One rule. What it doesn't name it doesn't ask about; the first that fits one script on one machine decides. */
export interface PolicyRule {
  name: string;
  /** Null is every machine. */
  agents: Selector | null;
  risks: readonly Risk[] | null;
  /** Any of them. */
  effects: readonly Effect[] | null;
  interpreters: readonly Interpreter[] | null;
  /** Runbooks whose script it is, verbatim: files by their name, kept ones as `keptRuleName` has it. */
  runbooks: readonly string[] | null;
  ruling: Ruling;
  /** Who may ask for it; null is everybody who may ask at all. */
  askers: readonly Who[] | null;
  /** Whose approval counts. */
  approvers: readonly Who[];
  approvals: number;
  /** Why, in the words of whoever wrote the rule; people see it when they are refused. */
  reason: string | null;
}

export interface Policy {
  roster: Roster;
  rules: readonly PolicyRule[];
  /** People by the SHA-256, in hex, of their own token. */
  personalTokens: ReadonlyMap<string, { key: string; name: string }>;
}

/** Approval by anyone who may approve: the rule where no other fits. */
export const defaultRule: PolicyRule = {
  name: 'default',
  agents: null,
  risks: null,
  effects: null,
  interpreters: null,
  runbooks: null,
  ruling: Ruling.approve,
  askers: null,
  approvers: [{ kind: 'role', role: Role.approver }],
  approvals: 1,
  reason: null,
};

/** The name under which a script that nobody can mean is refused, whatever the rules say. */
export const forbiddenRuleName = 'forbidden';

/** Nobody configured anything: one person, one machine, every script read and approved. */
export const soloPolicy: Policy = {
  roster: new Roster({ people: [], groups: {}, roles: {}, unlinked: Role.operator, solo: true }),
  rules: [],
  personalTokens: new Map(),
};
