import type { Agent } from '../core/agent.ts';
import type { ApprovalDocument } from '../core/order.ts';
import { judge } from '../core/policy/judge.ts';
import { countVotes } from '../core/policy/votes.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Run } from '../core/run.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Task } from '../core/task.ts';
import { originOf, type Terms } from './terms.ts';

/** The rows of a run that is about to be sent. */
export interface SendableRows {
  task: Task;
  proposal: Proposal;
  run: Run;
  agent: Agent;
}

/**
 * Asks the rules once more before an order leaves: they may have become stricter since it was approved, and the
 * machine's labels others. What counts is who decided by the signed document, not by any row; a platform that is away and
 * can't say who is in its groups takes no decision back.
 *
 * @returns why it may not go any more; null where it may.
 */
export const whyNotAnyMore = (
  terms: Terms,
  { task, proposal, run, agent }: SendableRows,
  { decisions }: ApprovalDocument,
): Sentence | null => {
  const script = proposal.scripts.find((s) => s.digest === run.scriptDigest);
  const origin = originOf(task, proposal);
  const changed = (rule: string): Sentence => sentence('policy_changed', { rule, machine: run.agentName });
  if (!script) return changed('approval');
  const { interpreter } = script;
  const { roster } = terms.policy;
  const deciders = (rule: string): string[] => decisions.filter((d) => d.rule === rule).map((d) => d.by);
  const judgement = judge(
    { ...terms.policy, roster: roster.trusting(new Set([origin.asker, ...origin.editors])) },
    origin,
    [{ script: { interpreter, risk: terms.riskOf(script) }, agent }],
  );
  if (judgement.kind === 'auto') return null;
  if (judgement.kind === 'refuse') return changed(judgement.rule);
  const open = judgement.demands.find((demand) => {
    const then = roster.trusting(new Set(deciders(demand.rule)));
    return countVotes(then, origin, [demand], decisions).some((d) => !d.isMet);
  });
  return open ? changed(open.rule) : null;
};
