import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentence } from '../../src/core/sentences.ts';
import type { Draft } from '../../src/ports/drafter.ts';
import { FakeChat } from './fake-chat.ts';
import { FakeDrafter, held } from './fake-mind.ts';
import { adaInChat, makePublishRig, owed, placeIn, publishing } from './publish-rig.ts';
import { ada, askFor, cardOf, joined, type Rig, reached, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
let drafter: FakeDrafter;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
  drafter = new FakeDrafter();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

const place = placeIn('C1', '17.1');
const replied = async (request = 'thanks, that helped', asker = adaInChat): Promise<number> =>
  cardOf(await rig.desk.ask(askFor(request, { place, asker, isQuiet: true }))).task;
const nothing: Draft = {
  kind: 'nothing',
  sentence: sentence('runbook_none', { nearest: [] }),
  language: 'en',
  nearest: [],
};
const failed = async (task: number): Promise<void> => {
  await rig.drafting(drafter);
  await reached(rig, task, 'failed');
  await turns();
};
const postOf = async (task: number) => (await rig.store.listPosts({ kind: 'task', number: task }))[0];

describe('a reply that did not mention us', () => {
  it('has no card while a script is being found, and one like any other once there is', async () => {
    const draft = held<void>();
    drafter.say = async ({ platforms }) => {
      await draft.promise;
      return new FakeDrafter().say(
        { platforms, words: '', before: [], context: null },
        new AbortController().signal,
      );
    };
    await publishing(rig, [chat]);
    const task = await replied('uptime on db1');
    await rig.drafting(drafter);
    await drafter.asked.until(1);
    await turns();
    expect(chat.calls).toEqual([]);
    expect(await owed(rig)).toEqual([]);
    draft.give();
    await reached(rig, task, 'proposed');
    await turns();
    expect(chat.shown()).toMatchObject([
      { to: { channel: 'C1', under: '17.1' }, content: { kind: 'card', card: { state: 'proposed' } } },
    ]);
    expect(chat.whispers).toEqual([]);
  });

  it('that meant nothing is told to its writer alone, once, and never shown', async () => {
    drafter.say = () => nothing;
    const publisher = await publishing(rig, [chat]);
    const task = await replied();
    await failed(task);
    expect(chat.calls).toEqual([]);
    expect(chat.whispers).toMatchObject([
      { to: { channel: 'C1', under: '17.1' }, person: adaInChat, said: { code: 'runbook_none' } },
    ]);
    expect((await postOf(task))?.gone).toContain('did not mention');
    await publisher.stop();
    rig.clock.step(1);
    await publishing(rig, [chat]);
    await turns();
    expect(chat.whispers).toHaveLength(1);
    expect(chat.calls).toEqual([]);
  });

  it('is settled before the whisper, so that a fault there repeats nothing', async () => {
    drafter.say = () => nothing;
    let whispers = 0;
    chat.whisper = async () => {
      whispers++;
      throw new Error('a bug in the surface');
    };
    await publishing(rig, [chat]);
    await failed(await replied());
    rig.clock.step(3_600_000);
    await turns();
    expect(whispers).toBe(1);
    expect(rig.lines).toContainEqual({ level: 'warn', message: 'a whisper was lost' });
  });

  it('by somebody whom this surface doesn’t know is whispered to nobody', async () => {
    drafter.say = () => nothing;
    await publishing(rig, [chat]);
    const task = await replied('thanks', ada);
    await failed(task);
    expect(chat.whispers).toEqual([]);
    expect((await postOf(task))?.gone).not.toBeNull();
  });

  it('that failed after its card was shown is told on the card', async () => {
    await publishing(rig, [chat]);
    const task = await replied('uptime');
    await joined(rig, 'db2');
    drafter.say = () => nothing;
    await rig.drafting(drafter);
    await reached(rig, task, 'asking');
    await turns();
    expect(chat.shown()).toMatchObject([{ content: { card: { state: 'asking' } } }]);
    cardOf(await rig.desk.choose(task, { by: adaInChat, eventId: null, option: 'db1' }));
    await reached(rig, task, 'failed');
    await turns();
    expect(chat.shown()).toMatchObject([{ content: { card: { state: 'failed' } } }]);
    expect(chat.whispers).toEqual([]);
  });
});
