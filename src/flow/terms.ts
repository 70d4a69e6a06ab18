import type { Agent } from '../core/agent.ts';
import { type CardTerms, cardTerms } from '../core/card-terms.ts';
import { type Judgement, judge, type Origin, type PolicyCase } from '../core/policy/judge.ts';
import { defaultRule, type Policy } from '../core/policy/policy.ts';
import { identityOf } from '../core/policy/roster.ts';
import { type Proposal, verbatimRunbookOf } from '../core/proposal.ts';
import type { Classification } from '../core/risk/effect.ts';
import { type Interpreter, type Script, scriptDigest } from '../core/script.ts';
import type { Platform, Target, Task } from '../core/task.ts';
import { classificationsKept } from './limits.ts';

export type Classify = (interpreter: Interpreter, text: string) => Classification;

/**
 * What the rules say of a proposal, asked anew each time: the text of its scripts is classified again, so that a row
 * that somebody changed can't make a script look harmless.
 */
export class Terms {
  readonly policy: Policy;
  readonly #classify: Classify;
  /** By the digest of the text as it is, so that a card that is shown often is read once; a row's own may be anything. */
  readonly #known = new Map<string, Classification>();

  constructor(policy: Policy, classify: Classify) {
    this.policy = policy;
    this.#classify = classify;
  }

  /** By the text itself: a digest that stands in a row beside it may be another's. */
  riskOf({ interpreter, text }: Pick<Script, 'interpreter' | 'text'>): Classification {
    const digest = scriptDigest(interpreter, text);
    const known = this.#known.get(digest);
    if (known) return known;
    const found = this.#classify(interpreter, text);
    if (this.#known.size >= classificationsKept) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(digest, found);
    return found;
  }

  judge(task: Task, proposal: Proposal, targets: readonly Target[], agents: readonly Agent[]): Judgement {
    const byId = new Map(agents.map((a) => [a.id, a]));
    const cases = proposal.scripts.flatMap((script): PolicyCase[] => {
      const risk = this.riskOf(script);
      return targets
        .filter((t) => script.platforms.includes(t.platform))
        .map((t) => ({
          script: { interpreter: script.interpreter, risk },
          agent: byId.get(t.agentId) ?? goneAgent(t.name, t.platform),
        }));
    });
    return judge(this.policy, originOf(task, proposal), cases);
  }

  /** What the card says of the decision that is open; null where none is. */
  forCard(task: Task, proposal: Proposal | null, agents: readonly Agent[]): CardTerms | null {
    if (!proposal || task.proposalRevision === 0) return null;
    const judged = this.judge(task, proposal, task.targets, agents);
    const judgement = judged.kind === 'auto' ? byHand(judged.rules) : judged;
    return cardTerms(this.policy.roster, judgement, originOf(task, proposal), task);
  }
}

/** What could run by itself and waits all the same (it means many machines) is approved by anyone who may approve. */
export const byHand = (rules: readonly string[]): Extract<Judgement, { kind: 'approve' }> => {
  const { reason, approvers, approvals } = defaultRule;
  const demand = { rule: rules.join(', '), reason, approvers, approvals, otherPerson: false };
  return { kind: 'approve', demands: [demand], typed: false };
};

/** It can't be sent anything; where it comes back, the rules are asked again before it is. */
const goneAgent = (name: string, platform: Platform): PolicyCase['agent'] => ({
  name,
  labels: {},
  facts: { platform },
});

/** Where a proposal comes from, as the rules ask it. */
export const originOf = (task: Task, proposal: Proposal): Origin => ({
  asker: identityOf(task.asker),
  editors: proposal.editors.map(identityOf),
  verbatimRunbook: verbatimRunbookOf(proposal),
  typedByAsker: proposal.typedByAsker && proposal.editors.length === 0,
});
