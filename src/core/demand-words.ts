import type { CardDemand } from './card-terms.ts';
import { defaultRule } from './policy/policy.ts';

/** What one rule's demand comes to, in the same words on every surface. */
export interface DemandWords {
  /** `1 of 2 approvals`. */
  count: string;
  /** `Bob said yes`; null while nobody has. */
  given: string | null;
  /** `Cleo or Ada can say yes`; null once it is met. */
  open: string | null;
  /** The rule's name with its reason; null for the rule that nobody wrote. */
  rule: string | null;
}

const list = (names: readonly string[], joint: 'and' | 'or'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${joint} ${names.at(-1)}`;

/** `role:approver` as people say it. */
const whoWords = (who: string): string => {
  const [kind, name = ''] = who.split(':', 2);
  if (kind === 'role') return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
  if (kind === 'group') return `somebody of ${name}`;
  return kind === 'person' ? name : who;
};

const unwritten = defaultRule.name;

const nobodyWords =
  'nobody can say yes: it takes a listed person who surely is not the one who asked or edited; an admin can list one under "people" in nerdyops.yml';

/** Who may say yes once the account is somebody's, and who can make it so. */
const unlistedWords = (unlisted: readonly string[], admins: readonly string[], approvers: string): string => {
  const who = admins.length > 0 ? list(admins, 'or') : 'an admin';
  return `nobody can say yes yet: ${list(unlisted, 'and')} may be anybody's account; ${who} can add it to a person's identities under "people" in nerdyops.yml, then ${approvers} can, if they are somebody else; or ask again from an account that is listed`;
};

export const demandWords = (demand: CardDemand): DemandWords => {
  const { rule, reason, approvals, given, by, names, more, approvers, nobody, unlisted, admins } = demand;
  const isMet = given >= approvals;
  const others = more > 0 ? [...names, `${more} more`] : names;
  // Where nobody is listed, the rule's own words are all that can be said.
  const who = list(others.length > 0 ? others : approvers.map(whoWords), 'or');
  const said = nobody ? nobodyWords : `${who} can say yes`;
  const openWords = unlisted.length > 0 ? unlistedWords(unlisted, admins, who) : said;
  return {
    count: `${given} of ${approvals === 1 ? '1 approval' : `${approvals} approvals`}`,
    given: by.length === 0 ? null : `${list(by, 'and')} said yes`,
    open: isMet ? null : openWords,
    rule: rule === unwritten && reason === null ? null : reason === null ? rule : `${rule}: ${reason}`,
  };
};

/** True for what goes without saying: one yes, of whoever may approve at all, where nobody is listed. */
export const goesWithoutSaying = ({ rule, approvals, names, reason, nobody }: CardDemand): boolean =>
  rule === unwritten && reason === null && approvals === 1 && names.length === 0 && !nobody;

/** All of it in one line: `1 of 2 approvals: Bob said yes; Cleo or Ada can say yes (prod: Production takes two)`. */
export const demandLine = (demand: CardDemand): string => {
  const { count, given, open, rule } = demandWords(demand);
  const words = [given, open].filter((part) => part !== null).join('; ');
  return `${count}: ${words}${rule === null ? '' : ` (${rule})`}`;
};
