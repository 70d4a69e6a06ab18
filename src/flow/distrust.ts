import { type AuditNote, serverActor } from '../core/audit.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Instant, Task } from '../core/task.ts';
import { moveTask } from './moves.ts';

/**
 * Ends a task whose rows say something else than the audit log: somebody changed the database before the yes, and
 * nobody knows any more whose request, script and votes these are.
 */
export const distrustTask = (
  task: Task,
  differs: string,
  now: Instant,
  digest: string | null,
): { sentence: Sentence; writes?: { task: Task; audit: AuditNote[] } } => {
  const { number } = task;
  const why = sentence('task_rows_differ', { number, differs });
  const step = moveTask(task, { kind: 'refuse', sentence: why }, serverActor, now, digest);
  if (!step) return { sentence: why };
  const found = { kind: 'task.distrust' as const, actor: serverActor, task: number, run: null, digest };
  return { sentence: why, writes: { ...step, audit: [...step.audit, { ...found, detail: { differs } }] } };
};
