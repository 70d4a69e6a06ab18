import type { Classification, Risk } from '../risk/effect.ts';
import type { Interpreter } from '../script.ts';
import type { Platform } from '../task.ts';
import { type Judgement, judge, type Origin } from './judge.ts';
import type { Policy } from './policy.ts';
import { countVotes, refusesVote } from './votes.ts';

/** One line of a table of cases: what somebody asks for, and who says yes in which order. */
export interface TrialCase {
  asker: string;
  agent: { name: string; labels: Record<string, string>; platform: Platform };
  script: { interpreter: Interpreter; risk: Classification };
  verbatimRunbook: string | null;
  typedByAsker: boolean;
  editors: readonly string[];
  yes: readonly string[];
  /** The platforms' groups that these accounts are in. */
  groups: ReadonlyMap<string, readonly string[]>;
}

/** What the rules would do. */
export interface TrialOutcome {
  decision: Judgement['kind'];
  risk: Risk;
  /** The rules that decided, in the order in which they were met. */
  rules: string[];
  /** How many people it takes, over all rules the most. */
  approvals: number;
  /** Whether the task's number must be typed. */
  typed: boolean;
  /** Whether it would run after these people said yes. */
  runs: boolean;
  /** Why it is refused, or why a yes doesn't count, in order. */
  said: string[];
}

/** Plays a case through: judges it, then counts each yes as the desk would. Pure. */
export const tryCase = (rules: Policy, trial: TrialCase): TrialOutcome => {
  const policy = { ...rules, roster: rules.roster.withGroups((account) => trial.groups.get(account) ?? []) };
  const { asker, editors, verbatimRunbook, typedByAsker, script } = trial;
  const origin: Origin = { asker, editors, verbatimRunbook, typedByAsker };
  const agent = {
    name: trial.agent.name,
    labels: trial.agent.labels,
    facts: { platform: trial.agent.platform },
  };
  const judgement = judge(policy, origin, [{ script, agent }]);
  const common = { decision: judgement.kind, risk: script.risk.risk };
  if (judgement.kind === 'refuse') {
    const { rule, sentence } = judgement;
    return { ...common, rules: [rule], approvals: 0, typed: false, runs: false, said: [sentence.text] };
  }
  if (judgement.kind === 'auto') {
    return { ...common, rules: [...judgement.rules], approvals: 0, typed: false, runs: true, said: [] };
  }
  const { demands, typed } = judgement;
  const votes: { by: string }[] = [];
  const said: string[] = [];
  for (const by of trial.yes) {
    const no = refusesVote(policy.roster, origin, demands, votes, by);
    if (no) said.push(`${by}: ${no.text}`);
    else votes.push({ by });
  }
  return {
    ...common,
    rules: demands.map((d) => d.rule),
    approvals: Math.max(...demands.map((d) => d.approvals)),
    typed,
    runs: countVotes(policy.roster, origin, demands, votes).every((d) => d.isMet),
    said,
  };
};
