import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentence } from '../../src/core/sentences.ts';
import {
  publishFaultRetryMs,
  refusedHoldMs,
  refusedRetryMsMax,
  refusedTriedMs,
} from '../../src/flow/limits.ts';
import type { PostOutcome } from '../../src/ports/chat.ts';
import { FakeChat } from './fake-chat.ts';
import { askIn, makePublishRig, nudge, owed, publishing } from './publish-rig.ts';
import { type Rig, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

const retryAfterMs = 5_000;
const refusal = sentence('slack_post_refused', { error: 'strange' });
const no: PostOutcome = { kind: 'later', retryAfterMs, reason: 'strange', refusal };

/** The chat refuses what is posted or changed of this task, and takes everything else. */
const refuse = (task: number | null): void => {
  chat.always = () => (task !== null && chat.calls.at(-1)?.endsWith(` ${task}`) ? no : undefined);
};
const pass = async (forMs: number): Promise<void> => {
  for (let left = forMs; left > 0; left -= retryAfterMs) {
    rig.clock.step(retryAfterMs);
    await turns();
  }
};
const cards = () =>
  chat.shown().flatMap(({ content }) => (content.kind === 'card' ? [content.card.task] : []));
const noticesOf = async (task: number) => (await rig.desk.card(task))?.notices ?? [];

describe('a card that the chat refuses', () => {
  it('holds up its channel a while, then gives way, and the others come in their order', async () => {
    const tasks = [await askIn(rig), await askIn(rig), await askIn(rig)];
    const [refused = 0, ...others] = tasks;
    refuse(refused);
    await publishing(rig, [chat]);
    await turns();
    expect(chat.calls).toEqual([`post card ${refused}`]);
    expect(await noticesOf(refused)).toMatchObject([
      { code: 'post_refused', text: expect.stringContaining('strange') },
    ]);
    await pass(refusedHoldMs);
    expect(cards()).toEqual(others);
    expect(rig.lines).toContainEqual({ level: 'warn', message: 'a refused post gives way to the others' });
    const late = await askIn(rig);
    await turns();
    expect(cards()).toEqual([...others, late]);
  });

  it('passes in its order where the chat takes it before that', async () => {
    const tasks = [await askIn(rig), await askIn(rig)];
    refuse(tasks[0] ?? 0);
    await publishing(rig, [chat]);
    await turns();
    refuse(null);
    await pass(retryAfterMs);
    expect(cards()).toEqual(tasks);
    expect(await noticesOf(tasks[0] ?? 0)).toEqual([]);
  });

  it('is tried seldomer each time, also by a later life, and is shown once it is taken', async () => {
    const task = await askIn(rig);
    refuse(task);
    const publisher = await publishing(rig, [chat]);
    await turns();
    await pass(2 * refusedHoldMs);
    await publisher.stop();
    await publishing(rig, [chat]);
    await turns();
    chat.calls.length = 0;
    for (let i = 0; i < 12; i++) {
      rig.clock.step(refusedRetryMsMax / 2);
      await turns();
    }
    expect(chat.calls.filter((call) => call.startsWith('post')).length).toBeLessThan(8);
    refuse(null);
    rig.clock.step(refusedRetryMsMax);
    await turns();
    expect(cards()).toEqual([task]);
    expect(await noticesOf(task)).toEqual([]);
  });

  it('is given up after a day, and the card elsewhere still says why', async () => {
    const task = await askIn(rig);
    refuse(task);
    await publishing(rig, [chat]);
    await turns();
    await pass(refusedHoldMs);
    for (let i = 0; i < 30; i++) {
      rig.clock.step(refusedTriedMs / 24);
      await turns();
    }
    expect(await owed(rig)).toEqual([]);
    expect(await noticesOf(task)).toMatchObject([
      { code: 'post_gone', text: expect.stringContaining('strange') },
    ]);
  });

  it('keeps no follow-up in its thread waiting', async () => {
    const task = await askIn(rig);
    refuse(task);
    await publishing(rig, [chat]);
    await turns();
    await pass(refusedHoldMs);
    const next = await askIn(rig, { surface: 'chat', channel: 'C1', thread: String(task) });
    await turns();
    expect(chat.shown()).toMatchObject([{ to: { under: null }, content: { card: { task: next } } }]);
  });
});

describe('a card whose change is refused', () => {
  it('is tried seldomer too, and keeps nobody waiting', async () => {
    await publishing(rig, [chat]);
    const task = await askIn(rig);
    await turns();
    refuse(task);
    await nudge(rig, task);
    await turns();
    const other = await askIn(rig);
    await turns();
    expect(cards()).toEqual([task, other]);
    expect(await noticesOf(task)).toMatchObject([{ code: 'post_refused' }]);
    await pass(refusedHoldMs + publishFaultRetryMs);
    chat.calls.length = 0;
    rig.clock.step(retryAfterMs);
    await turns();
    expect(chat.calls).toEqual([]);
    refuse(null);
    await pass(2 * refusedHoldMs);
    expect(chat.calls).toEqual([`update card ${task}`]);
    expect(await owed(rig)).toEqual([]);
    expect(await noticesOf(task)).toEqual([]);
  });
});
