import { editedSummary } from '../core/edited-summary.ts';
import { decideMs } from '../core/limits.ts';
import { ruleAgainstAnswering } from '../core/policy/judge.ts';
import { identityOf } from '../core/policy/roster.ts';
import { whoText } from '../core/policy/who.ts';
import type { Proposal } from '../core/proposal.ts';
import { makeScript, proposalDigest } from '../core/script.ts';
import { parseSelector } from '../core/selector.ts';
import { sentence } from '../core/sentences.ts';
import { type Actor, type Instant, TaskState } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { type ActOutcome, actOnce, decided, isPastDeciding, notNow, refused } from './act.ts';
import type { Act } from './desk.ts';
import { reasonCharsMax } from './limits.ts';
import type { Terms } from './terms.ts';

/** Says no, with the person's own reason where they gave one. */
export const reject = (
  store: Store,
  number: number,
  act: Act & { reason: string | null },
): Promise<ActOutcome> =>
  actOnce(store, number, act, {}, (view, task) => {
    const reason = act.reason?.trim().slice(0, reasonCharsMax) || null;
    return decided(view, task, { kind: 'reject', by: act.by, reason }, act, 'rejected');
  });

/** Answers "which machine?"; the drafter goes on from there. */
export const choose = (
  store: Store,
  { policy }: Terms,
  number: number,
  act: Act & { option: string },
): Promise<ActOutcome> =>
  actOnce(store, number, act, {}, (view, task) => {
    if (task.state !== TaskState.asking) return { result: notNow(task, 'answered') };
    if (isPastDeciding(view, task)) return { result: refused(sentence('expired', {})) };
    const rule = ruleAgainstAnswering(policy, identityOf(task.asker), identityOf(act.by));
    if (rule) {
      const who = (rule.askers ?? []).map(whoText);
      return {
        result: refused(sentence('chooser_may_less', { asker: task.asker.name, rule: rule.name, who })),
      };
    }
    const option = act.option.trim();
    const options = task.question?.options ?? [];
    if (!options.includes(option) && parseSelector(option) === null) {
      return { result: refused(sentence('choice_unknown', { choice: option, options })) };
    }
    return decided(view, task, { kind: 'choose', on: option }, act, 'answered');
  });

export interface EditAct extends Act {
  proposal: number;
  /** New texts of the scripts named by their old digests; the others stay. */
  texts: { digest: string; text: string }[];
}

/** Makes the next revision of the proposal. An old card can't approve it: the digest is another. */
export const edit = (store: Store, terms: Terms, number: number, act: EditAct): Promise<ActOutcome> =>
  actOnce(store, number, act, { agents: true }, (view, task) => {
    const { proposal } = view;
    if (task.state !== TaskState.proposed || !proposal) return { result: notNow(task, 'edited') };
    if (isPastDeciding(view, task)) return { result: refused(sentence('expired', {})) };
    const isOfCard = act.texts.every((t) => proposal.scripts.some((s) => s.digest === t.digest));
    if (proposal.revision !== act.proposal || !isOfCard) {
      return { result: refused(sentence('card_outdated', {})) };
    }
    const edited = editedProposal(terms, proposal, task.targets, act, view.now);
    if (!edited.ok) return { result: refused(edited.sentence) };
    const { next } = edited;
    const judgement = terms.judge(task, next, task.targets, view.agents);
    if (judgement.kind === 'refuse') return { result: refused(judgement.sentence) };
    const event = { kind: 'edit' as const, proposalRevision: next.revision, decideBy: view.now + decideMs };
    return decided(view, task, event, act, 'edited', { writes: { proposal: next }, digest: next.digest });
  });

const withEditor = (editors: readonly Actor[], by: Actor): Actor[] =>
  editors.some((e) => identityOf(e) === identityOf(by)) ? [...editors] : [...editors, by];

const editedProposal = (
  terms: Terms,
  proposal: Proposal,
  targets: Parameters<typeof proposalDigest>[1],
  act: EditAct,
  now: Instant,
) => {
  const scripts: Proposal['scripts'] = [];
  for (const old of proposal.scripts) {
    const text = act.texts.find((t) => t.digest === old.digest)?.text ?? old.text;
    const made = makeScript(old.interpreter, text);
    if (!made.ok) return made;
    scripts.push({ ...made.script, platforms: old.platforms, risk: terms.riskOf(made.script) });
  }
  const digest = proposalDigest(scripts, targets, proposal.timeoutMs);
  const isSame = digest === proposal.digest;
  const editors = isSame ? proposal.editors : withEditor(proposal.editors, act.by);
  const next: Proposal = {
    ...proposal,
    summary: isSame ? proposal.summary : editedSummary(editors),
    revision: proposal.revision + 1,
    digest,
    scripts,
    author: isSame ? proposal.author : act.by,
    editors,
    drafter: isSame ? proposal.drafter : 'person',
    runbook: proposal.runbook && { ...proposal.runbook, verbatim: proposal.runbook.verbatim && isSame },
    createdAt: now,
  };
  return { ok: true as const, next };
};
