import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestCharsMax } from '../../src/core/limits.ts';
import { askFor, cardOf, makeRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.dispose());

it('makes a task of a request, with its entry in the log', async () => {
  const card = cardOf(await rig.desk.ask(askFor('  check memory on db1  ', { on: 'db1' })));
  expect(card).toMatchObject({ state: 'drafting', request: 'check memory on db1', asker: { name: 'Ada' } });
  expect(await rig.store.listAudit(0, 10)).toMatchObject([
    { kind: 'task.create', task: card.task, detail: { request: 'check memory on db1', on: 'db1' } },
  ]);
});

it('names a new thread by its first task, and leaves a thread that the platform named alone', async () => {
  const place = { surface: 'web', channel: 'web', thread: null };
  const first = cardOf(await rig.desk.ask(askFor('one', { place })));
  const second = cardOf(await rig.desk.ask(askFor('two', { place: { ...place, thread: 'T9' } })));
  expect(first.place.thread).toBe(String(first.task));
  expect(second.place.thread).toBe('T9');
});

it('takes the same delivery once, be it later or at the same time', async () => {
  const deliver = () => rig.desk.ask(askFor('check memory', { eventId: 'delivery-1' }));
  const [first, second] = (await Promise.all([deliver(), deliver()])).map(cardOf);
  const third = cardOf(await deliver());
  expect([second?.task, third.task]).toEqual([first?.task, first?.task]);
  expect(await rig.store.listTasks({ limit: 10 })).toHaveLength(1);
});

it('takes two requests without an id for two', async () => {
  await rig.desk.ask(askFor('check memory'));
  await rig.desk.ask(askFor('check memory'));
  expect(await rig.store.listTasks({ limit: 10 })).toHaveLength(2);
});

it.each([
  ['nothing', '', 'request_empty'],
  ['blanks', ' \n\t', 'request_empty'],
  ['more than is read', 'x'.repeat(requestCharsMax + 1), 'request_too_long'],
])('refuses %s with a sentence, and stores nothing', async (_, request, code) => {
  const outcome = await rig.desk.ask(askFor(request));
  expect(outcome).toMatchObject({ kind: 'refused', sentence: { code } });
  expect(await rig.store.listTasks({ limit: 10 })).toEqual([]);
});

it('takes a request of exactly the length that is read', async () => {
  const card = cardOf(await rig.desk.ask(askFor('x'.repeat(requestCharsMax))));
  expect(card.request).toHaveLength(requestCharsMax);
});

it('owes a card only to surfaces that post', async () => {
  await rig.desk.ask(askFor('on the console'));
  const place = { surface: 'chat', channel: 'C1', thread: 'T1' };
  const card = cardOf(await rig.desk.ask(askFor('in the chat', { place })));
  const now = rig.clock.now();
  expect(await rig.store.channelsBehind(now)).toEqual([{ surface: 'chat', channel: 'C1' }]);
  const subject = { kind: 'task', number: card.task };
  expect(await rig.store.listPostsBehind(place, now, 10)).toMatchObject([
    { part: 'card', subject, place, createdAt: now, isQuiet: false },
  ]);
});
