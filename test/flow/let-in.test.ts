import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sentence } from '../../src/core/sentences.ts';
import { letIn } from '../../src/flow/let-in.ts';
import { shutAgeMsMax } from '../../src/flow/limits.ts';
import { FakeChat } from './fake-chat.ts';
import { adaInChat, askIn, makePublishRig, nudge, placeIn, publishing } from './publish-rig.ts';
import { type Rig, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

const channel = { surface: 'chat', channel: 'C1' };
const reason = sentence('slack_channel_gone', { error: 'not_in_channel' });
/** We are removed from the channel, or let in again. */
const setShut = (isShut: boolean): void => {
  chat.always = () => (isShut ? { kind: 'gone', reason, isShut } : undefined);
};
const cancel = (task: number) => rig.desk.cancel(task, { by: adaInChat, eventId: randomUUID() });
const shown = () =>
  [...chat.messages.values()].flatMap(({ content }) =>
    content.kind === 'card' ? [[content.card.task, content.card.state, content.isAnew]] : [],
  );

it('the cards of a channel that was closed to us are brought up to date where they stand, or posted', async () => {
  await publishing(rig, [chat]);
  const there = await askIn(rig);
  await turns();
  setShut(true);
  await cancel(there);
  const late = await askIn(rig);
  await turns();
  expect((await rig.desk.card(late))?.notices).toMatchObject([{ code: 'post_gone' }]);
  setShut(false);
  await letIn(rig.store, channel);
  await turns();
  expect(shown()).toEqual([
    [there, 'cancelled', false],
    [late, 'drafting', false],
  ]);
  expect((await rig.desk.card(late))?.notices).toEqual([]);
});

it('a card whose message was deleted meanwhile is posted anew', async () => {
  await publishing(rig, [chat]);
  const task = await askIn(rig);
  await turns();
  setShut(true);
  await nudge(rig, task);
  await turns();
  chat.messages.clear();
  setShut(false);
  await letIn(rig.store, channel);
  await turns();
  expect(shown()).toEqual([[task, 'drafting', true]]);
});

it('what ended long ago stays away, and so does what was given up for another reason, or elsewhere', async () => {
  await publishing(rig, [chat]);
  const [old, deleted] = [await askIn(rig), await askIn(rig)];
  const elsewhere = await askIn(rig, placeIn('C2'));
  await turns();
  chat.always = () => ({ kind: 'gone', reason });
  await nudge(rig, deleted);
  await turns();
  setShut(true);
  await cancel(old);
  await nudge(rig, elsewhere);
  await turns();
  setShut(false);
  chat.calls.length = 0;
  rig.clock.step(shutAgeMsMax + 1);
  await letIn(rig.store, channel);
  await turns();
  expect(chat.calls).toEqual([]);
});
