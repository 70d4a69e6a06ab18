import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf, type Roster } from '../core/policy/roster.ts';
import { RunState, withAgentStates } from '../core/run.ts';
import { sentence } from '../core/sentences.ts';
import { type Actor, type Task, TaskState } from '../core/task.ts';
import type { TaskEvent } from '../core/transition.ts';
import type { Decided, Store, View } from '../ports/store.ts';
import { type ActOutcome, actOnce, decided, notNow, refused } from './act.ts';
import type { Act } from './desk.ts';
import { moveTask, stepAll } from './moves.ts';

/**
 * Stops a task wherever it stands. What has not left ends here; what has is called back, and its true end comes
 * from the agent. The outcome's runs are those that are with agents now.
 */
export const cancel = (store: Store, number: number, act: Act): Promise<ActOutcome> =>
  actOnce(store, number, act, { allRuns: true }, (view, task) => {
    if (task.state === TaskState.paused) return skipHeld(view, task, { kind: 'cancel', by: act.by }, act);
    const step = moveTask(task, { kind: 'cancel', by: act.by }, act.by, view.now);
    if (!step) return { result: notNow(task, 'cancelled') };
    const stopped = stepAll(view.runs, view.now, act.by, (run) => ({
      kind: run.state === RunState.held ? 'skip' : 'cancel',
    }));
    const count = (state: RunState): number => stopped.runs.filter((r) => r.state === state).length;
    const cancelling = { ...step.task, runsHeld: step.task.runsHeld - count(RunState.skipped) };
    const ended = count(RunState.cancelled);
    const last = ended > 0 ? moveTask(cancelling, { kind: 'run-end', runs: ended }, act.by, view.now) : null;
    return {
      result: { kind: 'done', runs: stopped.runs.filter((r) => withAgentStates.includes(r.state)) },
      writes: {
        task: last?.task ?? cancelling,
        runs: stopped.runs,
        audit: [...step.audit, ...stopped.audit, ...(last?.audit ?? [])],
      },
    };
  });

/** Whoever approves may let the next wave go, and whoever approved this. */
export const mayContinue = (roster: Roster, task: Task, by: Pick<Actor, 'surface' | 'id'>): boolean => {
  const identity = identityOf(by);
  return (
    task.votes.some((v) => identityOf(v.by) === identity) || isAtLeast(roster.roleOf(identity), Role.approver)
  );
};

/** Releases the next wave: for those who approve, and whoever approved this. The outcome's runs are queued now. */
export const continueWaves = (store: Store, roster: Roster, number: number, act: Act): Promise<ActOutcome> =>
  actOnce(store, number, act, { allRuns: true }, (view, task) => {
    if (!mayContinue(roster, task, act.by)) {
      const identity = identityOf(act.by);
      const role = roster.roleOf(identity);
      const values = { identity, role, needed: Role.approver, verb: 'continue' };
      return { result: refused(sentence('role_missing', values)) };
    }
    const held = view.runs.filter((r) => r.state === RunState.held);
    const next = held.filter((r) => r.wave === Math.min(...held.map((h) => h.wave)));
    // Past its time an order would only wait to be told that it is too late; the person is told now.
    if (next.some((r) => view.now > r.runBy)) return { result: refused(sentence('approval_over', {})) };
    const { runs, audit } = stepAll(next, view.now, act.by, () => ({ kind: 'release' }));
    const event = { kind: 'continue' as const, by: act.by, runs: runs.length };
    return decided(view, task, event, act, 'continued', { writes: { runs }, audit, runs });
  });

/** Leaves the held waves unrun and goes on to the answer. */
export const stopWaves = (store: Store, number: number, act: Act): Promise<ActOutcome> =>
  actOnce(store, number, act, { allRuns: true }, (view, task) =>
    skipHeld(view, task, { kind: 'stop', by: act.by, runs: task.runsHeld }, act),
  );

const skipHeld = (view: View, task: Task, event: TaskEvent, act: Act): Decided<ActOutcome> => {
  const held = view.runs.filter((r) => r.state === RunState.held);
  const { runs, audit } = stepAll(held, view.now, act.by, () => ({ kind: 'skip' }));
  return decided(view, task, event, act, 'stopped', { writes: { runs }, audit });
};
