import type { AuditNote } from '../core/audit.ts';
import { isSamePlace } from '../core/place.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Place } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { deliveryOf } from './delivery.ts';
import type { Act } from './desk.ts';
import { newCardPost, revived } from './new-post.ts';

export type ShowOutcome = { kind: 'shown' } | { kind: 'refused'; sentence: Sentence };

/**
 * Shows a task's card in one more place, where it follows from then on. Where it is already, whoever asked is told so,
 * or they would wait for it; one that was given up (the channel was closed to us, say) is tried again.
 *
 * @param postsCards whether the place's surface shows cards as messages; where not, there is nothing to do.
 */
export const show = (
  store: Store,
  number: number,
  act: Act & { place: Place },
  postsCards: boolean,
): Promise<ShowOutcome> =>
  store.change<ShowOutcome>({ task: number, allPosts: true, ...deliveryOf(act) }, (view) => {
    if (view.isOtherDelivery) return { result: { kind: 'refused', sentence: sentence('key_reused', {}) } };
    if (!view.task) return { result: { kind: 'refused', sentence: sentence('task_unknown', { number }) } };
    const result: ShowOutcome = { kind: 'shown' };
    if (view.seenEventTask !== null || !postsCards) return { result };
    const place = { ...act.place, thread: act.place.thread ?? String(number) };
    const fresh = newCardPost(view.task, place, view.now);
    const known = view.posts.find(({ id }) => id === fresh.id);
    const seen = act.eventId === null ? {} : { eventTask: number };
    if (known && known.gone === null) {
      return { result: { kind: 'refused', sentence: sentence('card_here', { number }) } };
    }
    // Its answer was given up with it.
    const given = view.posts.filter((post) => post.gone !== null && isSamePlace(post.place, place));
    const audit = [noteOf(number, act)];
    return { result, writes: { ...seen, posts: known ? given.map(revived) : [fresh], audit } };
  });

/** Who sees a channel sees the card from then on, wherever it was asked: so the log says who let them. */
const noteOf = (task: number, { by, place: { surface, channel } }: Act & { place: Place }): AuditNote => ({
  kind: 'card.show',
  actor: by,
  task,
  run: null,
  digest: null,
  detail: { surface, channel },
});
