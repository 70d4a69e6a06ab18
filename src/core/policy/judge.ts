import type { Agent } from '../agent.ts';
import { isKeptRuleName, isRunbookNamed } from '../kept-runbook.ts';
import { type Classification, Risk } from '../risk/effect.ts';
import type { Interpreter } from '../script.ts';
import { type Sentence, sentence } from '../sentences.ts';
import { isSelected } from '../target.ts';
import { defaultRule, forbiddenRuleName, type Policy, type PolicyRule, Ruling } from './policy.ts';
import type { Roster } from './roster.ts';
import { type Who, whoText } from './who.ts';

/** One script and one machine that is to run it. */
export interface PolicyCase {
  script: { interpreter: Interpreter; risk: Classification };
  agent: Pick<Agent, 'name' | 'labels'> & { facts: Pick<Agent['facts'], 'platform'> };
}

/** Where a script comes from, as far as a rule may ask. */
export interface Origin {
  /** `surface:id` of whoever asked. */
  asker: string;
  /** `surface:id` of everybody who edited the script. */
  editors: readonly string[];
  /** The runbook whose text the script is, character by character, as rules name it; null for anything else. */
  verbatimRunbook: string | null;
  /** True when every word that the script was drafted from was typed by the asker (law 5). */
  typedByAsker: boolean;
}

/** What one rule asks of the people who approve. */
export interface Demand {
  rule: string;
  reason: string | null;
  approvers: readonly Who[];
  approvals: number;
  /** The approver must surely be another than those who asked or edited. */
  otherPerson: boolean;
}

export type Judgement =
  | { kind: 'refuse'; rule: string; sentence: Sentence }
  /** It runs by itself, by these rules. */
  | { kind: 'auto'; rules: readonly string[] }
  /** Every demand must be met. `typed`: each approver types the task's number. */
  | { kind: 'approve'; demands: readonly Demand[]; typed: boolean };

/**
 * What the policy says of scripts on machines: the first rule that fits each decides for it, and the strictest over
 * all of them decides the task. Pure.
 */
export const judge = (policy: Policy, origin: Origin, cases: readonly PolicyCase[]): Judgement => {
  const demands = new Map<string, Demand>();
  const autoRules = new Set<string>();
  let typed = false;
  for (const one of cases) {
    const ruling = judgeOne(policy, origin, one);
    if (ruling.kind === 'refuse') return ruling;
    if (ruling.kind === 'auto') autoRules.add(ruling.rule);
    else {
      typed ||= one.script.risk.risk === Risk.dangerous;
      const known = demands.get(ruling.demand.rule);
      if (!known?.otherPerson) demands.set(ruling.demand.rule, ruling.demand);
    }
  }
  if (demands.size === 0 && autoRules.size > 0) return { kind: 'auto', rules: [...autoRules] };
  return { kind: 'approve', demands: [...demands.values()], typed };
};

type One =
  | Extract<Judgement, { kind: 'refuse' }>
  | { kind: 'auto'; rule: string }
  | { kind: 'approve'; demand: Demand };

const judgeOne = ({ roster, rules }: Policy, origin: Origin, one: PolicyCase): One => {
  const { risk } = one.script.risk;
  if (risk === Risk.forbidden) return refusal(forbiddenRuleName, forbidden(one));
  const rule = rules.find((r) => fits(r, origin, one)) ?? defaultRule;
  const { name, reason, approvers, approvals } = rule;
  const values = { rule: name, machine: one.agent.name, reason };
  if (rule.ruling === Ruling.refuse) return refusal(name, sentence('policy_refused', values));
  if (rule.askers !== null && !mayAsk(roster, origin, rule.askers, approvers)) {
    const who = rule.askers.map(whoText);
    return refusal(name, sentence('policy_asker_refused', { ...values, who }));
  }
  if (rule.ruling === Ruling.auto && mayRunItself(rule, origin, one)) return { kind: 'auto', rule: name };
  const otherPerson = risk === Risk.dangerous && !roster.solo;
  return { kind: 'approve', demand: { rule: name, reason, approvers, approvals, otherPerson } };
};

/** An edit asks for something else: it is for those who may ask for it, or who look at it before it runs. */
const mayAsk = (
  roster: Roster,
  { asker, editors }: Origin,
  askers: readonly Who[],
  approvers: readonly Who[],
): boolean =>
  roster.isAmong(asker, askers) &&
  editors.every((editor) => roster.isAmong(editor, askers) || roster.isAmong(editor, approvers));

const refusal = (rule: string, why: Sentence): One => ({ kind: 'refuse', rule, sentence: why });

const forbidden = ({ script }: PolicyCase): Sentence => {
  const worst = script.risk.lines.find((l) => l.risk === Risk.forbidden);
  return sentence('policy_forbidden', { line: worst?.line ?? 1, why: worst?.why ?? 'it ruins the machine' });
};

/**
 * Nothing drafted from a machine's, an alert's or a model's text runs by itself, and nothing that isn't proven read-only
 * (law 5). Keeping such a script makes it no owner's: a kept runbook does only where the rule names that very version.
 */
const mayRunItself = (rule: PolicyRule, origin: Origin, { script }: PolicyCase): boolean => {
  if (script.risk.risk !== Risk.readOnly || script.risk.unparsed) return false;
  const { verbatimRunbook, typedByAsker } = origin;
  if (verbatimRunbook === null) return typedByAsker;
  return !isKeptRuleName(verbatimRunbook) || rule.runbooks?.includes(verbatimRunbook) === true;
};

const fits = (rule: PolicyRule, origin: Origin, { script, agent }: PolicyCase): boolean =>
  (rule.agents === null || isSelected(rule.agents, agent)) &&
  (rule.risks === null || rule.risks.includes(script.risk.risk)) &&
  (rule.effects === null || rule.effects.some((e) => script.risk.effects.includes(e))) &&
  (rule.interpreters === null || rule.interpreters.includes(script.interpreter)) &&
  (rule.runbooks === null ||
    (origin.verbatimRunbook !== null && isRunbookNamed(rule.runbooks, origin.verbatimRunbook)));

/**
 * The rule under which `other` may not ask though `asker` may: choosing the machine for them would be a way around it.
 * Null where there is none.
 */
export const ruleAgainstAnswering = (
  { roster, rules }: Policy,
  asker: string,
  other: string,
): PolicyRule | null =>
  rules.find(
    ({ askers }) => askers !== null && roster.isAmong(asker, askers) && !roster.isAmong(other, askers),
  ) ?? null;
