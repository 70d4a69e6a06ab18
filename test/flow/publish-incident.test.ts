import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IncidentCard } from '../../src/core/incident-card.ts';
import { publishHeldWaitMs } from '../../src/flow/limits.ts';
import { newPost } from '../../src/flow/new-post.ts';
import { FakeChat } from './fake-chat.ts';
import { askIn, makePublishRig, owed, placeIn, publishing } from './publish-rig.ts';
import { type Rig, turns } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
});
afterEach(() => rig.dispose());

const incident: IncidentCard = {
  number: 17,
  revision: 3,
  state: 'firing',
  tone: 'bad',
  headline: 'Disk full on db1',
  title: 'DiskFull',
  source: 'alertmanager',
  severity: 'critical',
  summary: null,
  machines: ['db1'],
  startedAt: 1,
  endedAt: null,
  firing: 1,
  resolved: 0,
  times: 1,
  alerts: [],
  more: 0,
  acknowledgedBy: null,
  silencedUntil: null,
  diagnosis: null,
  choices: [],
  link: null,
  notices: [],
  actions: [],
};
const subject = { kind: 'incident', number: 17 } as const;
const raise = (place = placeIn('C1')) =>
  rig.store.change({}, ({ now }) => ({
    result: null,
    writes: { posts: [newPost({ part: 'incident', subject, place, now })] },
  }));

it('an incident is a message, posted as soon as its post is committed, and deleted ones are posted anew', async () => {
  await publishing(rig, [chat], async (number) => (number === 17 ? incident : null));
  await raise();
  await turns();
  expect(chat.shown()).toEqual([
    { to: { channel: 'C1', under: null }, content: { kind: 'incident', incident, isAnew: false } },
  ]);
  expect(await owed(rig)).toEqual([]);
});

it('a task of an incident’s thread stands under its message, once that is posted', async () => {
  chat.next = [() => Promise.reject(new Error('a bug'))];
  await publishing(rig, [chat], async () => incident);
  await raise();
  await turns();
  const task = await askIn(rig, placeIn('C1', '!17'));
  await turns();
  expect(chat.messages.size).toBe(0);
  for (let i = 0; i < 40; i++) {
    rig.clock.step(1_000);
    await turns();
  }
  expect(chat.shown()).toMatchObject([
    { to: { under: null }, content: { kind: 'incident' } },
    { to: { channel: 'C1', under: 'm1' }, content: { kind: 'card', card: { task } } },
  ]);
});

it('a task under a message that is held back over the night looks for it now and then, and not each second', async () => {
  await publishing(rig, [chat], async () => incident);
  const held = { ...newPost({ part: 'incident', subject, place: placeIn('C1'), now: rig.clock.now() }) };
  const writes = { posts: [{ ...held, retryAt: rig.clock.now() + 6 * 3_600_000 }] };
  await rig.store.change({}, () => ({ result: null, writes }));
  const number = await askIn(rig, placeIn('C1', '!17'));
  await turns();
  const [card] = await rig.store.listPosts({ kind: 'task', number });
  expect((card?.retryAt ?? 0) - rig.clock.now()).toBe(publishHeldWaitMs);
  expect(chat.messages.size).toBe(0);
});

it('an incident that is not there is given up', async () => {
  await publishing(rig, [chat]);
  await raise();
  await turns();
  expect(chat.calls).toEqual([]);
  expect(await rig.store.listPosts(subject)).toMatchObject([
    { gone: expect.stringContaining('not in the database') },
  ]);
});
