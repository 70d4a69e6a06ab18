import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/core/answer.ts';
import { sentence } from '../../src/core/sentences.ts';
import { isTaskEnded, type Task, TaskState } from '../../src/core/task.ts';
import { type TaskEvent, type TaskEventKind, taskTable, transitionTask } from '../../src/core/transition.ts';
import { ada, now, taskWith } from './rows.ts';

const states = Object.values(TaskState);
const why = sentence('expired', {});
const answer: Answer = { words: 'fine', hosts: [], followUps: [], language: 'en', reader: 'plain' };
const later = now + 1_000;

/** One event of each kind, sized for a task with `open` open and `held` held runs. */
const eventsFor = ({ runsOpen, runsHeld }: Task): { readonly [K in TaskEventKind]: TaskEvent } => ({
  propose: {
    kind: 'propose',
    targets: [{ agentId: 'a', name: 'db1', platform: 'linux' }],
    language: 'fr',
    proposalRevision: 1,
    decideBy: later,
    notice: null,
  },
  ask: { kind: 'ask', question: { sentence: why, options: ['db1'] }, language: 'de', decideBy: later },
  choose: { kind: 'choose', on: 'db1' },
  fail: {
    kind: 'fail',
    sentence: why,
    language: 'ko',
    suggestions: [{ label: 'memory', request: 'memory' }],
  },
  refuse: { kind: 'refuse', sentence: why },
  edit: { kind: 'edit', proposalRevision: 2, decideBy: later },
  vote: { kind: 'vote', by: ada },
  approve: { kind: 'approve', by: ada, runsOpen: 2, runsHeld: 3 },
  reject: { kind: 'reject', by: ada, reason: 'not now' },
  expire: { kind: 'expire', sentence: why },
  cancel: { kind: 'cancel', by: ada },
  'run-move': { kind: 'run-move' },
  'run-end': { kind: 'run-end', runs: Math.min(1, runsOpen) },
  continue: { kind: 'continue', by: ada, runs: runsHeld },
  stop: { kind: 'stop', by: ada, runs: runsHeld },
  answer: { kind: 'answer', answer, notice: null },
  correct: { kind: 'correct' },
});
const kinds = Object.keys(eventsFor(taskWith())) as TaskEventKind[];

/** Tasks that stand in `state` with every count of runs that matters to the table. */
const tasksIn = (state: TaskState): Task[] => {
  const counts = {
    running: [
      [2, 0],
      [1, 0],
      [1, 3],
    ],
    cancelling: [
      [2, 0],
      [1, 0],
    ],
    paused: [[0, 3]],
  } as Partial<Record<TaskState, [number, number][]>>;
  return (counts[state] ?? [[0, 0]]).map(([runsOpen, runsHeld]) =>
    taskWith({ state, runsOpen, runsHeld, runsTotal: runsOpen + runsHeld, decideBy: later }),
  );
};

const moved = (task: Task, event: TaskEvent): Task => {
  const step = transitionTask(task, event, later);
  if (!step.moved) throw new Error(`${event.kind} did not move a task in ${task.state}`);
  return step.task;
};

describe.each(states)('a task in %s', (state) => {
  const allowed = kinds.filter((kind) => taskTable[state][kind]);
  const refused = kinds.filter((kind) => !taskTable[state][kind]);

  it.each(allowed)('is led by %s to every state of the table, and to no other', (kind) => {
    const reached = tasksIn(state).map((task) => moved(task, eventsFor(task)[kind]).state);
    expect(new Set(reached)).toEqual(new Set(taskTable[state][kind]));
  });

  it.each(refused)('takes %s for a lost race', (kind) => {
    for (const task of tasksIn(state)) {
      expect(transitionTask(task, eventsFor(task)[kind], later)).toEqual({ moved: false, from: state });
    }
  });
});

describe('every step', () => {
  it('raises the revision by one, stamps the time and leaves the task before it as it was', () => {
    for (const task of states.flatMap(tasksIn)) {
      for (const event of Object.values(eventsFor(task))) {
        const before = structuredClone(task);
        const step = transitionTask(task, event, later);
        expect(task).toEqual(before);
        if (step.moved)
          expect(step.task).toMatchObject({
            revision: task.revision + 1,
            updatedAt: later,
            number: task.number,
          });
      }
    }
  });

  it('leaves a deadline only where a person is waited for', () => {
    const waits: TaskState[] = [TaskState.asking, TaskState.proposed];
    for (const task of [...tasksIn('drafting'), ...tasksIn('asking'), ...tasksIn('proposed')]) {
      const from = task.state === 'drafting' ? { ...task, decideBy: null } : task;
      for (const event of Object.values(eventsFor(from))) {
        const step = transitionTask(from, event, later);
        if (step.moved)
          expect([event.kind, step.task.decideBy !== null]).toEqual([
            event.kind,
            waits.includes(step.task.state),
          ]);
      }
    }
  });
});

describe('the counts of runs', () => {
  it('come with the approval', () => {
    const proposed = taskWith({ state: 'proposed' });
    expect(moved(proposed, { kind: 'approve', by: ada, runsOpen: 1, runsHeld: 4 })).toMatchObject({
      runsOpen: 1,
      runsHeld: 4,
      runsTotal: 5,
      decision: { verdict: 'approved', by: ada, at: later, reason: null },
    });
  });

  it('move the task on when the last open run ends, and not before', () => {
    const running = taskWith({ state: 'running', runsOpen: 3, runsTotal: 3 });
    const two = moved(running, { kind: 'run-end', runs: 1 });
    expect(two).toMatchObject({ state: 'running', runsOpen: 2 });
    expect(moved(two, { kind: 'run-end', runs: 2 })).toMatchObject({ state: 'answering', runsOpen: 0 });
  });

  it('pause the task when the canary has ended and a wave is held', () => {
    const canary = taskWith({ state: 'running', runsOpen: 1, runsHeld: 9, runsTotal: 10 });
    const paused = moved(canary, { kind: 'run-end', runs: 1 });
    expect(paused).toMatchObject({ state: 'paused', runsOpen: 0, runsHeld: 9 });
    const rest = moved(paused, { kind: 'continue', by: ada, runs: 4 });
    expect(rest).toMatchObject({ state: 'running', runsOpen: 4, runsHeld: 5, runsTotal: 10 });
  });

  it('let a person stop after the canary and still get the answer of what ran', () => {
    const paused = taskWith({ state: 'paused', runsHeld: 9, runsTotal: 10 });
    expect(moved(paused, { kind: 'stop', by: ada, runs: 9 })).toMatchObject({
      state: 'answering',
      runsHeld: 0,
    });
  });

  it.each<[string, Task, TaskEvent]>([
    ['more ends than open runs', taskWith({ state: 'running', runsOpen: 1 }), { kind: 'run-end', runs: 2 }],
    [
      'more releases than held runs',
      taskWith({ state: 'paused', runsHeld: 1 }),
      { kind: 'continue', by: ada, runs: 2 },
    ],
    [
      'more skips than held runs',
      taskWith({ state: 'paused', runsHeld: 1 }),
      { kind: 'stop', by: ada, runs: 2 },
    ],
    ['a wave of none', taskWith({ state: 'paused', runsHeld: 1 }), { kind: 'continue', by: ada, runs: 0 }],
    [
      'an approval of none',
      taskWith({ state: 'proposed' }),
      { kind: 'approve', by: ada, runsOpen: 0, runsHeld: 2 },
    ],
  ])('are a fault of ours, thrown, with %s', (_, task, event) => {
    expect(() => transitionTask(task, event, later)).toThrow(`task ${task.number}`);
  });
});

describe('a cancel', () => {
  it.each<[TaskState, TaskState]>([
    ['drafting', 'cancelled'],
    ['asking', 'cancelled'],
    ['proposed', 'cancelled'],
    ['running', 'cancelling'],
    ['paused', 'answering'],
  ])('in %s gives %s and says who', (from, to) => {
    const task = taskWith({
      state: from,
      runsOpen: 1,
      runsHeld: 2,
      question: { sentence: why, options: [] },
    });
    const after = moved(task, { kind: 'cancel', by: ada });
    expect(after).toMatchObject({ state: to, decision: { verdict: 'cancelled', by: ada, at: later } });
    if (isTaskEnded(to)) expect(after.question).toBeNull();
  });

  it('is over when the last open run has ended, whatever is still held', () => {
    const cancelling = taskWith({ state: 'cancelling', runsOpen: 1, runsHeld: 3 });
    expect(moved(cancelling, { kind: 'run-end', runs: 1 }).state).toBe('cancelled');
  });
});

describe('an answer', () => {
  it('keeps what was said of the draft, unless there is something to say of the reading', () => {
    const answering = taskWith({ state: 'answering', sentence: why });
    const other = sentence('card_outdated', {});
    expect(moved(answering, { kind: 'answer', answer, notice: null })).toMatchObject({
      answer,
      sentence: why,
    });
    expect(moved(answering, { kind: 'answer', answer, notice: other }).sentence).toEqual(other);
  });
});

describe('a correction', () => {
  it('has an answer that was given written again', () => {
    const done = taskWith({ state: 'done', answer });
    expect(moved(done, { kind: 'correct' })).toMatchObject({ state: 'answering', answer });
  });

  it('leaves a cancelled task cancelled', () => {
    expect(moved(taskWith({ state: 'cancelled' }), { kind: 'correct' }).state).toBe('cancelled');
  });
});

describe('whatever happens, in whatever order', () => {
  const anyEvents = fc.array(
    fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 })),
    { maxLength: 40 },
  );
  /** The event with counts that the flow could have: never more runs than there are. */
  const sized = (task: Task, kind: TaskEventKind, some: number, other: number): TaskEvent => {
    if (kind === 'approve') return { kind, by: ada, runsOpen: some, runsHeld: other };
    if (kind === 'run-end') return { kind, runs: Math.min(some, task.runsOpen) };
    if (kind === 'continue') return { kind, by: ada, runs: Math.min(some, task.runsHeld) };
    return eventsFor(task)[kind];
  };

  it('a task keeps its promises', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        let task = taskWith();
        for (const [kind, some, other] of events) {
          const step = transitionTask(task, sized(task, kind, some, other), later);
          if (!step.moved) continue;
          const after = step.task;
          expect(taskTable[task.state][kind]).toContain(after.state);
          expect(after.revision).toBeGreaterThan(task.revision);
          expect(Math.min(after.runsOpen, after.runsHeld)).toBeGreaterThanOrEqual(0);
          expect(after.runsOpen + after.runsHeld).toBeLessThanOrEqual(after.runsTotal);
          // Only a late true end of a lost run moves what has ended.
          if (isTaskEnded(task.state)) expect(kind).toBe('correct');
          // Someone is always on it: open runs exactly where the dispatcher owns the task, held ones where it pauses.
          expect(after.runsOpen > 0).toBe(after.state === 'running' || after.state === 'cancelling');
          if (after.state === 'paused') expect(after.runsHeld).toBeGreaterThan(0);
          task = after;
        }
      }),
      { numRuns: 500 },
    );
  });
});
