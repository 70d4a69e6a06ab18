import type { IncidentCard } from '../core/incident-card.ts';
import { isSamePlace } from '../core/place.ts';
import { proposalSeenElsewhere, taskSeenElsewhere } from '../core/seen-elsewhere.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { type Actor, type Task, TaskState } from '../core/task.ts';
import type { ChatContent } from '../ports/chat.ts';
import { type Post, PostPart, type Store, type TaskRecord } from '../ports/store.ts';
import { agentsOf, cardFor } from './card-for.ts';
import { callsAskerAfterMs, outputShownBytesMax } from './limits.ts';
import { newPost } from './new-post.ts';
import { outputFile } from './output-file.ts';
import type { Terms } from './terms.ts';

/** What a post is to show now. `revision` is the subject's own, as it was read. */
export type Wanted =
  | { kind: 'content'; content: ChatContent; revision: number; record: TaskRecord | null }
  /** Nothing before the subject moves on. */
  | { kind: 'nothing'; revision: number }
  /** Nothing was ever shown, and one person should know why. */
  | { kind: 'whisper'; to: Actor; said: Sentence }
  /** What it was to show is not there. */
  | { kind: 'missing' };

export interface ContentParts {
  store: Store;
  terms: Terms;
  incidentCard: (number: number) => Promise<IncidentCard | null>;
}

/** @param words of the task's answer so far, while it is written; null without. */
export const wantedOf = async (parts: ContentParts, post: Post, words: string | null): Promise<Wanted> => {
  if (post.subject.kind === 'incident') {
    const incident = await parts.incidentCard(post.subject.number);
    if (!incident) return { kind: 'missing' };
    const content: ChatContent = { kind: 'incident', incident, isAnew: post.timesAnew > 0 };
    return { kind: 'content', content, revision: incident.revision, record: null };
  }
  const record = await parts.store.getTask(post.subject.number);
  if (!record) return { kind: 'missing' };
  const { revision, state, asker, sentence: why } = record.task;
  if (post.isQuiet && post.messageId === null) {
    if (state === TaskState.drafting) return { kind: 'nothing', revision };
    if (state === TaskState.failed) {
      return { kind: 'whisper', to: asker, said: why ?? sentence('reply_not_understood', {}) };
    }
  }
  const content = await contentOf(parts, post, record, words);
  return content ? { kind: 'content', content, revision, record } : { kind: 'nothing', revision };
};

const contentOf = async (
  parts: ContentParts,
  post: Post,
  record: TaskRecord,
  words: string | null,
): Promise<ChatContent | null> => {
  const { task, proposal } = record;
  const seen = {
    ...record,
    task: taskSeenElsewhere(task),
    proposal: proposal && proposalSeenElsewhere(proposal),
  };
  const card = async () => cardFor(parts.terms, seen, await agentsOf(parts.store, seen));
  switch (post.part) {
    case PostPart.card:
      return { kind: 'card', card: await card(), isAnew: post.timesAnew > 0 };
    case PostPart.output:
      return {
        kind: 'output',
        task: task.number,
        file: await outputFile(parts.store, record, fileNameOf(post, task)),
      };
    case PostPart.answer: {
      const callsAsker = doesCallAsker(post, task);
      if (hasAnswer(task)) return { kind: 'answer', card: await card(), callsAsker };
      if (words === null || task.state !== TaskState.answering) return null;
      return { kind: 'words', task: task.number, asker: task.asker, text: words, callsAsker };
    }
    case PostPart.incident:
      throw new Error(`post ${post.id} shows an incident, of a task`);
  }
};

/** `find` tells a file by its name, so each place that shows the task has one of its own. */
const fileNameOf = ({ id, place }: Post, { number, place: own }: Task): string =>
  isSamePlace(place, own) ? `nerdy-${number}` : `nerdy-${number}-${id.slice(id.lastIndexOf('-') + 1)}`;

const hasAnswer = ({ state, answer }: Task): boolean => state === TaskState.done && answer !== null;

/**
 * Read off rows that stay as they are, since it must be the same for all that one message shows: an edit calls nobody.
 * Called where they asked alone, however many places show the task.
 */
const doesCallAsker = ({ createdAt, place }: Post, task: Task): boolean =>
  createdAt - task.createdAt > callsAskerAfterMs &&
  task.asker.kind === 'person' &&
  task.asker.surface === place.surface &&
  isSamePlace(place, task.place);

/**
 * The posts that follow a card which shows this: its answer, once one is being written, and the output where an answer
 * can't show it. Made in the commit that notes the card as shown, so that no crash comes in between.
 */
export const followingPosts = (
  card: Post,
  { task, runs }: TaskRecord,
  there: readonly Post[],
  now: number,
): Post[] => {
  const { subject, place } = card;
  const bytes = runs.reduce((sum, run) => sum + run.stdoutBytes + run.stderrBytes, 0);
  const parts = [
    ...(task.state === TaskState.answering || hasAnswer(task) ? [PostPart.answer] : []),
    ...(hasAnswer(task) && bytes > outputShownBytesMax ? [PostPart.output] : []),
  ];
  return parts
    .map((part) => newPost({ part, subject, place, now }))
    .filter(({ id }) => !there.some((post) => post.id === id));
};
