import type { Answer, FollowUp } from './answer.ts';
import type { Language } from './language.ts';
import type { Sentence } from './sentences.ts';
import { type Actor, type Instant, type Question, type Target, type Task, TaskState } from './task.ts';

/** What may happen to a task. Each is committed with its audit entry, or not at all. */
export type TaskEvent =
  | {
      kind: 'propose';
      targets: Target[];
      language: Language;
      proposalRevision: number;
      decideBy: Instant;
      notice: Sentence | null;
    }
  | { kind: 'ask'; question: Question; language: Language; decideBy: Instant }
  | { kind: 'choose'; on: string }
  | { kind: 'fail'; sentence: Sentence; language: Language; suggestions: FollowUp[] }
  | { kind: 'refuse'; sentence: Sentence }
  | { kind: 'edit'; proposalRevision: number; decideBy: Instant }
  /** One of several people said yes; more are needed. */
  | { kind: 'vote'; by: Actor }
  | { kind: 'approve'; by: Actor; runsOpen: number; runsHeld: number }
  | { kind: 'reject'; by: Actor; reason: string | null }
  | { kind: 'expire'; sentence: Sentence }
  | { kind: 'cancel'; by: Actor }
  /** A run moved and is still open: only the revision counts up. */
  | { kind: 'run-move' }
  /** `runs` open runs ended in this commit. */
  | { kind: 'run-end'; runs: number }
  /** The next wave goes: `runs` held ones became queued. */
  | { kind: 'continue'; by: Actor; runs: number }
  /** No further wave: `runs` held ones became skipped. */
  | { kind: 'stop'; by: Actor; runs: number }
  | { kind: 'answer'; answer: Answer; notice: Sentence | null }
  /** A lost run's true end arrived after all; an answer that was given is written again. */
  | { kind: 'correct' };

export type TaskEventKind = TaskEvent['kind'];

const S = TaskState;

/**
 * Where each event may lead from each state. docs/state-machine.md draws this table, a test holds the two
 * together, and the crash tests take their points from it.
 */
export const taskTable: {
  readonly [S in TaskState]: { readonly [K in TaskEventKind]?: readonly TaskState[] };
} = {
  drafting: {
    propose: [S.proposed],
    ask: [S.asking],
    fail: [S.failed],
    refuse: [S.refused],
    cancel: [S.cancelled],
  },
  asking: { choose: [S.drafting], expire: [S.expired], cancel: [S.cancelled] },
  proposed: {
    edit: [S.proposed],
    vote: [S.proposed],
    approve: [S.running],
    reject: [S.rejected],
    expire: [S.expired],
    refuse: [S.refused],
    cancel: [S.cancelled],
  },
  running: {
    'run-move': [S.running],
    'run-end': [S.running, S.paused, S.answering],
    cancel: [S.cancelling],
    correct: [S.running],
  },
  paused: { continue: [S.running], stop: [S.answering], cancel: [S.answering], correct: [S.paused] },
  cancelling: {
    'run-move': [S.cancelling],
    'run-end': [S.cancelling, S.cancelled],
    correct: [S.cancelling],
  },
  answering: { answer: [S.done], correct: [S.answering] },
  done: { correct: [S.answering] },
  cancelled: { correct: [S.cancelled] },
  rejected: {},
  expired: {},
  refused: {},
  failed: {},
};

/** Either the task after the event, or the news that this event means nothing in this state: a lost race. */
export type TaskTransition = { moved: true; task: Task } | { moved: false; from: TaskState };

/**
 * Moves a task. Pure: the same task and event give the same task.
 *
 * @param now the store's clock at the commit.
 */
export const transitionTask = (task: Task, event: TaskEvent, now: Instant): TaskTransition => {
  const allowed = taskTable[task.state][event.kind];
  if (!allowed) return { moved: false, from: task.state };
  const next = { ...task, ...changeOf(task, event, now), revision: task.revision + 1, updatedAt: now };
  if (!allowed.includes(next.state)) {
    throw new Error(`transition table: ${task.state} + ${event.kind} may not give ${next.state}`);
  }
  return { moved: true, task: next };
};

const changeOf = (task: Task, event: TaskEvent, now: Instant): Partial<Task> => {
  switch (event.kind) {
    case 'propose':
      return {
        state: S.proposed,
        targets: event.targets,
        language: event.language,
        proposalRevision: event.proposalRevision,
        decideBy: event.decideBy,
        question: null,
        sentence: event.notice,
      };
    case 'ask':
      return {
        state: S.asking,
        question: event.question,
        language: event.language,
        decideBy: event.decideBy,
      };
    case 'choose':
      return { state: S.drafting, on: event.on, question: null, decideBy: null };
    case 'fail':
      return {
        state: S.failed,
        sentence: event.sentence,
        language: event.language,
        suggestions: event.suggestions,
      };
    case 'refuse':
      return { state: S.refused, sentence: event.sentence, decideBy: null };
    case 'edit':
      return { proposalRevision: event.proposalRevision, decideBy: event.decideBy, votes: [] };
    case 'vote':
      return { votes: [...task.votes, { by: event.by, at: now }] };
    case 'reject':
      return {
        state: S.rejected,
        decideBy: null,
        decision: { verdict: 'rejected', by: event.by, at: now, reason: event.reason },
      };
    case 'expire':
      return { state: S.expired, question: null, sentence: event.sentence, decideBy: null };
    case 'answer':
      return { state: S.done, answer: event.answer, sentence: event.notice ?? task.sentence };
    case 'correct':
      return task.state === S.done ? { state: S.answering } : {};
    default:
      return runChangeOf(task, event, now);
  }
};

type RunRelated = Extract<
  TaskEvent,
  { kind: 'approve' | 'cancel' | 'run-move' | 'run-end' | 'continue' | 'stop' }
>;

const runChangeOf = (task: Task, event: RunRelated, now: Instant): Partial<Task> => {
  switch (event.kind) {
    case 'approve':
      // Runs without an open one would leave the task in `running` for ever.
      if (event.runsOpen < 1) throw new Error(`task ${task.number}: approved without a run that goes`);
      return {
        state: S.running,
        decision: { verdict: 'approved', by: event.by, at: now, reason: null },
        votes: [...task.votes, { by: event.by, at: now }],
        decideBy: null,
        runsOpen: event.runsOpen,
        runsHeld: event.runsHeld,
        runsTotal: event.runsOpen + event.runsHeld,
      };
    case 'run-move':
      return {};
    case 'run-end':
      return afterRunsEnded(task, task.runsOpen - event.runs);
    case 'continue':
      if (event.runs < 1) throw new Error(`task ${task.number}: continued without a run that goes`);
      return {
        state: S.running,
        runsOpen: task.runsOpen + event.runs,
        runsHeld: heldWithout(task, event.runs),
      };
    case 'stop':
      return { state: S.answering, runsHeld: heldWithout(task, event.runs) };
    case 'cancel': {
      const decision = { verdict: 'cancelled' as const, by: event.by, at: now, reason: null };
      if (task.state === S.running) return { state: S.cancelling, decision };
      // What the finished waves said is still worth an answer.
      if (task.state === S.paused) return { state: S.answering, decision, runsHeld: 0 };
      return { state: S.cancelled, decision, question: null, decideBy: null };
    }
  }
};

const heldWithout = (task: Task, runs: number): number => {
  if (runs > task.runsHeld) throw new Error(`task ${task.number}: more runs were released than were held`);
  return task.runsHeld - runs;
};

/** "Each run's end lowers its task's count of open runs in the same commit; zero moves the task." */
const afterRunsEnded = (task: Task, runsOpen: number): Partial<Task> => {
  if (runsOpen < 0) throw new Error(`task ${task.number}: more runs ended than were open`);
  if (runsOpen > 0) return { runsOpen };
  if (task.state === S.cancelling) return { runsOpen, state: S.cancelled };
  return { runsOpen, state: task.runsHeld > 0 ? S.paused : S.answering };
};
