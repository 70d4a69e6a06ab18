import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { Place } from '../../src/core/task.ts';
import { publishFaultRetryMs, publishSweepMs } from '../../src/flow/limits.ts';
import { publishWorker } from '../../src/flow/publish.ts';
import type {
  ChatContent,
  ChatSurface,
  PostedMessage,
  PostOutcome,
  PostTarget,
} from '../../src/ports/chat.ts';
import { held } from './fake-mind.ts';
import { act, askFor, cardOf, makeRig, type Rig, turns } from './rig.ts';

const cardIn = (content: ChatContent): Card => {
  if (content.kind !== 'card') throw new Error(`a ${content.kind} was posted`);
  return content.card;
};

/** A chat that keeps what was posted, carries our post ids, and answers as a test says. */
class FakeChat implements ChatSurface {
  readonly surface = 'chat';
  readonly messages = new Map<string, { postId: string; place: PostTarget; card: Card }>();
  readonly calls: string[] = [];
  /** Answers the next calls in place of the chat. */
  next: (() => PostOutcome | Promise<PostOutcome>)[] = [];
  /** What happens between the chat's doing and its answer. */
  onAnswer: () => void | Promise<void> = () => {};
  readonly #busy = new Set<string>();
  overlaps = 0;

  post(postId: string, place: PostTarget, content: ChatContent): Promise<PostOutcome> {
    const card = cardIn(content);
    return this.#call(`post ${card.task}`, place, () => {
      const id = `m${this.messages.size + 1}`;
      this.messages.set(id, { postId, place, card });
      return { kind: 'posted', message: { channel: place.channel, id } };
    });
  }

  update(message: PostedMessage, content: ChatContent): Promise<PostOutcome> {
    const card = cardIn(content);
    const known = this.messages.get(message.id);
    if (!known) throw new Error(`no message ${message.id}`);
    return this.#call(`update ${card.task}`, known.place, () => {
      this.messages.set(message.id, { ...known, card });
      return { kind: 'posted', message };
    });
  }

  async find(postId: string, place: PostTarget): Promise<PostedMessage | null> {
    const found = [...this.messages].find(([, m]) => m.postId === postId);
    return found ? { channel: place.channel, id: found[0] } : null;
  }

  async whisper(): Promise<void> {}

  async #call(what: string, place: PostTarget, act: () => PostOutcome): Promise<PostOutcome> {
    this.calls.push(what);
    const key = JSON.stringify(place);
    if (this.#busy.has(key)) this.overlaps++;
    this.#busy.add(key);
    try {
      const outcome = (await this.next.shift()?.()) ?? act();
      await this.onAnswer();
      return outcome;
    } finally {
      this.#busy.delete(key);
    }
  }
}

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makeRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

const publishing = () => {
  const { store, terms, clock, log } = rig;
  return rig.started(publishWorker({ store, terms, clock, log, surfaces: new Map([['chat', chat]]) }));
};
const place = (thread = 'T1'): Place => ({ surface: 'chat', channel: 'C1', thread });
const asked = async (thread?: string): Promise<number> =>
  cardOf(await rig.desk.ask(askFor('uptime', { place: place(thread) }))).task;
const cancel = (task: number) => rig.desk.cancel(task, act);
const shown = () => [...chat.messages.values()].map((m) => [m.card.task, m.card.state]);
const behind = () => rig.store.listPostsBehind(Number.MAX_SAFE_INTEGER, 100);
/** Moves the task's revision on, as the progress of its runs does. */
const nudge = (task: number) =>
  rig.store.change({ task }, (view) => ({
    result: null,
    writes: view.task ? { task: { ...view.task, revision: view.task.revision + 1 } } : {},
  }));

describe('a card', () => {
  it('is posted once, where it was asked, and then kept up to date', async () => {
    await publishing();
    const task = await asked();
    await turns();
    await cancel(task);
    await turns();
    expect(chat.calls).toEqual([`post ${task}`, `update ${task}`]);
    expect([...chat.messages.values()]).toMatchObject([
      { postId: `task-${task}`, place: { channel: 'C1', under: 'T1' }, card: { state: 'cancelled' } },
    ]);
    expect(await behind()).toEqual([]);
  });

  it('that moved many times while it was on its way takes one update more, and ends on the true state', async () => {
    const answer = held<void>();
    chat.onAnswer = () => answer.promise;
    await publishing();
    const task = await asked();
    await turns();
    for (let i = 0; i < 50; i++) await nudge(task);
    await cancel(task);
    answer.give();
    await turns();
    expect(chat.calls).toEqual([`post ${task}`, `update ${task}`]);
    expect(shown()).toEqual([[task, 'cancelled']]);
    expect(await behind()).toEqual([]);
  });

  it('that was put off waits as long as the chat said, by the clock', async () => {
    chat.next = [() => ({ kind: 'later', retryAfterMs: 30_000, reason: 'rate limited' })];
    await publishing();
    const task = await asked();
    await turns();
    rig.clock.step(30_000 - publishSweepMs);
    await turns();
    await nudge(task);
    await turns();
    expect(chat.calls).toHaveLength(1);
    for (let i = 0; i < 2; i++) {
      rig.clock.step(publishSweepMs);
      await turns();
    }
    expect(shown()).toEqual([[task, 'drafting']]);
  });

  it('whose channel is gone is given up, and its task goes on without it', async () => {
    chat.next = [() => ({ kind: 'gone', reason: sentence('surface_missing', { surface: 'chat' }) })];
    await publishing();
    const task = await asked();
    await turns();
    await cancel(task);
    rig.clock.step(10 * publishSweepMs);
    await turns();
    expect(chat.calls).toEqual([`post ${task}`]);
    expect((await rig.store.getTask(task))?.task.state).toBe('cancelled');
  });

  it('of a surface that is not configured any more is given up', async () => {
    const task = await asked();
    await rig.store.change({ post: `task-${task}` }, ({ post }) => ({
      result: null,
      writes: post ? { post: { ...post, place: { ...place(), surface: 'another' } } } : {},
    }));
    await publishing();
    await turns();
    expect(await behind()).toEqual([]);
    expect(chat.calls).toEqual([]);
  });
});

describe('after a crash', () => {
  it('between the post and its commit the message is found again, not posted twice', async () => {
    const task = await asked();
    // Posted, but nobody wrote it down: what a kill at that moment leaves behind.
    const card = await rig.desk.card(task);
    if (!card) throw new Error('no card');
    await chat.post(`task-${task}`, { channel: 'C1', under: 'T1' }, { kind: 'card', card, isAnew: false });
    chat.calls.length = 0;
    await cancel(task);
    await publishing();
    await turns();
    expect(chat.calls).toEqual([`update ${task}`]);
    expect(shown()).toEqual([[task, 'cancelled']]);
  });

  it('what is behind is shown at the start, with no one to wake the publisher', async () => {
    const task = await asked();
    await publishing();
    await turns();
    expect(shown()).toEqual([[task, 'drafting']]);
  });
});

describe('many cards', () => {
  it('are all shown, more than one pass takes', async () => {
    const tasks = await Promise.all(Array.from({ length: 30 }, (_, i) => asked(`T${i}`)));
    await publishing();
    await turns(60);
    expect(
      shown()
        .map(([task]) => task)
        .sort(),
    ).toEqual(tasks.sort());
  });

  it('of one thread are posted one after another, in the order in which they were asked', async () => {
    const first = await asked();
    const second = await asked();
    await publishing();
    await turns();
    expect(chat.calls).toEqual([`post ${first}`, `post ${second}`]);
    expect(chat.overlaps).toBe(0);
  });
});

describe('a surface that throws', () => {
  it('is tried again later, and neither spins nor keeps the others waiting', async () => {
    const first = await asked('T1');
    chat.next = [() => Promise.reject(new Error('a bug in the surface'))];
    await publishing();
    const second = await asked('T2');
    await turns(60);
    expect(shown().map(([task]) => task)).toEqual([second]);
    expect(chat.calls).toHaveLength(2);
    expect(rig.lines).toContainEqual({ level: 'error', message: 'a surface failed' });
    rig.clock.step(publishFaultRetryMs);
    await turns();
    rig.clock.step(publishSweepMs);
    await turns();
    expect(shown().map(([task]) => task)).toEqual([second, first]);
  });

  it('while another card is on its way makes nobody post that one twice', async () => {
    const answer = held<PostOutcome>();
    await asked('T1');
    await asked('T2');
    chat.next = [() => Promise.reject(new Error('a bug in the surface')), () => answer.promise];
    await publishing();
    await turns();
    rig.clock.step(publishSweepMs);
    await turns();
    expect(chat.calls).toHaveLength(2);
    answer.give({ kind: 'posted', message: { channel: 'C1', id: 'slow' } });
    await turns();
    expect(chat.calls).toHaveLength(2);
  });
});
