import type { AuditNote } from '../core/audit.ts';
import type { Run } from '../core/run.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Task } from '../core/task.ts';
import type { TaskEvent } from '../core/transition.ts';
import type { Decided, Order, Scope, Store, View, Writes } from '../ports/store.ts';
import { deliveryOf } from './delivery.ts';
import type { Act } from './desk.ts';
import { moveTask } from './moves.ts';

/** `runs` are those that the act moved and that someone must now push or call back. */
export type ActOutcome =
  | {
      kind: 'done';
      runs: Run[];
      /** Of runs that the act committed as sent: they are handed over now. */
      orders?: Order[];
    }
  | { kind: 'refused'; sentence: Sentence };

/**
 * One act of a person on a task, in one commit. A delivery that was seen before has acted already: it is told
 * "done" and changes nothing.
 */
export const actOnce = (
  store: Store,
  number: number,
  act: Act,
  scope: Pick<Scope, 'allRuns' | 'agents'>,
  decide: (view: View, task: Task) => Decided<ActOutcome>,
): Promise<ActOutcome> => {
  return store.change<ActOutcome>({ task: number, ...deliveryOf(act), ...scope }, (view) => {
    if (view.isOtherDelivery) return { result: refused(sentence('key_reused', {})) };
    if (view.seenEventTask !== null) return { result: { kind: 'done', runs: [] } };
    if (!view.task) return { result: refused(sentence('task_unknown', { number })) };
    const decided = decide(view, view.task);
    if (decided.writes === undefined || act.eventId === null) return decided;
    return { ...decided, writes: { ...decided.writes, eventTask: number } };
  });
};

export const refused = (why: Sentence): ActOutcome => ({ kind: 'refused', sentence: why });

/** @param verb what was wanted, as a participle: "approved". */
export const notNow = (task: Task, verb: string): ActOutcome =>
  refused(sentence('not_decidable', { number: task.number, state: task.state, verb }));

/** True after `decideBy`, be the clock's sweep a little late: nobody decides any more then. */
export const isPastDeciding = ({ now }: View, { decideBy }: Task): boolean =>
  decideBy !== null && now > decideBy;

/** What an act writes beside the task's own step. */
export interface Along {
  writes?: Omit<Writes, 'task' | 'audit'>;
  audit?: AuditNote[];
  digest?: string;
  /** For the outcome. */
  runs?: Run[];
  orders?: Order[];
}

/** Moves the task by the act's event, with what goes along; a lost race is a sentence. */
export const decided = (
  view: View,
  task: Task,
  event: TaskEvent,
  act: Act,
  verb: string,
  along: Along = {},
): Decided<ActOutcome> => {
  const step = moveTask(task, event, act.by, view.now, along.digest ?? view.proposal?.digest ?? null);
  if (!step) return { result: notNow(task, verb) };
  return {
    result: { kind: 'done', runs: along.runs ?? [], orders: along.orders ?? [] },
    writes: { ...along.writes, task: step.task, audit: [...step.audit, ...(along.audit ?? [])] },
  };
};
