import { createHash } from 'node:crypto';
import { sentence } from '../core/sentences.ts';
import type { Instant, Place, Task } from '../core/task.ts';
import type { Post, PostPart, PostSubject } from '../ports/store.ts';
import { postsAnewMax } from './limits.ts';

/**
 * A post of which nothing is shown yet; written, it wakes the publisher. Its id comes of what it shows and where, so
 * that what is wanted twice is one row.
 *
 * @param wanted.isQuiet for a message that was not addressed to us: see `Post`.
 */
export const newPost = (wanted: {
  part: PostPart;
  subject: PostSubject;
  place: Place;
  now: Instant;
  isQuiet?: boolean;
}): Post => {
  const { part, subject, place, now, isQuiet = false } = wanted;
  const where = createHash('sha256').update(JSON.stringify([place.surface, place.channel, place.thread]));
  return {
    id: `${subject.kind}-${subject.number}-${part}-${where.digest('hex').slice(0, placeDigits)}`,
    part,
    subject,
    place,
    messageId: null,
    messageChannel: null,
    shownRevision: 0,
    retryAt: 0,
    timesAnew: 0,
    isQuiet,
    createdAt: now,
    gone: null,
    isShut: false,
    refused: null,
  };
};

/** The card of a task in a place: the one where it was asked, or another where somebody wants to see it. */
export const newCardPost = ({ number }: Task, place: Place, now: Instant, isQuiet = false): Post =>
  newPost({ part: 'card', subject: { kind: 'task', number }, place, now, isQuiet });

/** One that was given up and is wanted again: a new message, as the earlier one may be gone with its channel. */
export const revived = (post: Post): Post => ({
  ...post,
  messageId: null,
  messageChannel: null,
  shownRevision: 0,
  retryAt: 0,
  timesAnew: post.timesAnew + 1,
  isQuiet: false,
  gone: null,
  isShut: false,
  refused: null,
});

/** One whose message somebody deleted: wanted again, or given up where that happens too often. */
export const withoutMessage = (post: Post): Post => {
  const times = post.timesAnew + 1;
  const gone = times > postsAnewMax ? sentence('post_deleted', { times }).text : null;
  const unshown = { messageId: null, messageChannel: null, shownRevision: 0, refused: null };
  return { ...post, ...unshown, timesAnew: times, gone };
};

/** Enough to tell the few places of one subject apart. */
const placeDigits = 8;
