import { type AuditNote, serverActor } from '../core/audit.ts';
import { isRunEnded, type Run } from '../core/run.ts';
import { type RunEvent, transitionRun } from '../core/run-transition.ts';
import type { Actor, Instant, Task } from '../core/task.ts';
import { type TaskEvent, transitionTask } from '../core/transition.ts';

/** A task's step with the audit entry that goes into the same commit; null for a lost race. */
export const moveTask = (
  task: Task,
  event: TaskEvent,
  actor: Actor,
  now: Instant,
  digest: string | null = null,
): { task: Task; audit: AuditNote[] } | null => {
  const transition = transitionTask(task, event, now);
  if (!transition.moved) return null;
  const detail = { from: task.state, to: transition.task.state, ...detailOf(event) };
  const note: AuditNote = { kind: `task.${event.kind}`, actor, task: task.number, run: null, digest, detail };
  return { task: transition.task, audit: [note] };
};

/** What `core/check-trail.ts` holds the rows against. */
const detailOf = (event: TaskEvent): AuditNote['detail'] => {
  if (event.kind === 'propose' || event.kind === 'edit') return { revision: event.proposalRevision };
  return event.kind === 'choose' ? { on: event.on } : {};
};

/** What a run's step changes: the run, its task's counts, and the entries of both. */
export interface RunMove {
  run: Run;
  task: Task;
  audit: AuditNote[];
}

/**
 * Moves a run and its task in one: an end lowers the count of open runs, and zero moves the task on. Null for a lost
 * race, which repeated deliveries are.
 */
export const moveRun = (
  task: Task,
  run: Run,
  event: RunEvent,
  now: Instant,
  actor: Actor = serverActor,
): RunMove | null => {
  const transition = transitionRun(run, event, now);
  if (!transition.moved) return null;
  const moved = transition.run;
  const taskStep = transitionTask(task, taskEventFor(run, moved), now);
  // A run of a task that can't follow (it was cancelled while paused) still keeps its own true end.
  const nextTask = taskStep.moved ? taskStep.task : { ...task, revision: task.revision + 1, updatedAt: now };
  const note = noteOf(event, actor, run, moved);
  return { run: moved, task: nextTask, audit: [note] };
};

const taskEventFor = (before: Run, after: Run): TaskEvent => {
  if (isRunEnded(before.state)) return { kind: 'correct' };
  return isRunEnded(after.state) ? { kind: 'run-end', runs: 1 } : { kind: 'run-move' };
};

/** Moves runs whose task takes a step of its own in the same commit. Those for which the event means nothing stay. */
export const stepAll = (
  runs: readonly Run[],
  now: Instant,
  actor: Actor,
  eventFor: (run: Run) => RunEvent,
): { runs: Run[]; audit: AuditNote[] } => {
  const moved: Run[] = [];
  const audit: AuditNote[] = [];
  for (const run of runs) {
    const event = eventFor(run);
    const step = transitionRun(run, event, now);
    if (!step.moved) continue;
    moved.push(step.run);
    audit.push(noteOf(event, actor, run, step.run));
  }
  return { runs: moved, audit };
};

const noteOf = (event: RunEvent, actor: Actor, from: Run, to: Run): AuditNote => ({
  kind: `run.${event.kind}`,
  actor,
  task: from.task,
  run: from.id,
  digest: from.scriptDigest,
  detail: { from: from.state, to: to.state, agent: from.agentName, agentId: from.agentId },
});
