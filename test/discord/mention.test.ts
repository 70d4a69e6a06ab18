import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeIds, textOf } from '../fakes/discord-shapes.ts';
import { ada, Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const mention = `<@${fakeIds.application}>`;
const everHeard = (count = 1): Promise<true> =>
  rig.discord.until(() => (rig.heard.length >= count ? true : null));

/** Something that is heard for sure; what was said before it has then been looked at. */
const said = async (): Promise<void> => {
  rig.discord.say(ada, `${mention} the last`);
  await rig.hears('the last');
};

it('a mention is heard without our name, in plain words, once for each message', async () => {
  const id = rig.discord.say(
    ada,
    `${mention}, check disk of <#700000000000000001> <:db:123456789012345678> on db1`,
  );
  await said();
  expect(rig.heard[0]).toMatchObject({
    ...{
      surface: 'discord',
      channel: fakeIds.channel,
      under: null,
      isAddressed: true,
      context: null,
      on: null,
    },
    ...{ eventId: `discord:${id}`, by: { kind: 'person', surface: 'discord', id: ada } },
    text: expect.stringMatching(/^check disk of #\S+ :db: on db1$/),
  });
});

it('what does not mention us is not heard', async () => {
  rig.discord.say(ada, 'check memory on db1');
  await said();
  expect(rig.heard.map(({ text }) => text)).toEqual(['the last']);
});

it('a direct message needs no mention', async () => {
  rig.discord.say(ada, 'check memory on db1', { channel: fakeIds.direct });
  const heard = await rig.hears('check memory on db1');
  expect(heard).toMatchObject({ channel: fakeIds.direct, under: null, isAddressed: true });
});

describe('in a thread', () => {
  const thread = '1700000000000000001';

  it('a mention goes on in its conversation', async () => {
    rig.discord.openThread(thread);
    rig.discord.say(ada, `${mention} and the disk?`, { channel: thread });
    await said();
    expect(rig.heard[0]).toMatchObject({ channel: fakeIds.channel, under: thread, isAddressed: true });
  });

  it('a mention goes on in its conversation also where the thread was archived and forgotten', async () => {
    rig.discord.threads.add(thread);
    rig.discord.say(ada, `${mention} and the disk?`, { channel: thread });
    expect(await rig.hears('and the disk?')).toMatchObject({ channel: fakeIds.channel, under: thread });
  });

  it('a reply without mention is heard only with message content, and only where the thread is ours', async () => {
    await rig.stop();
    rig = await Rig.start({ messageContent: true });
    rig.discord.applicationFlags = 1 << 18;
    await rig.adapter.connection.stop();
    await rig.adapter.connection.start();
    rig.ourThreads.add(thread);
    rig.discord.openThread(thread);
    rig.discord.openThread('1700000000000000002');
    rig.discord.say(ada, 'and the disk?', { channel: thread, readsAll: true });
    rig.discord.say(ada, 'lunch?', { channel: '1700000000000000002', readsAll: true });
    rig.discord.say(ada, 'lunch?', { readsAll: true });
    expect(await rig.hears('and the disk?')).toMatchObject({ under: thread, isAddressed: false });
    await said();
    expect(rig.heard.map(({ text }) => text)).toEqual(['and the disk?', 'the last']);
  });
});

it('a list answers the message that asked for it, and calls nobody', async () => {
  const id = rig.discord.say(ada, `${mention} agents`);
  const list = await rig.discord.until(() => rig.discord.in(fakeIds.channel)[0]);
  expect(list.message_reference?.message_id).toBe(id);
  expect(textOf(list.components)).toContain('`db1`');
  expect(list.allowed_mentions).toMatchObject({ parse: [], replied_user: false });
});

it('a refusal in a channel where we may not write is told in a direct message', async () => {
  rig.onHear = async () => ({ kind: 'refused', sentence: { code: 'request_empty', text: 'It is empty.' } });
  rig.discord.faults.push({
    fits: ({ method, path }) => method === 'POST' && path === `/channels/${fakeIds.channel}/messages`,
    ...{ status: 403, body: { code: 50_013, message: 'Missing Permissions' } },
  });
  rig.discord.say(ada, `${mention} x`);
  const told = await rig.discord.until(() => rig.discord.in(fakeIds.direct)[0]);
  expect(textOf(told.components)).toContain('permission');
});

it('a fault of ours is told with what finds it in the log', async () => {
  rig.onHear = async () => {
    throw new Error('the disk is full');
  };
  const id = rig.discord.say(ada, `${mention} x`);
  const told = await rig.discord.until(() => rig.discord.in(fakeIds.channel)[0]);
  expect(textOf(told.components)).toContain(id);
  expect(rig.log.entries).toContainEqual(expect.objectContaining({ level: 'error' }));
});

describe('a command', () => {
  it('asks in the words of its option, beside the machine', async () => {
    const options = [
      { name: 'request', type: 3, value: 'check memory' },
      { name: 'machine', type: 3, value: ' db1 ' },
    ];
    const answer = await rig.answered(rig.discord.command(ada, 'ask', options));
    await everHeard();
    expect(rig.heard).toMatchObject([{ text: 'check memory', on: 'db1', isAddressed: true }]);
    expect(textOf(answer.data.components)).toContain('is on its way');
  });

  it.each([
    ['machine', 'web', ['web7']],
    ['request', 'mem', ['check memory']],
  ])('offers for its %s what fits the letters so far', async (name, value, values) => {
    const asked = rig.discord.command(ada, 'ask', [{ name, type: 3, value, focused: true }]);
    expect((await rig.answered(asked)).data.choices?.map((choice) => choice.value)).toEqual(values);
  });

  it('on a message asks what to do, and takes the message along as data', async () => {
    const form = await rig.answered(rig.discord.about(ada, 'CPU of db1 is at 99 %'));
    expect(form).toMatchObject({ type: 9, data: { title: 'Ask Nerdy about this' } });
    const fields = { request: 'look into it', context: 'CPU of db1 is at 99 %' };
    await rig.answered(rig.discord.submit(ada, fakeIds.channel, form.data.custom_id ?? '', fields));
    expect(rig.heard).toMatchObject([{ text: 'look into it', context: 'CPU of db1 is at 99 %' }]);
  });
});

it('a mention where we may not write makes no task: the person is told by a direct message, with what is missing', async () => {
  const { gateway } = rig.discord;
  const sees = { ...rolePayload, permissions: String(1n << 10n) };
  gateway.dispatch('GUILD_ROLE_UPDATE', { guild_id: fakeIds.guild, role: sees });
  rig.discord.say(ada, `${mention} check memory on db1`);
  const told = await rig.discord.until(() => rig.discord.in(fakeIds.direct)[0]);
  expect(textOf(told.components)).toMatch(/no card could be shown in .*ops.*Send Messages/);
  expect(rig.heard).toEqual([]);
  gateway.dispatch('GUILD_ROLE_UPDATE', {
    guild_id: fakeIds.guild,
    role: { ...sees, permissions: String(3n << 10n) },
  });
  await said();
  expect(rig.heard.map(({ text }) => text)).toEqual(['the last']);
});

const rolePayload = { id: fakeIds.guild, name: '@everyone', position: 0, color: 0, flags: 0 };
