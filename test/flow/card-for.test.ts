import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { FakeChat } from './fake-chat.ts';
import { publishing } from './publish-rig.ts';
import { act, agentIdOf, joined, makeRig, proposed, type Rig, turns } from './rig.ts';

/** Of which machines the store was asked; null for all. */
const asked: (readonly string[] | null)[] = [];
const noting = (store: Store): Store =>
  new Proxy(store, {
    get: (_, name: keyof Store) => {
      if (name !== 'listAgents') return (store[name] as (...args: unknown[]) => unknown).bind(store);
      return (ids?: readonly string[]) => {
        asked.push(ids ?? null);
        return store.listAgents(ids);
      };
    },
  });

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(noting);
  await joined(rig, 'db1', 'db2', 'db3');
});
afterEach(() => rig.dispose());

it('a card, a list of cards and a message read the machines of their tasks, however many there are', async () => {
  const { task } = await proposed(rig, 'uptime on db1');
  asked.length = 0;
  const card = await rig.desk.card(task);
  expect(card?.targets).toMatchObject([{ name: 'db1', online: true }]);
  expect(await rig.desk.cards({ limit: 9 })).toEqual([card]);
  const chat = new FakeChat();
  await publishing(rig, [chat]);
  await rig.desk.show(task, { ...act, place: { surface: 'chat', channel: 'C1', thread: null } });
  await turns();
  expect(chat.shown()).toMatchObject([{ content: { card: { targets: [{ online: true }] } } }]);
  expect(asked.length).toBeGreaterThanOrEqual(4);
  expect(new Set(asked.flat())).toEqual(new Set([agentIdOf('db1')]));
});
