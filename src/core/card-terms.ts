import { targetsUnconfirmedMax } from './limits.ts';
import type { Demand, Judgement, Origin } from './policy/judge.ts';
import { Role } from './policy/role.ts';
import { identityOf, isMachineIdentity, type Roster } from './policy/roster.ts';
import { countVotes, refusesVote, type Vote } from './policy/votes.ts';
import { type Who, whoText } from './policy/who.ts';
import { type Sentence, sentence } from './sentences.ts';
import type { Task } from './task.ts';

/** What an approver types, and the sentence that says why; compared as text. */
export interface Confirmation {
  text: string;
  why: Sentence;
}

/** One rule's demand as a card tells it. */
export interface CardDemand {
  rule: string;
  reason: string | null;
  approvals: number;
  given: number;
  /** `role:approver`, `group:dba`: as the rule says it. */
  approvers: string[];
  /** Who said a yes that counts for it, in order. */
  by: string[];
  /** Whose yes would count now, by name, where they are listed: a few, and how many more there are. */
  names: string[];
  more: number;
  /** It takes somebody who surely is another person than who asked, and nobody who is listed is. */
  nobody: boolean;
  /** Then the accounts of who asked or edited that are nobody's yet, and who can list them. */
  unlisted: string[];
  admins: string[];
}

/** How the open decision comes about. */
export interface CardTerms {
  demands: CardDemand[];
  confirmation: Confirmation | null;
  /** One person asks and approves: nobody else looks. */
  alone: boolean;
}

/** What must be typed with a yes: the number where it is dangerous, the count where the machines are many. */
export const confirmationOf = (task: Task, judgement: Judgement): Confirmation | null => {
  const count = task.targets.length;
  if (judgement.kind === 'approve' && judgement.typed) {
    const { number } = task;
    return { text: String(number), why: sentence('confirm_dangerous', { number, count }) };
  }
  if (count > targetsUnconfirmedMax) return { text: String(count), why: sentence('confirm_many', { count }) };
  return null;
};

const namesMax = 5;

/** The people whose yes would bring the demand further; not those who asked for it themselves or said yes already. */
const namesOfOpen = (roster: Roster, origin: Origin, demand: Demand, votes: readonly Vote[]): string[] =>
  roster.people
    .filter((p) => p.identities.some((by) => refusesVote(roster, origin, [demand], votes, by) === null))
    .map((p) => p.name);

/** Whoever has one of these may be any approver's second account. */
const unlistedOf = (roster: Roster, { asker, editors }: Origin): string[] =>
  [...new Set([asker, ...editors])].filter((by) => roster.personOf(by) === null && !isMachineIdentity(by));

const admin: Who = { kind: 'role', role: Role.admin };

/** The card's words for a judgement. Pure. */
export const cardTerms = (roster: Roster, judgement: Judgement, origin: Origin, task: Task): CardTerms => {
  const demands = judgement.kind === 'approve' ? judgement.demands : [];
  const votes = task.votes.map((v) => ({ by: identityOf(v.by) }));
  const told = countVotes(roster, origin, demands, votes).map(
    ({ demand, votes: given, isMet }): CardDemand => {
      const names = isMet ? [] : namesOfOpen(roster, origin, demand, votes);
      const nobody = !isMet && names.length === 0 && (demand.otherPerson || demand.approvals > 1);
      const unlisted = nobody && demand.otherPerson ? unlistedOf(roster, origin) : [];
      return {
        rule: demand.rule,
        reason: demand.reason,
        approvals: demand.approvals,
        given: given.length,
        approvers: demand.approvers.map(whoText),
        by: task.votes.filter((v) => given.includes(identityOf(v.by))).map((v) => v.by.name),
        names: names.slice(0, namesMax),
        more: Math.max(0, names.length - namesMax),
        nobody,
        unlisted,
        admins: unlisted.length > 0 ? roster.namesOf([admin]).slice(0, namesMax) : [],
      };
    },
  );
  return {
    demands: told,
    // Where nobody can say yes, nobody is told what to type with it.
    confirmation: told.some(({ nobody }) => nobody) ? null : confirmationOf(task, judgement),
    alone: roster.solo,
  };
};
