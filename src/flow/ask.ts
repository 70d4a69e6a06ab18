import { Language } from '../core/language.ts';
import { contextCharsMax, requestCharsMax } from '../core/limits.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { type Task, TaskState } from '../core/task.ts';
import type { Store, View } from '../ports/store.ts';
import { deliveryOf } from './delivery.ts';
import type { Ask } from './desk.ts';
import { newCardPost } from './new-post.ts';

export type AskOutcome = { kind: 'asked'; task: number } | { kind: 'refused'; sentence: Sentence };

/**
 * Makes a task out of a request, once for each delivery id. Everything slower (which machine, which script) is the
 * drafter's: this commits and returns (law 7).
 *
 * @param postsCards whether the place's surface shows cards as messages, so that the publisher owes it one.
 */
export const ask = async (store: Store, asked: Ask, postsCards: boolean): Promise<AskOutcome> => {
  const request = asked.request.trim();
  if (request === '') return { kind: 'refused', sentence: sentence('request_empty', {}) };
  if (request.length > requestCharsMax) {
    const values = { chars: request.length, charsMax: requestCharsMax };
    return { kind: 'refused', sentence: sentence('request_too_long', values) };
  }
  return store.change<AskOutcome>(deliveryOf(asked), (view) => {
    if (view.isOtherDelivery) return { result: { kind: 'refused', sentence: sentence('key_reused', {}) } };
    if (view.seenEventTask !== null) return { result: { kind: 'asked', task: view.seenEventTask } };
    const task = newTask({ ...asked, request }, view);
    const audit = [
      {
        kind: 'task.create' as const,
        actor: asked.asker,
        task: task.number,
        run: null,
        digest: null,
        detail: { request, on: asked.on, ...(task.context === null ? {} : { context: task.context }) },
      },
    ];
    return {
      result: { kind: 'asked', task: task.number },
      writes: {
        task,
        audit,
        ...(asked.eventId === null ? {} : { eventTask: task.number }),
        ...(postsCards ? { posts: [newCardPost(task, task.place, view.now, asked.isQuiet)] } : {}),
      },
    };
  });
};

/** Never half of a character; what is cut off is not told, since the message itself is where it was pointed at. */
const beginningOf = (text: string): string =>
  text.length <= contextCharsMax ? text : text.slice(0, contextCharsMax).replace(/[\uD800-\uDBFF]$/, '');

const newTask = (asked: Ask, view: View): Task => ({
  number: view.nextTask,
  state: TaskState.drafting,
  revision: 1,
  request: asked.request,
  context: asked.context ? beginningOf(asked.context) : null,
  language: Language.en,
  on: asked.on,
  asker: asked.asker,
  place: { ...asked.place, thread: asked.place.thread ?? String(view.nextTask) },
  targets: [],
  proposalRevision: 0,
  decideBy: null,
  runsOpen: 0,
  runsHeld: 0,
  runsTotal: 0,
  question: null,
  votes: [],
  decision: null,
  sentence: null,
  answer: null,
  suggestions: [],
  kept: null,
  createdAt: view.now,
  updatedAt: view.now,
});
