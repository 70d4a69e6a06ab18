import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentence } from '../../src/core/sentences.ts';
import { postsAnewMax, publishFaultRetryMs, publishSweepMs } from '../../src/flow/limits.ts';
import type { PostOutcome } from '../../src/ports/chat.ts';
import type { Post, PostPart } from '../../src/ports/store.ts';
import { consoleActor } from '../../src/web/chat.ts';
import { FakeChat } from './fake-chat.ts';
import { held } from './fake-mind.ts';
import { adaInChat, askIn, makePublishRig, nudge, owed, placeIn, publishing } from './publish-rig.ts';
import { act, joined, proposed, type Rig, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

const asked = (thread = 'T1', channel = 'C1'): Promise<number> => askIn(rig, placeIn(channel, thread));
const cancel = (task: number) => rig.desk.cancel(task, act);
const states = () =>
  chat
    .shown()
    .map(({ content }) => (content.kind === 'card' ? [content.card.task, content.card.state] : content.kind));
const postOf = async (task: number, part: PostPart = 'card'): Promise<Post> => {
  const posts = await rig.store.listPosts({ kind: 'task', number: task });
  const post = posts.find((p) => p.part === part);
  if (!post) throw new Error(`task ${task} has no ${part}`);
  return post;
};
const rewrite = (id: string, over: Partial<Post>) =>
  rig.store.change({ post: id }, ({ post }) => ({
    result: null,
    writes: post ? { posts: [{ ...post, ...over }] } : {},
  }));
const later = (retryAfterMs: number): PostOutcome => ({
  kind: 'later',
  retryAfterMs,
  reason: 'rate limited',
});

describe('a card', () => {
  it('is posted once, where it was asked, and then kept up to date', async () => {
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    await cancel(task);
    await turns();
    expect(chat.calls).toEqual([`post card ${task}`, `update card ${task}`]);
    expect(chat.shown()).toMatchObject([
      { to: { channel: 'C1', under: 'T1' }, content: { card: { state: 'cancelled' }, isAnew: false } },
    ]);
    expect(await owed(rig)).toEqual([]);
  });

  it('that moved many times while it was on its way takes one update more, and ends on the true state', async () => {
    const answer = held<void>();
    chat.onAnswer = () => answer.promise;
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    for (let i = 0; i < 50; i++) await nudge(rig, task);
    await cancel(task);
    answer.give();
    await turns();
    expect(chat.calls).toEqual([`post card ${task}`, `update card ${task}`]);
    expect(states()).toEqual([[task, 'cancelled']]);
    expect(await owed(rig)).toEqual([]);
  });

  it('that moves 500 times while the chat takes one call a second ends on the true state with a call a second', async () => {
    let free = 0;
    const calls: number[] = [];
    // Slack's pace: a call that is too soon is told when it would not be.
    const paced = (): PostOutcome | undefined => {
      const now = rig.clock.now();
      calls.push(now);
      if (now < free) return later(free - now);
      free = now + 1_000;
      return undefined;
    };
    chat.always = paced;
    await publishing(rig, [chat]);
    const task = await asked();
    for (let i = 0; i < 500; i++) {
      await nudge(rig, task);
      if (i % 50 === 0) rig.clock.step(100);
    }
    await cancel(task);
    await turns();
    for (let i = 0; i < 20; i++) {
      rig.clock.step(500);
      await turns();
    }
    expect(states()).toEqual([[task, 'cancelled']]);
    expect(await owed(rig)).toEqual([]);
    // A second of burst, and for each call that was made one that came too soon at most.
    expect(calls.length).toBeLessThanOrEqual(8);
  });

  it('says that somebody at the console acted, and not "you", who is whoever reads it', async () => {
    await publishing(rig, [chat]);
    const task = await asked();
    await rig.desk.cancel(task, { by: consoleActor(), eventId: null });
    await turns();
    const content = chat.shown().at(-1)?.content;
    const card = content?.kind === 'card' ? content.card : null;
    expect(card?.headline).toContain('somebody at the console');
    expect(card?.decision?.by).toBe('somebody at the console');
    expect((await rig.desk.card(task))?.decision?.by).toBe('you');
  });

  it('says that somebody at the console edited the script, and not "you"', async () => {
    await publishing(rig, [chat]);
    await joined(rig, 'db1');
    const { task, proposal, scripts } = await proposed(rig, 'uptime');
    const place = { surface: 'chat', channel: 'C1', thread: null };
    await rig.desk.show(task, { by: adaInChat, eventId: null, place });
    const text = { digest: scripts[0]?.digest ?? '', text: 'uptime -p' };
    const by = consoleActor();
    await rig.desk.edit(task, { by, eventId: null, proposal: proposal?.revision ?? 0, texts: [text] });
    await turns();
    const content = chat.shown().at(-1)?.content;
    expect(content?.kind === 'card' ? content.card.summary : null).toBe('Edited by somebody at the console.');
    expect((await rig.desk.card(task))?.summary).toBe('Edited by you.');
  });

  it('that was put off waits as long as the chat said, by the clock', async () => {
    chat.next = [() => later(30_000)];
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    rig.clock.step(30_000 - publishSweepMs);
    await turns();
    await nudge(rig, task);
    await turns();
    expect(chat.calls).toHaveLength(1);
    rig.clock.step(publishSweepMs);
    await turns();
    expect(states()).toEqual([[task, 'drafting']]);
  });

  it('whose channel is gone is given up, its task goes on without it, and the card elsewhere says so', async () => {
    chat.next = [() => ({ kind: 'gone', reason: sentence('surface_missing', { surface: 'chat' }) })];
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    await cancel(task);
    rig.clock.step(10 * publishSweepMs);
    await turns();
    expect(chat.calls).toEqual([`post card ${task}`]);
    const card = await rig.desk.card(task);
    expect(card?.state).toBe('cancelled');
    expect(card?.notices).toMatchObject([{ code: 'post_gone', text: expect.stringContaining('chat (C1)') }]);
    expect(rig.lines).toContainEqual({ level: 'warn', message: 'a post is given up' });
  });

  it('of a surface that is not configured any more is given up', async () => {
    const task = await asked();
    await rewrite((await postOf(task)).id, { place: { ...placeIn('C1'), surface: 'another' } });
    await publishing(rig, [chat]);
    await turns();
    expect(await owed(rig)).toEqual([]);
    expect(chat.calls).toEqual([]);
  });

  it('that somebody deleted is posted anew and says so, and after some times no more', async () => {
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    for (let i = 1; i <= postsAnewMax; i++) {
      chat.messages.clear();
      await nudge(rig, task);
      await turns();
      expect(chat.shown()).toMatchObject([{ to: { under: 'T1' }, content: { isAnew: true } }]);
    }
    const ids = [...chat.messages.values()].map((m) => m.postId);
    expect(ids).toEqual([`${(await postOf(task)).id}-${postsAnewMax}`]);
    chat.messages.clear();
    await nudge(rig, task);
    await turns();
    expect(chat.shown()).toEqual([]);
    expect((await postOf(task)).gone).toContain(`deleted ${postsAnewMax + 1} times`);
  });
});

describe('where a card goes', () => {
  it('is the top of the channel where it was asked there, and a thread of the platform’s where it was asked in one', async () => {
    await publishing(rig, [chat]);
    await askIn(rig, placeIn('C1'));
    await askIn(rig, placeIn('C1', '1700000000.123'));
    await turns();
    expect(chat.shown().map(({ to }) => to.under)).toEqual([null, '1700000000.123']);
  });

  it('is under the card that began its thread, in the same channel, once that is there', async () => {
    chat.next = [() => Promise.reject(new Error('a bug in the surface'))];
    const first = await askIn(rig, placeIn('C1'));
    await askIn(rig, placeIn('C1', String(first)), 'and the disk?');
    await askIn(rig, placeIn('C2', String(first)), 'and here?');
    await publishing(rig, [chat]);
    await turns(60);
    expect(chat.shown()).toMatchObject([{ to: { channel: 'C2', under: null } }]);
    rig.clock.step(publishFaultRetryMs);
    await turns();
    rig.clock.step(2 * publishSweepMs);
    await turns();
    expect(chat.shown().map(({ to }) => to)).toEqual([
      { channel: 'C2', under: null },
      { channel: 'C1', under: null },
      { channel: 'C1', under: 'm2' },
    ]);
  });

  it('is the channel’s top where the card that began its thread is given up', async () => {
    const first = await askIn(rig, placeIn('C1'));
    await rewrite((await postOf(first)).id, { gone: 'It was deleted.' });
    await askIn(rig, placeIn('C1', String(first)));
    await publishing(rig, [chat]);
    await turns();
    expect(chat.shown()).toMatchObject([{ to: { channel: 'C1', under: null } }]);
  });
});

describe('after a crash', () => {
  it('between the post and its commit the message is found again, not posted twice', async () => {
    const task = await asked();
    // Posted, but nobody wrote it down: what a kill at that moment leaves behind.
    const card = await rig.desk.card(task);
    if (!card) throw new Error('no card');
    const content = { kind: 'card', card, isAnew: false } as const;
    const { id } = await postOf(task);
    await chat.post(id, { channel: 'C1', under: 'T1' }, content, new AbortController().signal);
    chat.calls.length = 0;
    await cancel(task);
    rig.clock.step(1);
    await publishing(rig, [chat]);
    await turns();
    expect(chat.calls).toEqual([`find ${id}`, `update card ${task}`]);
    expect(states()).toEqual([[task, 'cancelled']]);
  });

  it('what is behind is shown at the start, with no one to wake the publisher', async () => {
    const task = await asked();
    await publishing(rig, [chat]);
    await turns();
    expect(states()).toEqual([[task, 'drafting']]);
  });

  it('a call that was stopped in its midst is taken up by the next life', async () => {
    chat.onAnswer = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const publisher = await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    await publisher.stop();
    await publisher.stop();
    chat.onAnswer = () => {};
    rig.clock.step(1);
    await publishing(rig, [chat]);
    await turns();
    expect(chat.calls).toEqual([
      `post card ${task}`,
      `find ${(await postOf(task)).id}`,
      `update card ${task}`,
    ]);
    expect(chat.shown()).toHaveLength(1);
  });
});

describe('a first post', () => {
  it('that broke off after it was done, and was then put off, is found all the same', async () => {
    let isBroken = true;
    chat.afterwards = () => {
      if (isBroken) throw new Error('broken off');
      return undefined;
    };
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    isBroken = false;
    chat.next = [() => later(1_000)];
    rig.clock.step(publishFaultRetryMs);
    await turns();
    rig.clock.step(1_000);
    await turns();
    const { id } = await postOf(task);
    const again = [`find ${id}`, `update card ${task}`];
    expect(chat.calls).toEqual([`post card ${task}`, ...again, ...again]);
    expect(chat.shown()).toHaveLength(1);
  });

  it('is not looked for before it, as nobody can have posted it', async () => {
    await publishing(rig, [chat]);
    const task = await asked();
    await turns();
    expect(chat.calls).toEqual([`post card ${task}`]);
  });

  it.each([
    ['threw', () => Promise.reject<PostOutcome>(new Error('a bug'))],
    [
      'may have posted it',
      (): PostOutcome => ({ kind: 'later', retryAfterMs: 1_000, reason: 'timeout', isUnsure: true }),
    ],
  ])('is looked for where a try %s', async (_, failed) => {
    await publishing(rig, [chat]);
    const task = await asked();
    chat.next = [failed];
    await turns();
    const { id } = await postOf(task);
    rig.clock.step(publishFaultRetryMs);
    await turns();
    expect(chat.calls).toEqual([`post card ${task}`, `find ${id}`, `post card ${task}`]);
    chat.next = [() => later(1_000)];
    const second = await asked('T2');
    await turns();
    rig.clock.step(publishFaultRetryMs);
    await turns();
    expect(chat.calls.slice(3)).toEqual([`post card ${second}`, `post card ${second}`]);
  });
});
