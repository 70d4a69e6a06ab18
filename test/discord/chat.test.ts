import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatContent } from '../../src/ports/chat.ts';
import { fakeIds, flat, textOf } from '../fakes/discord-shapes.ts';
import { ada, Rig, top } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const refuse = (path: RegExp, method: string, status: number, code: number): void => {
  rig.discord.faults.push({
    fits: (call) => call.method === method && path.test(call.path),
    ...{ status, body: { code, message: 'said by a test' } },
  });
};
const cardOf = async (task: number): Promise<ChatContent> => {
  const card = await rig.desk.card(task);
  if (!card) throw new Error('no card');
  return { kind: 'card', card, isAnew: false };
};

describe('a post', () => {
  it('that is tried again is the same message, and is found again after a crash', async () => {
    const { task, message } = await rig.proposed();
    const again = await rig.post(task);
    expect(again.id).toBe(message.id);
    const found = await rig.adapter.surface.find(`card-${task}`, top, await cardOf(task), rig.signal);
    expect(found).toEqual({ channel: fakeIds.channel, id: message.id });
    const other = await rig.adapter.surface.find('card-7', top, await cardOf(task), rig.signal);
    expect(other).toBeNull();
  });

  it('is found again after it was edited', async () => {
    const { task, message } = await rig.proposed();
    rig.desk.change(task, { state: 'cancelled' });
    const posted = { channel: fakeIds.channel, id: message.id };
    await rig.adapter.surface.update(posted, await cardOf(task), rig.signal);
    const found = await rig.adapter.surface.find(`card-${task}`, top, await cardOf(task), rig.signal);
    expect(found?.id).toBe(message.id);
  });

  it('calls nobody, whatever stands in it', async () => {
    const { message } = await rig.proposed('echo "@everyone <@1>"\n');
    expect(message.allowed_mentions).toEqual({ parse: [], users: [], replied_user: false });
  });

  it('under a message opens its thread once, named by the task', async () => {
    const { task, message } = await rig.proposed();
    const to = { channel: fakeIds.channel, under: message.id };
    const first = await rig.tryPost(task, 'first', to);
    const second = await rig.tryPost(task, 'second', to);
    expect([first, second]).toMatchObject([
      { kind: 'posted', message: { channel: message.id } },
      { kind: 'posted', message: { channel: message.id } },
    ]);
    const opened = rig.discord.calls.filter(({ path }) => path.endsWith('/threads'));
    expect(opened).toMatchObject([{ body: { name: `#${task} check memory` } }]);
  });

  it('goes into a thread that an earlier life opened', async () => {
    const { task, message } = await rig.proposed();
    rig.discord.threads.add(message.id);
    const outcome = await rig.tryPost(task, 'first', { channel: fakeIds.channel, under: message.id });
    expect(outcome).toMatchObject({ kind: 'posted', message: { channel: message.id } });
  });

  it('stands in the channel, as a reply, where no thread may be opened', async () => {
    const { task, message } = await rig.proposed();
    refuse(/\/threads$/, 'POST', 403, 50_013);
    const outcome = await rig.tryPost(task, 'first', { channel: fakeIds.channel, under: message.id });
    expect(outcome).toMatchObject({ kind: 'posted', message: { channel: fakeIds.channel } });
    expect(rig.discord.in(fakeIds.channel).at(-1)?.message_reference?.message_id).toBe(message.id);
  });

  it('opens another thread where the one that it knew was deleted, told of it or not', async () => {
    const { task, message } = await rig.proposed();
    const under = { channel: fakeIds.channel, under: message.id };
    await rig.tryPost(task, 'first', under);
    rig.discord.eraseThread(message.id);
    await rig.discord.until(() => (rig.gone.length > 0 ? true : null));
    expect(rig.gone).toEqual([{ channel: fakeIds.channel, id: `thread ${message.id}` }]);
    expect(await rig.tryPost(task, 'second', under)).toMatchObject({ message: { channel: message.id } });
    rig.discord.threads.delete(message.id);
    expect(await rig.tryPost(task, 'third', under)).toMatchObject({ message: { channel: message.id } });
  });

  it('stands in the channel where the thread was deleted and Discord lets none be opened again', async () => {
    const { task, message } = await rig.proposed();
    const under = { channel: fakeIds.channel, under: message.id };
    await rig.tryPost(task, 'first', under);
    rig.discord.threads.delete(message.id);
    refuse(/\/threads$/, 'POST', 400, 160_004);
    expect(await rig.tryPost(task, 'second', under)).toMatchObject({ message: { channel: fakeIds.channel } });
  });

  it('in a direct message answers the message, since there are no threads', async () => {
    const { task } = await rig.proposed();
    const outcome = await rig.tryPost(task, 'first', { channel: fakeIds.direct, under: '77' });
    expect(outcome).toMatchObject({ kind: 'posted', message: { channel: fakeIds.direct } });
    expect(rig.discord.in(fakeIds.direct)[0]?.message_reference?.message_id).toBe('77');
  });

  it.each([
    [403, 50_001, 'discord_channel_gone'],
    [404, 10_003, 'discord_channel_gone'],
    [403, 50_013, 'discord_permission_missing'],
    [400, 160_005, 'discord_thread_locked'],
    [400, 50_035, 'discord_post_refused'],
  ])('that Discord refuses for good with %i, %i is given up with a sentence', async (status, code, said) => {
    const { task } = await rig.proposed();
    refuse(/\/messages$/, 'POST', status, code);
    expect(await rig.tryPost(task, 'new')).toMatchObject({ kind: 'gone', reason: { code: said } });
  });

  it('that Discord fails to answer waits, and nobody knows whether it was done', async () => {
    const { task } = await rig.proposed();
    refuse(/\/messages$/, 'POST', 502, 0);
    refuse(/\/messages$/, 'POST', 502, 0);
    expect(await rig.tryPost(task, 'new')).toMatchObject({ kind: 'later', isUnsure: true });
  });

  it('past the rate limit is told to wait at once, for as long as Discord says', async () => {
    const { task } = await rig.proposed();
    rig.discord.faults.push({
      fits: ({ method, path }) => method === 'POST' && path.endsWith('/messages'),
      ...{ status: 429, body: { message: 'slow', retry_after: 1.5, global: false } },
      headers: { 'retry-after': '1.5', 'x-ratelimit-scope': 'user', via: 'test' },
    });
    const outcome = await rig.tryPost(task, 'new');
    expect(outcome).toMatchObject({ kind: 'later' });
    expect(outcome.kind === 'later' && outcome.retryAfterMs).toBeGreaterThanOrEqual(1_500);
  });
});

describe('an update', () => {
  it('of a message that somebody deleted says that it is missing', async () => {
    const { task, message } = await rig.proposed();
    rig.discord.messages.delete(message.id);
    const posted = { channel: fakeIds.channel, id: message.id };
    const outcome = await rig.adapter.surface.update(posted, await cardOf(task), rig.signal);
    expect(outcome).toEqual({ kind: 'missing' });
  });

  it('in an archived thread brings the thread back', async () => {
    const { task, message } = await rig.proposed();
    refuse(/\/messages\/\d+$/, 'PATCH', 400, 50_083);
    const posted = { channel: fakeIds.channel, id: message.id };
    const outcome = await rig.adapter.surface.update(posted, await cardOf(task), rig.signal);
    expect(outcome.kind).toBe('posted');
    expect(rig.discord.calls).toContainEqual(expect.objectContaining({ body: { archived: false } }));
  });
});

describe('a script', () => {
  it.each([
    ['would break out of its code block', 'echo "```"\nuptime\n'],
    ['is longer than a message', `${'echo a line that is not short at all\n'.repeat(150)}`],
  ])('that %s is attached whole, and may be approved', async (_, text) => {
    const { message } = await rig.proposed(text);
    expect(message.files).toMatchObject([{ name: expect.stringMatching(/\.sh$/), text }]);
    expect(flat(message.components).some(({ label }) => label?.startsWith('Approve'))).toBe(true);
    expect(textOf(message.components).length).toBeLessThanOrEqual(4_000);
  });
});

it('the asker alone is called, in the answer of a task that took long', async () => {
  const { task } = await rig.proposed();
  const card = await rig.desk.card(task);
  if (!card) throw new Error('no card');
  await rig.adapter.surface.post('answer', top, { kind: 'answer', card, callsAsker: true }, rig.signal);
  const message = rig.discord.in(fakeIds.channel).at(-1);
  expect(message?.allowed_mentions).toMatchObject({ parse: [], users: [ada] });
  expect(textOf(message?.components)).toContain(`<@${ada}>`);
});

it('tells of every message that is deleted, alone or with others', async () => {
  const { task, message } = await rig.proposed();
  const others = [await rig.post(task, 'second'), await rig.post(task, 'third')];
  rig.discord.erase(message.id);
  rig.discord.erase(...others.map(({ id }) => id));
  await rig.discord.until(() => (rig.gone.length === 3 ? true : null));
  const { channel } = fakeIds;
  expect(rig.gone).toEqual([{ channel, id: message.id }, ...others]);
});

it('output is a file in its message', async () => {
  const file = { name: 'nerdy-1042.txt', title: 'Output', bytes: Buffer.from('all of it\n') };
  await rig.adapter.surface.post('output', top, { kind: 'output', task: 1042, file }, rig.signal);
  expect(rig.discord.in(fakeIds.channel).at(-1)?.files).toEqual([
    { name: 'nerdy-1042.txt', text: 'all of it\n' },
  ]);
});

it('after the stop a post waits for the next start', async () => {
  const { task } = await rig.proposed();
  await rig.adapter.connection.stop();
  expect(await rig.tryPost(task, 'new')).toMatchObject({ kind: 'later' });
});
