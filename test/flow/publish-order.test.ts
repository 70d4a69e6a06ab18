import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishFaultRetryMs } from '../../src/flow/limits.ts';
import { newCardPost } from '../../src/flow/new-post.ts';
import type { PostOutcome } from '../../src/ports/chat.ts';
import { FakeChat } from './fake-chat.ts';
import { held } from './fake-mind.ts';
import { adaInChat, askIn, makePublishRig, nudge, owed, placeIn, publishing } from './publish-rig.ts';
import { askFor, cardOf, type Rig, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

const asked = (channel = 'C1', thread: string | null = null): Promise<number> =>
  askIn(rig, placeIn(channel, thread));
const cards = () =>
  chat.shown().flatMap(({ content }) => (content.kind === 'card' ? [content.card.task] : []));
const down = (): PostOutcome => ({ kind: 'later', retryAfterMs: 5_000, reason: 'the far end is down' });

describe('the messages of one channel', () => {
  it('are posted one after another, in the order in which they were asked, whatever their threads', async () => {
    const tasks = [await asked('C1'), await asked('C1', '17.1'), await asked('C1')];
    await publishing(rig, [chat]);
    await turns();
    expect(chat.calls).toEqual(tasks.map((task) => `post card ${task}`));
    expect(chat.overlaps).toBe(0);
  });

  it('come in their order after an outage, also one that outlived the server', async () => {
    chat.always = down;
    const publisher = await publishing(rig, [chat]);
    const tasks = [await asked()];
    await turns();
    tasks.push(await asked());
    rig.clock.step(5_000);
    await turns();
    await publisher.stop();
    tasks.push(await asked());
    await publishing(rig, [chat]);
    await turns();
    expect(chat.messages.size).toBe(0);
    chat.always = () => undefined;
    rig.clock.step(5_000);
    await turns(60);
    expect(cards()).toEqual(tasks);
    expect(chat.overlaps).toBe(0);
  });

  it('all get their turn while one of them moves on and on', async () => {
    await publishing(rig, [chat]);
    const busy = await asked();
    await turns();
    chat.onAnswer = async () => {
      await nudge(rig, busy);
    };
    const second = await asked();
    const third = await asked();
    await turns(60);
    expect(cards()).toEqual([busy, second, third]);
    chat.onAnswer = () => {};
    await turns();
    expect(await owed(rig)).toEqual([]);
  });

  it('all get their updates while one of them moves on and on', async () => {
    await publishing(rig, [chat]);
    const tasks = [await asked(), await asked(), await asked()];
    await turns();
    const [busy = 0] = tasks;
    chat.calls.length = 0;
    chat.onAnswer = async () => {
      await nudge(rig, busy);
    };
    for (const task of tasks) await nudge(rig, task);
    await turns(60);
    expect(new Set(chat.calls.slice(0, 3))).toEqual(new Set(tasks.map((task) => `update card ${task}`)));
    chat.onAnswer = () => {};
    await turns();
  });

  it('are not held up by one at which the surface throws', async () => {
    chat.next = [() => Promise.reject(new Error('a bug in the surface'))];
    const first = await asked();
    const second = await asked();
    await publishing(rig, [chat]);
    await turns();
    expect(cards()).toEqual([second]);
    rig.clock.step(publishFaultRetryMs);
    await turns();
    expect(cards()).toEqual([second, first]);
  });
});

describe('a slow call', () => {
  it('holds up its own channel alone, and ends as it should', async () => {
    const answer = held<void>();
    chat.onAnswer = () => answer.promise;
    await publishing(rig, [chat]);
    const slow = await asked('C1');
    await turns();
    chat.onAnswer = () => {};
    const others = [await asked('C2'), await asked('C3')];
    const behindIt = await asked('C1');
    await turns();
    await nudge(rig, others[0] ?? 0);
    await turns();
    expect(chat.calls).toEqual([
      `post card ${slow}`,
      ...others.map((task) => `post card ${task}`),
      `update card ${others[0]}`,
    ]);
    answer.give();
    await turns();
    expect(cards()).toEqual([slow, ...others, behindIt]);
    expect(chat.overlaps).toBe(0);
  });

  it('of many channels leaves another surface its own', async () => {
    const other = new FakeChat('other');
    const answer = held<void>();
    chat.onAnswer = () => answer.promise;
    await publishing(rig, [chat, other]);
    const slow = Array.from({ length: 30 }, (_, i) => `C${i}`);
    for (const channel of slow) await asked(channel);
    await turns();
    const place = { surface: 'other', channel: 'D1', thread: null };
    const task = cardOf(await rig.desk.ask(askFor('uptime', { place, asker: adaInChat }))).task;
    await rig.store.change({ task }, ({ task: row, now }) => ({
      result: null,
      writes: row ? { posts: [newCardPost(row, place, now)] } : {},
    }));
    await turns();
    expect(other.calls).toEqual([`post card ${task}`]);
    answer.give();
    await turns(200);
    expect(chat.messages.size).toBe(slow.length);
  });

  it('for an update that is put off keeps neither new messages nor other updates waiting', async () => {
    await publishing(rig, [chat]);
    const tasks = [await asked(), await asked()];
    await turns();
    const [busy = 0, calm = 0] = tasks;
    chat.calls.length = 0;
    chat.next = [down];
    await nudge(rig, busy);
    await turns();
    await nudge(rig, calm);
    const third = await asked();
    await turns();
    expect(chat.calls.slice(1).sort()).toEqual([`post card ${third}`, `update card ${calm}`]);
    rig.clock.step(5_000);
    await turns();
    expect(chat.calls.slice(3)).toEqual([`update card ${busy}`]);
  });

  it('that is put off pauses its channel alone', async () => {
    chat.next = [() => down()];
    await publishing(rig, [chat]);
    const first = await asked('C1');
    await turns();
    const second = await asked('C1');
    const third = await asked('C2');
    await turns();
    expect(cards()).toEqual([third]);
    rig.clock.step(5_000);
    await turns();
    expect(cards()).toEqual([third, first, second]);
  });
});

describe('stopping', () => {
  it('waits for the calls under way, and begins no other', async () => {
    const answer = held<void>();
    chat.onAnswer = () => answer.promise;
    const publisher = await publishing(rig, [chat]);
    const first = await asked();
    await asked();
    await turns();
    const stopped = publisher.stop();
    answer.give();
    await stopped;
    await turns();
    expect(chat.calls).toEqual([`post card ${first}`]);
    expect(await owed(rig)).toHaveLength(1);
  });
});

describe('many cards', () => {
  it('of many channels are all shown', async () => {
    const tasks: number[] = [];
    for (let i = 0; i < 60; i++) tasks.push(await asked(`C${i % 30}`));
    await publishing(rig, [chat]);
    await turns(300);
    expect(cards().sort()).toEqual(tasks.sort());
    expect(await owed(rig)).toEqual([]);
  });
});
