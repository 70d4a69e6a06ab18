import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSelector } from '../../src/core/selector.ts';
import type { Place } from '../../src/core/task.ts';
import { greet } from '../../src/flow/greet.ts';
import { anIncident } from '../contract/store-incidents.ts';
import { aNote } from '../contract/store-rows.ts';
import { FakeDrafter } from './fake-mind.ts';
import { act, askFor, cardOf, greetingOf, joined, makeRig, type Rig } from './rig.ts';

const channel = { surface: 'chat', channel: 'C1', thread: null };

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'web1', 'db2');
  await greet(rig.store, rig.check, greetingOf('db1', { labels: { role: 'db' } }));
  await rig.drafting(new FakeDrafter());
});
afterEach(() => rig.dispose());

/** Asks and gives the machines that are meant, or the question. */
const meant = async (request: string, place: Place = channel) => {
  const { task } = cardOf(await rig.desk.ask(askFor(request, { place })));
  return rig.until(async () => {
    const card = await rig.desk.card(task);
    if (!card || card.state === 'drafting') return null;
    return {
      task,
      place: card.place,
      names: card.targets.map((t) => t.name),
      question: card.question?.text ?? null,
    };
  });
};

describe('a channel that is about some machines', () => {
  beforeEach(() => {
    const selector = parseSelector('role=db');
    if (selector) rig.channelDefaults.set('chat:C1', selector);
  });

  it('has them meant where nothing else is said', async () => {
    expect((await meant('check memory')).names).toEqual(['db1']);
    expect((await meant('check memory here')).names).toEqual(['db1']);
  });

  it('has those that join later meant too', async () => {
    await greet(rig.store, rig.check, greetingOf('db2', { labels: { role: 'db' } }));
    const agent = (await rig.store.listAgents()).find(({ name }) => name === 'db2');
    if (!agent) throw new Error('no machine');
    const labels = { role: 'db' };
    await rig.store.change({ agent: agent.id }, () => ({
      result: null,
      writes: { agent: { ...agent, labels } },
    }));
    expect((await meant('check memory')).names).toEqual(['db1', 'db2']);
  });

  it('comes after what the words say, and after what its thread is about', async () => {
    const first = await meant('check memory on web1');
    expect(first.names).toEqual(['web1']);
    expect((await meant('and the disk?', first.place)).names).toEqual(['web1']);
  });

  it('is no other channel, be it of the same name elsewhere', async () => {
    const other = { ...channel, channel: 'C2' };
    expect((await meant('check memory', other)).question).toContain('which of the 3 machines');
    expect((await meant('check memory', { ...channel, surface: 'web' })).question).not.toBeNull();
  });

  it('asks where its machines are not there', async () => {
    rig.channelDefaults.set('chat:C1', { kind: 'names', patterns: ['gone1'] });
    expect((await meant('check memory')).question).toContain('which of the 3 machines');
  });
});

describe('a conversation under a card that is shown in another channel', () => {
  it("is about the card's machines", async () => {
    const { task } = await meant('check memory on web1');
    const elsewhere = { ...channel, channel: 'C2' };
    await rig.desk.show(task, { ...act, place: elsewhere });
    expect((await meant('and the disk?', { ...elsewhere, thread: String(task) })).names).toEqual(['web1']);
  });

  it('is none where the card is not shown, whatever a program calls its thread', async () => {
    const { task } = await meant('check memory on web1');
    const thread = { ...channel, channel: 'C2', thread: String(task) };
    expect((await meant('and the disk?', thread)).question).not.toBeNull();
  });
});

it('a conversation under an incident is about its machines', async () => {
  const incident = anIncident(17, { machines: ['db2', 'gone1'] });
  await rig.store.change({}, () => ({
    result: null,
    writes: { incidents: [incident], audit: [aNote(null)] },
  }));
  expect((await meant('check memory', { ...channel, thread: '!17' })).names).toEqual(['db2']);
});
