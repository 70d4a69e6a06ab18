import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missedAgeMsMax } from '../../src/discord/limits.ts';
import { fakeIds } from '../fakes/discord-shapes.ts';
import { ada, Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const mention = `<@${fakeIds.application}>`;
const says = (words: string, channel: string = fakeIds.channel): string =>
  rig.discord.say(ada, `${mention} ${words}`, { channel });
/** Heard as it is said; what was missed before it is asked for by then. */
const hears = async (words: string): Promise<void> => {
  says(words);
  await rig.hears(words);
};
const words = (): string[] => rig.heard.map(({ text }) => text);
/** Connected again, by a session of its own. */
const anew = (count = 2) =>
  rig.discord.until(() =>
    rig.discord.identifies.length >= count && rig.discord.gateway.isHeard ? true : null,
  );
const trouble = () => rig.adapter.connection.trouble();

describe('a session that goes on', () => {
  it.each([
    ['after Discord asked to connect again', () => rig.discord.gateway.reconnect()],
    ['after it was called invalid and could be resumed', () => rig.discord.gateway.invalidate(true)],
    ['after a cut', () => rig.discord.cut()],
  ])('%s brings what was said meanwhile, once', async (_, breaks) => {
    await hears('before');
    breaks();
    says('meanwhile');
    await rig.hears('meanwhile');
    await hears('after');
    expect(words()).toEqual(['before', 'meanwhile', 'after']);
    expect(rig.discord.identifies).toHaveLength(1);
    expect(trouble()).toBeNull();
  });
});

describe('where the session is gone', () => {
  it.each([
    ['called invalid', () => rig.discord.gateway.invalidate(false)],
    ['forgotten', () => rig.discord.gateway.forget()],
    ['timed out', () => rig.discord.cut(4_009)],
  ])('%s, what was said meanwhile is read from the channel, once', async (_, breaks) => {
    await hears('before');
    breaks();
    says('meanwhile');
    await rig.hears('meanwhile');
    await hears('after');
    expect(words()).toEqual(['before', 'meanwhile', 'after']);
    expect(trouble()).toBeNull();
  });

  it('threads and direct messages are read as well, and what calls nobody stays unheard', async () => {
    const thread = '1700000000000000001';
    rig.discord.openThread(thread);
    rig.discord.say(ada, 'hello', { channel: fakeIds.direct });
    await rig.hears('hello');
    rig.discord.gateway.forget();
    says('in a thread', thread);
    rig.discord.say(ada, 'lunch?');
    rig.discord.say(ada, 'directly', { channel: fakeIds.direct });
    expect(await rig.hears('in a thread')).toMatchObject({ channel: fakeIds.channel, under: thread });
    expect(await rig.hears('directly')).toMatchObject({ channel: fakeIds.direct, isAddressed: true });
    await hears('after');
    expect(words().sort()).toEqual(['after', 'directly', 'hello', 'in a thread']);
  });

  it('what is too old by then is not acted on', async () => {
    await hears('before');
    rig.discord.gateway.forget();
    says('long ago');
    rig.discord.passes(missedAgeMsMax + 1);
    says('just now');
    await rig.hears('just now');
    await hears('after');
    expect(words()).toEqual(['before', 'just now', 'after']);
  });

  it('a channel whose history is closed to us is left alone', async () => {
    await hears('before');
    rig.discord.everyone = String((1n << 10n) | (1n << 11n));
    rig.discord.gateway.forget();
    says('meanwhile');
    await anew();
    await hears('after');
    expect(words()).toEqual(['before', 'after']);
    expect(rig.discord.calls.some(({ method, path }) => method === 'GET' && path.endsWith('/messages'))).toBe(
      false,
    );
  });
});

it('what was said before the server started is not looked for', async () => {
  await rig.adapter.connection.stop();
  says('nobody was there');
  await rig.adapter.connection.start();
  await hears('after');
  expect(words()).toEqual(['after']);
});

it('during an outage of the server what Discord denies waits, and afterwards what was missed is read', async () => {
  const { task } = await rig.proposed();
  await hears('before');
  rig.discord.gateway.outage(false);
  const deny = () =>
    rig.discord.faults.push({
      fits: ({ method, path }) => method === 'POST' && path.endsWith('/messages'),
      ...{ status: 403, body: { code: 50_001, message: 'Missing Access' } },
    });
  // A direct message is of no server; when it is heard, the outage was.
  rig.discord.say(ada, 'are you there?', { channel: fakeIds.direct });
  await rig.hears('are you there?');
  deny();
  expect(await rig.tryPost(task, 'new')).toMatchObject({ kind: 'later' });
  rig.discord.silently(() => says('meanwhile'));
  rig.discord.gateway.outage(true);
  await rig.hears('meanwhile');
  deny();
  expect(await rig.tryPost(task, 'new')).toMatchObject({ kind: 'gone' });
});
