/**
 * The words of the whole project. Every file, column, log line and card uses these and no others.
 *
 * request   what a person wrote
 * task      one request on its way from words to answer; people call it by its number, `#1042`
 * script    text plus interpreter, known by its SHA-256 digest
 * proposal  the script for each platform that the targets need, and what it does
 * target    a machine that the request means, resolved and pinned when proposed
 * approval  a person's decision, bound to the digest of what they saw
 * vote      one person's yes while more are needed; enough of them make the approval
 * run       one script on one agent, once
 * wave      runs released together
 * answer    what the runs' results mean, in words
 * agent     the program on a machine
 * gateway   the server's end of the streams
 * surface   where people talk to us (Slack, Discord, web, HTTP, CLI)
 * card      the message that shows a task
 * runbook   a kept script with a name, parameters and history
 * actor     who did it: a person on a surface, a machine token, an alert rule, a schedule
 */
import type { Answer, FollowUp } from './answer.ts';
import type { Language } from './language.ts';
import type { Sentence } from './sentences.ts';

/** Milliseconds since the Unix epoch, always read from the store's clock. */
export type Instant = number;

export const TaskState = {
  /** The drafter owns it: a script is being found or written. */
  drafting: 'drafting',
  /** A person owns it: the request doesn't say which machine, and a question is open. */
  asking: 'asking',
  /** A person owns it: the script is shown and waits for a decision until `decideBy`. */
  proposed: 'proposed',
  /** The dispatcher owns it: runs are on their way or running. */
  running: 'running',
  /** A person owns it: a wave has ended, the next one waits. */
  paused: 'paused',
  /** The dispatcher owns it: someone said stop; the open runs are being ended. */
  cancelling: 'cancelling',
  /** The interpreter owns it: every run has ended, the answer is being written. */
  answering: 'answering',
  done: 'done',
  cancelled: 'cancelled',
  rejected: 'rejected',
  /** Nobody decided by `decideBy`. */
  expired: 'expired',
  /** Policy forbids it. */
  refused: 'refused',
  /** No script could be drafted; `sentence` says why and what to try. */
  failed: 'failed',
} as const;
export type TaskState = (typeof TaskState)[keyof typeof TaskState];

/** Who did it. `id` is the surface's own stable id for the person, `name` is for showing only. */
export interface Actor {
  kind: 'person' | 'token' | 'alert' | 'schedule' | 'server';
  surface: string;
  id: string;
  name: string;
}

/** Where the conversation is. A thread is the platform's own id of it, null at the channel's top. */
export interface Place {
  surface: string;
  channel: string;
  thread: string | null;
}

export const Platform = { linux: 'linux', macos: 'macos', windows: 'windows' } as const;
export type Platform = (typeof Platform)[keyof typeof Platform];

/** A machine that the request means, pinned when proposed: later changes to labels don't move it. */
export interface Target {
  agentId: string;
  name: string;
  platform: Platform;
  /** The user that scripts run as there, as its agent told when this was proposed; missing where none did. */
  user?: string;
}

/** The open question of a task in `asking`: each option is a machine's name that may be chosen. */
export interface Question {
  sentence: Sentence;
  options: string[];
}

/** What a person decided about a proposal, kept for the card. */
export interface Decision {
  verdict: 'approved' | 'rejected' | 'cancelled';
  by: Actor;
  at: Instant;
  /** The person's own words, null when they gave none. */
  reason: string | null;
}

/** One person's yes to the current proposal. */
export interface Vote {
  by: Actor;
  at: Instant;
}

/** Under which name and version people kept a task's script as a runbook. */
export interface Kept {
  name: string;
  version: number;
  by: Actor;
  at: Instant;
}

export interface Task {
  number: number;
  state: TaskState;
  /** Counts every change of the task or one of its runs; what a post compares to know that it is behind. */
  revision: number;
  request: string;
  /** A message that the asker pointed at ("ask about this"), cut: data of whoever wrote it (law 5). Null for none. */
  context: string | null;
  /** Set by the drafter once it knows; `en` until then. */
  language: Language;
  /** The machines named outside the request's words (`--on db1`, a menu's choice); null when none. */
  on: string | null;
  asker: Actor;
  place: Place;
  targets: Target[];
  /** The current proposal's revision; 0 before the first. */
  proposalRevision: number;
  decideBy: Instant | null;
  /** Runs that may still end (`queued` to `running`); at zero the task moves on. */
  runsOpen: number;
  /** Runs whose wave is not released. */
  runsHeld: number;
  runsTotal: number;
  question: Question | null;
  /** Every yes to the current proposal so far; the one that made the approval is the last. */
  votes: Vote[];
  decision: Decision | null;
  /** Why it ended as it did, or what went on despite a fault (a model that was down); null when all is plain. */
  sentence: Sentence | null;
  answer: Answer | null;
  /** Requests that would work where this one didn't: the nearest runbooks. */
  suggestions: FollowUp[];
  /** The runbook that its script was kept as last; null where nobody kept it. */
  kept: Kept | null;
  createdAt: Instant;
  updatedAt: Instant;
}

/** States from which nothing more happens. */
export const endedTaskStates: readonly TaskState[] = [
  TaskState.done,
  TaskState.cancelled,
  TaskState.rejected,
  TaskState.expired,
  TaskState.refused,
  TaskState.failed,
];

/** True when nothing more will happen to a task in this state. */
export const isTaskEnded = (state: TaskState): boolean => endedTaskStates.includes(state);
