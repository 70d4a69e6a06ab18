import type { IncidentCard } from '../core/incident-card.ts';
import type { Instant } from '../core/task.ts';
import type { ChatSurface } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import { type Post, type PostChannel, PostPart, type Store } from '../ports/store.ts';
import { channelsRememberedMax, publishLookMax, publishSlots, publishSweepMs } from './limits.ts';
import { type ShowParts, showPost } from './publish-post.ts';
import { StreamedWords } from './streamed-words.ts';
import type { Terms } from './terms.ts';
import { Worker } from './worker.ts';

export interface PublisherParts {
  store: Store;
  surfaces: ReadonlyMap<string, ChatSurface>;
  terms: Terms;
  /** What an incident's message shows; null for one that is not there. */
  incidentCard: (number: number) => Promise<IncidentCard | null>;
  clock: Clock;
  log: Log;
}

/** One channel's turn-taking: one call at a time, and none while the platform says to wait. */
interface Lane {
  readonly channel: PostChannel;
  busy: Promise<void> | null;
  /** There was work for it while it was busy. */
  isWanted: boolean;
  /** No message is posted before that, so that the order is kept; updates go on. */
  firstsWaitUntil: Instant;
  /** Until when an update waits, by its post: that of one message says nothing of the others. */
  readonly updatesWait: Map<string, Instant>;
  /** Which of the lanes was served last; the one that waits longest goes first. */
  servedAt: number;
  /** The last message that was brought up to date: the next ones of the channel have their turn first. */
  last: Post | null;
  /** First posts and updates take turns, so that neither progress nor new cards are starved by the other. */
  wasFirst: boolean;
}

/**
 * Keeps every posted message up to date by one rule: a post whose shown revision is behind its subject's is rendered
 * again. Rate limits, retries, coalescing and crash recovery fall out of it: however often a task moved, one update
 * shows where it stands.
 *
 * Modes: new, started, stopped. Channels don't wait for each other; in one channel one call is under way at a time, and
 * messages are posted in the order in which they were wanted. A new message that is put off holds up the new ones of its
 * channel, an update nothing but itself.
 */
export class Publisher implements Service {
  readonly name = 'publish';
  readonly #parts: PublisherParts;
  readonly #worker: Worker;
  readonly #lanes = new Map<string, Lane>();
  readonly #words: StreamedWords;
  readonly #unsure = new Set<string>();
  #show: ShowParts;
  #served = 0;
  #unwatch: () => void = () => {};

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#show = { ...parts, startedAt: parts.clock.now(), unsure: this.#unsure };
    this.#words = new StreamedWords(parts.store);
    this.#worker = new Worker({
      ...parts,
      name: 'publish',
      sweepMs: publishSweepMs,
      pass: (signal) => this.#pass(signal),
    });
  }

  async start(): Promise<void> {
    if (this.#parts.surfaces.size === 0) return;
    this.#show = { ...this.#show, startedAt: this.#parts.clock.now() };
    this.#unwatch = this.#parts.store.onCommit(({ tasks, incidents }) => {
      if (tasks.size + incidents.size > 0) this.#worker.wake();
    });
    await this.#worker.start();
  }

  /** Aborts the calls under way and waits for their ends; what they were about is shown by the next life. */
  async stop(): Promise<void> {
    this.#unwatch();
    await this.#worker.stop();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.busy));
  }

  /** The words of a task's answer so far, while it is written. Nothing is stored of them. */
  tellWords(task: number, text: string): void {
    if (this.#parts.surfaces.size === 0) return;
    this.#words.tell(task, text);
    this.#worker.wake();
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    const worded = await this.#words.posts(clock.now());
    const waiting = new Map<string, PostChannel>();
    for (const channel of await store.channelsBehind(clock.now())) waiting.set(keyOf(channel), channel);
    for (const { place } of worded) waiting.set(keyOf(place), place);
    this.#forget(waiting);
    const lanes = [...waiting.values()].map((channel) => this.#laneOf(channel));
    for (const lane of lanes.sort((a, b) => a.servedAt - b.servedAt)) {
      lane.isWanted = lane.busy !== null;
      if (lane.busy || this.#busyIn(lane.channel.surface) >= publishSlots) continue;
      lane.servedAt = ++this.#served;
      const own = worded.filter(({ place }) => keyOf(place) === keyOf(lane.channel));
      lane.busy = this.#serve(lane, own, signal).then((isServed) => {
        lane.busy = null;
        if (isServed || lane.isWanted) this.#worker.wake();
      });
    }
  }

  /** One call for one post of the channel. @returns false where nothing can be done now. */
  async #serve(lane: Lane, worded: readonly Post[], signal: AbortSignal): Promise<boolean> {
    const { store, clock, log } = this.#parts;
    try {
      const behind = await store.listPostsBehind(lane.channel, clock.now(), publishLookMax);
      const more = worded.filter(({ id }) => !behind.some((post) => post.id === id));
      const post = nextOf(lane, [...behind, ...more], clock.now());
      if (!post || signal.aborted) return false;
      const words = this.#words.of(post.subject.number);
      const shown = await showPost(this.#show, post, words, signal);
      if (shown.kind === 'later') {
        this.#putOff(lane, post, shown.retryAfterMs);
        return true;
      }
      lane.updatesWait.delete(post.id);
      lane.wasFirst = post.messageId === null;
      if (!lane.wasFirst) lane.last = post;
      if (post.part === PostPart.answer) this.#words.note(post, words, shown.content === 'answer');
      return true;
    } catch (err) {
      // The store: its rows are still there at the next sweep.
      if (!signal.aborted) log.error({ err, channel: lane.channel }, 'a channel could not be served');
      return false;
    }
  }

  #putOff(lane: Lane, post: Post, forMs: number): void {
    const { clock } = this.#parts;
    const now = clock.now();
    for (const [id, waits] of lane.updatesWait) if (waits <= now) lane.updatesWait.delete(id);
    const until = now + forMs;
    if (post.messageId === null) lane.firstsWaitUntil = until;
    else lane.updatesWait.set(post.id, until);
    clock.after(forMs, () => this.#worker.wake());
  }

  #busyIn(surface: string): number {
    return [...this.#lanes.values()].filter((lane) => lane.busy && lane.channel.surface === surface).length;
  }

  #laneOf(channel: PostChannel): Lane {
    const key = keyOf(channel);
    const known = this.#lanes.get(key);
    if (known) return known;
    const { surface, channel: name } = channel;
    const lane: Lane = {
      channel: { surface, channel: name },
      busy: null,
      isWanted: false,
      firstsWaitUntil: 0,
      updatesWait: new Map(),
      servedAt: 0,
      last: null,
      wasFirst: false,
    };
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Lanes without work, once there are many: what they remember is only who was served last. */
  #forget(waiting: ReadonlyMap<string, PostChannel>): void {
    if (this.#lanes.size <= channelsRememberedMax) return;
    const now = this.#parts.clock.now();
    for (const [key, lane] of this.#lanes) {
      if (!lane.busy && lane.firstsWaitUntil <= now && !waiting.has(key)) this.#lanes.delete(key);
    }
  }
}

const keyOf = ({ surface, channel }: PostChannel): string => JSON.stringify([surface, channel]);

/** The oldest post that has no message, or the next update after the last one, by turns where there are both. */
const nextOf = (
  { last, wasFirst, firstsWaitUntil, updatesWait }: Lane,
  posts: readonly Post[],
  now: Instant,
): Post | undefined => {
  const inOrder = [...posts].sort(byAge);
  const first = firstsWaitUntil > now ? undefined : inOrder.find((post) => post.messageId === null);
  const updates = inOrder.filter((post) => post.messageId !== null && (updatesWait.get(post.id) ?? 0) <= now);
  const update = updates.find((post) => last !== null && byAge(last, post) < 0) ?? updates[0];
  return first && !(update && wasFirst) ? first : update;
};

/** As the store lists them. */
const byAge = (a: Post, b: Post): number =>
  a.createdAt - b.createdAt ||
  a.subject.number - b.subject.number ||
  (a.id < b.id ? -1 : Number(a.id > b.id));
