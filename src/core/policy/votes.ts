import { type Sentence, sentence } from '../sentences.ts';
import { behind } from './behind.ts';
import type { Demand, Origin } from './judge.ts';
import { isLocalIdentity, isMachineIdentity, type Roster } from './roster.ts';
import { whoText } from './who.ts';

/** One yes, as the rules see it. */
export interface Vote {
  /** `surface:id`. */
  by: string;
}

/** A demand and the votes that count for it, each human being once. */
export interface DemandState {
  demand: Demand;
  votes: readonly string[];
  isMet: boolean;
}

/** Which votes count for which demand. */
export const countVotes = (
  roster: Roster,
  origin: Origin,
  demands: readonly Demand[],
  votes: readonly Vote[],
): DemandState[] =>
  demands.map((demand) => {
    const counted = new Map<string, string>();
    for (const { by } of votes) {
      if (whyNot(roster, origin, demand, by) === null) {
        counted.set(roster.personOf(by)?.key ?? by, by);
      }
    }
    return { demand, votes: [...counted.values()], isMet: counted.size >= demand.approvals };
  });

/**
 * Whether this person's yes may count now.
 *
 * @returns a sentence for them where it counts for no demand that is still open; null where it does.
 */
export const refusesVote = (
  roster: Roster,
  origin: Origin,
  demands: readonly Demand[],
  votes: readonly Vote[],
  by: string,
): Sentence | null => {
  const states = countVotes(roster, origin, demands, votes);
  const open = states.filter((d) => !d.isMet);
  const person = roster.personOf(by)?.key ?? by;
  if (open.length === 0) {
    // The rules ask for less than they did when the others voted; whoever starts it now must be one who may.
    const whys = states.map((d) => whyNot(roster, origin, d.demand, by));
    return whys.includes(null) ? null : (whys[0] ?? null);
  }
  const isNew = open.filter((d) => !d.votes.some((v) => (roster.personOf(v)?.key ?? v) === person));
  if (isNew.length === 0) return sentence('vote_given', {});
  const reasons = isNew.map((d) => whyNot(roster, origin, d.demand, by));
  return reasons.includes(null) ? null : (reasons[0] ?? null);
};

/** Why a person's yes doesn't count for a demand; null where it does. */
const whyNot = (roster: Roster, origin: Origin, demand: Demand, by: string): Sentence | null => {
  const { rule, reason, approvers, approvals, otherPerson } = demand;
  // What a rule let run by itself has that rule's name for a decision, and nobody has said yes to it.
  if (isMachineIdentity(by) || !roster.isAmong(by, approvers)) {
    const values = {
      rule,
      reason,
      who: approvers.map(whoText),
      names: roster.namesOf(approvers).slice(0, 5),
    };
    return sentence('approver_not_named', values);
  }
  // In a quorum two votes must be two people; an account that no person is linked to may be anybody's second one.
  if ((approvals > 1 || otherPerson) && roster.personOf(by) === null) {
    return isLocalIdentity(by)
      ? sentence('approver_local', { rule })
      : sentence('approver_unlinked', { identity: by });
  }
  const own = [origin.asker, ...origin.editors].map(behind);
  const near = otherPerson ? own.find((other) => !roster.isSurelyOther(by, other)) : undefined;
  if (near === undefined) return null;
  const isOwn = roster.personOf(near)?.key === roster.personOf(by)?.key;
  return isOwn ? sentence('approver_own', {}) : sentence('approver_maybe_own', { identity: near });
};
