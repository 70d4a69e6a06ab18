import type { ApprovalDocument } from '../../../src/core/order.ts';
import { Effect, Risk, worse } from '../../../src/core/risk/effect.ts';
import { type CommandMention, type Mentions, readScript } from '../../../src/core/risk/mentions.ts';
import type { Interpreter } from '../../../src/core/script.ts';
import { detailCharsMax } from './limits.ts';
import { mayReach, staysWithin } from './path-pattern.ts';

/** What a machine allows: `approved` runs what was approved unless a rule says no, `read-only` only what reads. */
export const PolicyMode = { readOnly: 'read-only', approved: 'approved' } as const;
export type PolicyMode = (typeof PolicyMode)[keyof typeof PolicyMode];

/** All that is given must fit. Each field says to a `deny` or `require` what a script might do, to an `allow` all it may. */
export interface PolicyRule {
  readonly kind: 'deny' | 'allow' | 'require';
  readonly name: string;
  /** For people. */
  readonly reason: string;
  readonly risk?: Risk | undefined;
  readonly effects?: readonly Effect[] | undefined;
  /** Names, with the words that follow them: `systemctl stop`. */
  readonly commands?: readonly string[] | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly interpreter?: Interpreter | undefined;
  /** Of a `require`: different people in the signed document. */
  readonly approvers?: number | undefined;
}

export interface Policy {
  readonly mode: PolicyMode;
  /** In their order: the first `deny` or `allow` that fits decides. */
  readonly rules: readonly PolicyRule[];
}

/** What a policy is asked about. */
export interface PolicyQuestion {
  readonly interpreter: Interpreter;
  readonly script: string;
  /** The user that the script runs as. */
  readonly user: string;
  readonly decisions: ApprovalDocument['decisions'];
}

export type PolicyVerdict =
  | { ok: true; rule: string | null }
  | { ok: false /** Null for the mode. */; rule: string | null; reason: string };

/** A refusal in one line for people; null for a script that may run. */
export const objectionOf = (verdict: PolicyVerdict): string | null => {
  if (verdict.ok) return null;
  const { rule, reason } = verdict;
  return (rule === null ? reason : `rule "${rule}": ${reason}`).slice(0, detailCharsMax);
};

/** The policy of a machine without one. */
export const noPolicy: Policy = { mode: PolicyMode.approved, rules: [] };

/** Holds a script against a policy. Pure. What can't be told of a script counts against it. */
export const judge = (policy: Policy, question: PolicyQuestion): PolicyVerdict => {
  // Most machines have no rules, and reading a script takes longer than all else that is done before it starts.
  if (policy.rules.length === 0 && policy.mode === PolicyMode.approved) return { ok: true, rule: null };
  const { classification, mentions } = readScript(question.interpreter, question.script);
  const { risk, effects, unparsed } = classification;
  const facts: Facts = { ...question, risk, effects, unparsed, mentions };
  for (const rule of policy.rules) {
    if (rule.kind === 'allow') {
      if (surelyFits(rule, facts)) return { ok: true, rule: rule.name };
      continue;
    }
    if (!mayFit(rule, facts)) continue;
    if (rule.kind === 'deny') return { ok: false, rule: rule.name, reason: rule.reason };
    if (peopleIn(question.decisions) < (rule.approvers ?? 0))
      return { ok: false, rule: rule.name, reason: rule.reason };
  }
  if (policy.mode === PolicyMode.approved || risk === Risk.readOnly) return { ok: true, rule: null };
  const [worst] = classification.lines.filter((line) => line.risk === risk);
  const why = worst ? `: line ${worst.line} ${worst.why}` : '';
  return { ok: false, rule: null, reason: `it takes only scripts that read, and this one is ${risk}${why}` };
};

/** The server's own rules decide too, under a surface of their own; they are nobody. */
const peopleIn = (decisions: PolicyQuestion['decisions']): number =>
  new Set(decisions.map(({ by }) => by).filter((by) => !by.startsWith('policy:'))).size;

interface Facts extends PolicyQuestion {
  readonly risk: Risk;
  readonly effects: readonly Effect[];
  readonly unparsed: boolean;
  readonly mentions: Mentions;
}

/** For rules that forbid: true unless it is sure that the rule doesn't fit. */
const mayFit = (rule: PolicyRule, facts: Facts): boolean => {
  const { risk, mentions } = facts;
  const isSharp = risk !== Risk.readOnly;
  return (
    fitsPlain(rule, facts) &&
    (rule.risk === undefined || worse(risk, rule.risk) === risk) &&
    (rule.effects === undefined || facts.unparsed || rule.effects.some((e) => facts.effects.includes(e))) &&
    (rule.commands === undefined ||
      mentions.hasMore ||
      rule.commands.some((line) => mentions.commands.some((command) => mayBe(command, wordsOf(line))))) &&
    (rule.paths === undefined ||
      mentions.hasMore ||
      rule.paths.some((path) => mentions.paths.some((mention) => mayReach(mention, path, isSharp))))
  );
};

/** For rules that allow: true only when all that the script does is what the rule names. */
const surelyFits = (rule: PolicyRule, facts: Facts): boolean => {
  const { commands, paths } = rule;
  const { mentions } = facts;
  if (facts.unparsed || !fitsPlain(rule, facts)) return false;
  if (rule.risk !== undefined && worse(facts.risk, rule.risk) !== rule.risk) return false;
  if (rule.effects !== undefined && !facts.effects.every((e) => rule.effects?.includes(e))) return false;
  if ((commands !== undefined || paths !== undefined) && mentions.hasMore) return false;
  // `systemctl status > /etc/cron.d/x` and `LD_PRELOAD=x systemctl status` do more than the command that they name.
  const isBeside = (effect: Effect): boolean => paths === undefined || effect !== Effect.writesFiles;
  if (commands && mentions.beside.some(isBeside)) return false;
  if (commands && !mentions.commands.every((c) => commands.some((line) => surelyIs(c, wordsOf(line)))))
    return false;
  return !paths || mentions.paths.every((mention) => paths.some((path) => staysWithin(mention, path)));
};

const fitsPlain = ({ users, interpreter }: PolicyRule, facts: Facts): boolean =>
  (users === undefined || users.includes(facts.user)) &&
  (interpreter === undefined || interpreter === facts.interpreter);

const wordsOf = (line: string): string[] => line.trim().split(/\s+/);

/** Options may stand between the words of a rule, and a word that only the run tells may be the one at its place. */
const mayBe = ({ name, words }: CommandMention, [wanted, ...more]: readonly string[]): boolean => {
  if (name === null) return true;
  if (name !== wanted) return false;
  const operands = words.filter((word) => !word?.startsWith('-'));
  if (more.every((word, at) => operands[at] === word || operands[at] === null)) return true;
  let at = 0;
  for (const word of words) if (at < more.length && word === more[at]) at++;
  return at === more.length;
};

const surelyIs = (
  { name, words, isForeign }: CommandMention,
  [wanted, ...more]: readonly string[],
): boolean => !isForeign && name === wanted && more.every((word, at) => words[at] === word);
