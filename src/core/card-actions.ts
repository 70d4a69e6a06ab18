import type { CardTerms } from './card-terms.ts';
import { keepRefusal } from './may-keep.ts';
import type { Proposal } from './proposal.ts';
import type { Run } from './run.ts';
import { type Task, TaskState } from './task.ts';

export type CardAction =
  /** `typed`: what the person must type with it, null where a click is enough. */
  | { kind: 'approve'; proposal: number; digest: string; canary: boolean; typed: string | null }
  | { kind: 'reject' }
  | { kind: 'edit' }
  | { kind: 'cancel' }
  | { kind: 'continue'; runs: number }
  | { kind: 'stop' }
  | { kind: 'choose'; option: string }
  /** Keep the script as a runbook: a form follows. */
  | { kind: 'keep' };

/** What people can do with a task as it stands: one button each. */
export const actionsOf = (
  task: Task,
  proposal: Proposal | null,
  runs: readonly Run[],
  terms: CardTerms | null,
): CardAction[] => {
  switch (task.state) {
    case TaskState.asking:
      return [
        ...(task.question?.options ?? []).map((option) => ({ kind: 'choose' as const, option })),
        { kind: 'cancel' },
      ];
    case TaskState.proposed: {
      if (!proposal) return [];
      const { revision, digest } = proposal;
      const typed = terms?.confirmation?.text ?? null;
      const approve = { kind: 'approve' as const, proposal: revision, digest, typed };
      const both = [
        { ...approve, canary: false },
        ...(task.targets.length > 1 ? [{ ...approve, canary: true }] : []),
      ];
      // A button that would refuse everybody is none.
      const isPossible = !terms?.demands.some((demand) => demand.nobody);
      return [...(isPossible ? both : []), { kind: 'reject' }, { kind: 'edit' }];
    }
    case TaskState.paused:
      return [{ kind: 'continue', runs: task.runsHeld }, { kind: 'stop' }];
    case TaskState.drafting:
    case TaskState.running:
      return [{ kind: 'cancel' }];
    case TaskState.done:
      return task.kept === null && keepRefusal(task, proposal, runs) === null ? [{ kind: 'keep' }] : [];
    default:
      return [];
  }
};
