import type { Trail } from './check-trail.ts';
import { identityOf, isMachineIdentity } from './policy/roster.ts';
import type { Proposal, ProposedScript } from './proposal.ts';
import { type Run, RunState } from './run.ts';
import { type Sentence, sentence } from './sentences.ts';
import { type Actor, type Task, TaskState } from './task.ts';

/** The scripts that ran well somewhere, each for the platforms where it did. */
export const provenScripts = (proposal: Proposal, runs: readonly Run[]): ProposedScript[] =>
  proposal.scripts.flatMap((script) => {
    const platforms = script.platforms.filter((platform) =>
      runs.some((run) => run.platform === platform && run.state === RunState.succeeded),
    );
    return platforms.length > 0 ? [{ ...script, platforms }] : [];
  });

/** Why a task's script is not kept, whoever asks; null where it may be. Pure. */
export const keepRefusal = (task: Task, proposal: Proposal | null, runs: readonly Run[]): Sentence | null => {
  const { number, state } = task;
  if (state !== TaskState.done || proposal === null) return sentence('keep_not_done', { number, state });
  const { runbook } = proposal;
  if (runbook?.verbatim) return sentence('keep_is_runbook', { number, name: runbook.name });
  return provenScripts(proposal, runs).length === 0 ? sentence('keep_none_succeeded', { number }) : null;
};

/** What the log doesn't say of a task that is to be kept: who asked for what, and that this script was approved. Pure. */
export const approvalMisfit = (proposal: Proposal, trail: Trail): string | null => {
  if (!trail.ok) return trail.differs;
  const approved = trail.entries.find(({ kind }) => kind === 'task.approve');
  if (!approved) return 'the script was never approved';
  return approved.digest === proposal.digest ? null : 'another script was approved';
};

/** A model, an alert and a schedule keep nothing. */
export const isKeeper = (by: Actor): boolean =>
  (by.kind === 'person' || by.kind === 'token') && !isMachineIdentity(identityOf(by));
