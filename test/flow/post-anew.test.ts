import { afterEach, beforeEach, expect, it } from 'vitest';
import { postAnew, postAnewOfThread } from '../../src/flow/post-anew.ts';
import { FakeChat } from './fake-chat.ts';
import { held } from './fake-mind.ts';
import { askIn, makePublishRig, nudge, owed, placeIn, publishing } from './publish-rig.ts';
import { act, type Rig, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

/** The only message of ours, which somebody takes away. */
const erase = (): string => {
  const [id] = [...chat.messages.keys()];
  if (id === undefined) throw new Error('nothing is there');
  chat.messages.delete(id);
  return id;
};
const told = (id: string, channel = 'C1') => postAnew(rig.store, 'chat', { channel, id });

it('the card of an open task comes back at once, and says so', async () => {
  await publishing(rig, [chat]);
  await askIn(rig);
  await turns();
  await told(erase());
  await turns();
  expect(chat.shown()).toMatchObject([{ content: { kind: 'card', isAnew: true } }]);
});

it('what has ended stays away, and so does what was never ours', async () => {
  await publishing(rig, [chat]);
  const task = await askIn(rig);
  await turns();
  await told('m1', 'C2');
  await told('m7');
  expect(await owed(rig)).toEqual([]);
  await rig.desk.cancel(task, act);
  await turns();
  await told(erase());
  await turns();
  expect(chat.messages.size).toBe(0);
});

it('told twice it is posted once', async () => {
  await publishing(rig, [chat]);
  await askIn(rig);
  await turns();
  const id = erase();
  await Promise.all([told(id), told(id)]);
  await turns();
  await told(id);
  await turns();
  expect(chat.messages.size).toBe(1);
});

it('a message that is deleted while it is brought up to date is not taken for shown', async () => {
  await publishing(rig, [chat]);
  const task = await askIn(rig);
  await turns();
  const answer = held<void>();
  chat.onAnswer = () => answer.promise;
  await nudge(rig, task);
  await turns();
  expect(chat.calls.at(-1)).toBe(`update card ${task}`);
  await told(erase());
  chat.onAnswer = () => {};
  answer.give();
  await turns();
  expect(chat.shown()).toMatchObject([{ content: { isAnew: true } }]);
});

it('of a deleted thread the cards of open tasks come back', async () => {
  await publishing(rig, [chat]);
  const place = placeIn('C1', 'T1');
  const open = await askIn(rig, place);
  const ended = await askIn(rig, place, 'disk on db1');
  await rig.desk.cancel(ended, act);
  await turns();
  // On this platform a thread is a channel of its own.
  for (const task of [open, ended])
    for (const post of await rig.store.listPosts({ kind: 'task', number: task }))
      await rig.store.change({ post: post.id }, () => ({
        result: null,
        writes: { posts: [{ ...post, messageChannel: 'T1' }] },
      }));
  chat.messages.clear();
  await postAnewOfThread(rig.store, place, 'T1');
  await turns();
  expect(chat.shown()).toMatchObject([{ content: { card: { task: open }, isAnew: true } }]);
});
