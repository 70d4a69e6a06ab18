import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyOf, policyShape } from '../../src/core/policy/read-policy.ts';
import type { Place } from '../../src/core/task.ts';
import type { AlertDesk } from '../../src/flow/alert-desk.ts';
import type { Heard, HeardOutcome } from '../../src/flow/hear.ts';
import { listRowsMax } from '../../src/flow/limits.ts';
import { Listener } from '../../src/flow/listener.ts';
import { newPost } from '../../src/flow/new-post.ts';
import type { Post } from '../../src/ports/store.ts';
import { fixedRunbooks } from '../fakes/runbooks.ts';
import { FakeDrafter } from './fake-mind.ts';
import { joined, makeRig, type Rig, reached, yes } from './rig.ts';

const policy = policyOf(
  policyShape.parse({
    people: {
      ada: { role: 'admin', identities: ['chat:U1', 'other:U1'] },
      vic: { role: 'viewer', identities: ['chat:U2'] },
      nobody: { role: 'none', identities: ['chat:U3'] },
    },
  }),
);
const runbook = (name: string, example: string) => ({
  ...{ name, title: name, summary: 'Shows it.', examples: [example] },
});
const runbooks = fixedRunbooks(
  runbook('memory', 'check memory'),
  runbook('service-logs', 'logs of {service}'),
);
const person = (id: string) => ({ kind: 'person' as const, surface: 'chat', id, name: id });

let rig: Rig;
let listener: Listener;
let events = 0;
beforeEach(async () => {
  rig = await makeRig((store) => store, undefined, policy);
  listener = listenerWith(null);
});
afterEach(() => rig.dispose());

const listenerWith = (alerts: AlertDesk | null): Listener => {
  const { desk, clock, terms } = rig;
  return new Listener(rig.store, {
    desk,
    alerts,
    watches: null,
    runbooks,
    roster: terms.policy.roster,
    clock,
  });
};

const heard = (text: string, over: Partial<Heard> = {}): Heard => {
  events++;
  return {
    ...{ surface: 'chat', channel: 'C1', under: null, text, context: null, on: null },
    ...{ by: person('U1'), eventId: `event-${events}`, isAddressed: true },
    ...over,
  };
};
const hear = (text: string, over: Partial<Heard> = {}): Promise<HeardOutcome> =>
  listener.hear(heard(text, over));

const askedIn = async (text: string, over: Partial<Heard> = {}): Promise<{ task: number; place: Place }> => {
  const outcome = await hear(text, over);
  if (outcome.kind !== 'asked') throw new Error(`it was ${outcome.kind}`);
  return outcome.card;
};

const listed = async (text: string, id = 'U1') => {
  const outcome = await hear(text, { by: person(id) });
  if (outcome.kind !== 'listing') throw new Error(`it was ${outcome.kind}`);
  return outcome.listing;
};

const postsOf = (task: number): Promise<Post[]> => rig.store.listPosts({ kind: 'task', number: task });

/** As the publisher does: the card is that message now. */
const shownAs = async (task: number, messageId: string): Promise<void> => {
  const [post] = await postsOf(task);
  if (!post) throw new Error('nothing is to be posted');
  await rig.store.change({ post: post.id }, () => ({
    result: null,
    writes: { posts: [{ ...post, messageId, messageChannel: post.place.channel, shownRevision: 1 }] },
  }));
};

describe('a request', () => {
  it('at the top of a channel begins a thread, under its own card', async () => {
    const { task, place } = await askedIn('check memory on db1');
    expect(place).toEqual({ surface: 'chat', channel: 'C1', thread: String(task) });
    expect(await postsOf(task)).toMatchObject([{ part: 'card', place, isQuiet: false }]);
  });

  it('under its card is of the same conversation, called or not', async () => {
    const first = await askedIn('check memory on db1');
    await shownAs(first.task, 'm1');
    for (const isAddressed of [true, false]) {
      expect((await askedIn('and the disk?', { under: 'm1', isAddressed })).place).toEqual(first.place);
    }
  });

  it('that was not addressed to us shows nothing before there is something on its card', async () => {
    const { task } = await askedIn('check memory on db1');
    await shownAs(task, 'm1');
    const second = await askedIn('I will look at it myself', { under: 'm1', isAddressed: false });
    expect(await postsOf(second.task)).toMatchObject([{ isQuiet: true }]);
  });

  it('in a thread of other people begins a conversation there, and is heard there without a mention from then on', async () => {
    const said = { under: 't9', isAddressed: false };
    expect(await hear('check memory on db1', said)).toEqual({ kind: 'ignored' });
    expect(await listener.isOurThread('chat', 'C1', 't9')).toBe(false);
    const { place } = await askedIn('check memory on db1', { under: 't9' });
    expect(place.thread).toBe('t9');
    expect(await listener.isOurThread('chat', 'C1', 't9')).toBe(true);
    expect((await askedIn('and the disk?', said)).place).toEqual(place);
  });

  it('under a message of the same id elsewhere is of no conversation of ours', async () => {
    const { task } = await askedIn('check memory on db1');
    await shownAs(task, 'm1');
    const said = { under: 'm1', isAddressed: false };
    expect(await hear('and the disk?', { ...said, channel: 'C2' })).toEqual({ kind: 'ignored' });
    expect(await hear('and the disk?', { ...said, surface: 'other' })).toEqual({ kind: 'ignored' });
  });

  it('under the message of an incident is asked in its thread', async () => {
    const { surface, channel } = { surface: 'chat', channel: 'C1' };
    const subject = { kind: 'incident' as const, number: 17 };
    const place = { surface, channel, thread: null };
    const post = newPost({ part: 'incident', subject, place, now: 0 });
    const writes = { posts: [{ ...post, messageId: 'i1', messageChannel: channel }] };
    await rig.store.change({ post: post.id }, () => ({ result: null, writes }));
    const said = await askedIn('check memory on db1', { under: 'i1', isAddressed: false });
    expect(said.place).toEqual({ surface, channel, thread: '!17' });
  });

  it('that is delivered twice, or twice at once, makes one task', async () => {
    const delivery = heard('check memory');
    const outcomes = await Promise.all([listener.hear(delivery), listener.hear(delivery)]);
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(await listener.hear(delivery)).toEqual(outcomes[0]);
    expect(await rig.store.listTasks({ limit: 9 })).toHaveLength(1);
  });

  it('takes the machines that were chosen beside it', async () => {
    const { task } = await askedIn('check memory', { on: 'db1' });
    expect((await rig.store.getTask(task))?.task.on).toBe('db1');
  });

  it('is a request whatever its word, with a message that was pointed at or machines beside it', async () => {
    await askedIn('tasks', { on: 'db1' });
    await askedIn('alerts', { context: 'disk full on db1' });
    expect(await rig.store.listTasks({ limit: 9 })).toHaveLength(2);
  });

  it('of somebody who may only look is refused in the words of the desk', async () => {
    expect(await hear('check memory', { by: person('U2') })).toMatchObject({
      kind: 'refused',
      sentence: { code: 'role_missing', text: expect.stringContaining('To ask this you need') },
    });
    expect(await rig.store.listTasks({ limit: 9 })).toEqual([]);
  });
});

it('of somebody who may only look, among colleagues in our thread, is for them', async () => {
  const { task } = await askedIn('check memory on db1');
  await shownAs(task, 'm1');
  const said = { under: 'm1', by: person('U2') };
  expect(await hear('thanks, that was it', { ...said, isAddressed: false })).toEqual({ kind: 'ignored' });
  expect(await hear('and the disk?', said)).toMatchObject({ kind: 'refused' });
});

describe('nothing', () => {
  it('said to us is a cry for help', async () => {
    expect((await listed(' ')).kind).toBe('help');
  });

  it.each(['hello', 'Hi!', 'Bonjour', 'hallo', '안녕하세요'])('but "%s" is one too', async (text) => {
    expect((await listed(text)).kind).toBe('help');
  });

  it('but a greeting of a colleague in our thread is nothing for us', async () => {
    const { task } = await askedIn('check memory');
    await shownAs(task, 'm1');
    expect((await hear('hi', { under: 'm1', isAddressed: false })).kind).not.toBe('listing');
  });

  it('said to nobody in our thread is nothing', async () => {
    const { task } = await askedIn('check memory');
    await shownAs(task, 'm1');
    expect(await hear(' \n', { under: 'm1', isAddressed: false })).toEqual({ kind: 'ignored' });
  });
});

describe('"task 1042"', () => {
  const elsewhere = { surface: 'chat', channel: 'C2' };

  it('posts the card where it was said, once however often it is said or delivered', async () => {
    const { task, place } = await askedIn('check memory on db1');
    const delivery = heard(`task ${task}`, elsewhere);
    for (let times = 0; times < 2; times++) {
      expect(await listener.hear(delivery)).toMatchObject({ kind: 'shown', card: { task } });
    }
    await hear(`#${task}`, elsewhere);
    expect((await postsOf(task)).map((p) => p.place)).toEqual([
      place,
      { ...elsewhere, thread: String(task) },
    ]);
  });

  it('where the card stands already posts no second one, and says that it is there', async () => {
    const { task } = await askedIn('check memory on db1');
    await shownAs(task, 'm1');
    for (const under of [null, 'm1']) {
      expect(await hear(`task ${task}`, { under })).toMatchObject({
        kind: 'refused',
        sentence: { code: 'card_here', text: expect.stringContaining(`search this channel for #${task}`) },
      });
    }
    expect(await postsOf(task)).toHaveLength(1);
  });

  it('says in the log who let which channel see it, once, and what is decided after it stands', async () => {
    await joined(rig, 'db1');
    const { task } = await askedIn('check memory on db1');
    await hear(`task ${task}`, elsewhere);
    await hear(`task ${task}`, elsewhere);
    const shown = await rig.store.findAudit({ kind: 'card.show', limit: 9 });
    expect(shown).toMatchObject([
      { actor: { id: 'U1' }, task, detail: { surface: 'chat', channel: elsewhere.channel } },
    ]);
    await rig.drafting(new FakeDrafter());
    await reached(rig, task, 'proposed');
    const card = await rig.desk.card(task);
    if (!card) throw new Error('no card');
    expect((await rig.desk.approve(task, { ...yes(card), by: person('U1') })).kind).toBe('done');
  });

  it('posts again where the card was given up', async () => {
    const { task } = await askedIn('check memory on db1');
    const [post] = await postsOf(task);
    if (!post) throw new Error('nothing is to be posted');
    const gone = { ...post, gone: 'the channel was archived' };
    await rig.store.change({ post: post.id }, () => ({ result: null, writes: { posts: [gone] } }));
    await hear(`task ${task}`);
    expect(await postsOf(task)).toMatchObject([{ id: post.id, gone: null }]);
  });

  it('makes a conversation under the card that it shows', async () => {
    const { task } = await askedIn('check memory on db1');
    await hear(`task ${task}`, elsewhere);
    const [, shown] = await postsOf(task);
    if (!shown) throw new Error('nothing is shown');
    const writes = { posts: [{ ...shown, messageId: 'm2', messageChannel: 'C2' }] };
    await rig.store.change({ post: shown.id }, () => ({ result: null, writes }));
    const said = await askedIn('and the disk?', { ...elsewhere, under: 'm2', isAddressed: false });
    expect(said.place).toEqual({ ...elsewhere, thread: String(task) });
  });

  it('of no task is a sentence', async () => {
    expect(await hear('task 7')).toMatchObject({ kind: 'refused', sentence: { code: 'task_unknown' } });
  });

  it('is for whoever may look, and for nobody else', async () => {
    const { task } = await askedIn('check memory on db1');
    expect(await hear(`task ${task}`, { ...elsewhere, by: person('U2') })).toMatchObject({ kind: 'shown' });
    expect(await hear(`task ${task}`, { by: person('U3') })).toMatchObject({
      kind: 'refused',
      sentence: { code: 'role_missing' },
    });
  });
});

describe('a list', () => {
  it('of tasks has the open ones first, then the latest', async () => {
    for (const text of ['one', 'two', 'three']) await askedIn(text);
    await rig.desk.cancel(1002, { by: person('U1'), eventId: null });
    await reached(rig, 1002, 'cancelled');
    const { rows, foot } = await listed('tasks');
    expect(rows.map(({ name, task }) => [name, task])).toEqual([
      ['#1003', 1003],
      ['#1001', 1001],
      ['#1002', 1002],
    ]);
    expect(rows[0]).toMatchObject({
      words: 'three',
      detail: expect.stringMatching(/^Looking .* · U1 · 0 s ago$/),
    });
    expect(foot).toBeNull();
  });

  it('of tasks says that there are more', async () => {
    for (let i = 0; i <= listRowsMax; i++) await askedIn(`request ${i}`);
    const { rows, foot } = await listed('tasks');
    expect(rows).toHaveLength(listRowsMax);
    expect(foot).toContain('There are more');
  });

  it('of machines says how each is', async () => {
    await joined(rig, 'db10', 'db2');
    const { rows } = await listed('agents');
    expect(rows.map(({ name, tone }) => [name, tone])).toEqual([
      ['db2', 'good'],
      ['db10', 'good'],
    ]);
  });

  it('of machines and tasks that are not there says what to do', async () => {
    expect(await listed('agents')).toMatchObject({ rows: [], empty: expect.stringContaining('Invite one') });
    expect(await listed('tasks')).toMatchObject({ rows: [], empty: expect.stringContaining('Say what') });
  });

  it('of runbooks offers an example to those who may ask', async () => {
    expect((await listed('runbooks')).rows[0]).toMatchObject({ name: 'memory', request: 'check memory' });
    expect((await listed('runbooks', 'U2')).rows[0]).toMatchObject({ name: 'memory', request: null });
  });

  it('of runbooks lets nobody ask with a place for a name in it: no script would come of it', async () => {
    const [, row] = (await listed('runbooks')).rows;
    expect(row).toMatchObject({ detail: '"logs of {service}"', request: null });
  });

  it('of alerts says that none are taken, that none is open, or which are', async () => {
    expect((await listed('alerts')).empty).toContain('No monitoring is connected');
    const incident = { number: 17, tone: 'bad', title: 'Disk full', headline: 'Firing', machines: ['db1'] };
    let open: object[] = [];
    const incidents = async () => open.map((one) => ({ ...incident, startedAt: 0, ...one }));
    listener = listenerWith({ incidents } as unknown as AlertDesk);
    expect(await listed('alerts')).toMatchObject({ rows: [], empty: 'No alert is open.' });
    open = [{}];
    expect((await listed('alerts')).rows).toMatchObject([
      { name: '!17', words: 'Disk full', detail: expect.stringMatching(/^Firing · db1 · .* ago$/) },
    ]);
  });

  it('of what one may do depends on who asks', async () => {
    const names = async (id: string) => (await listed('help', id)).rows.map((row) => row.name);
    expect(await names('U1')).toContain('check memory on db1');
    expect(await names('U2')).not.toContain('check memory on db1');
    expect((await listed('help', 'U2')).foot).toContain('You are vic (chat:U2), a viewer');
  });

  it.each(['help', 'tasks', 'agents'])('of %s is not for somebody without a role', async (text) => {
    expect(await hear(text, { by: person('U3') })).toMatchObject({
      kind: 'refused',
      sentence: {
        code: 'role_missing',
        text: expect.stringContaining('To look at this you need the role viewer'),
      },
    });
  });
});
