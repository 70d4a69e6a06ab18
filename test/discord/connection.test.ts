import { afterEach, beforeEach, expect, it } from 'vitest';
import { deadLooksMax, reconnectMs, watchMs } from '../../src/discord/limits.ts';
import { FakeDiscord } from '../fakes/discord-server.ts';
import { fakeIds } from '../fakes/discord-shapes.ts';
import { ada, Rig } from './rig.ts';

let discord: FakeDiscord;
let rig: Rig;
beforeEach(async () => {
  discord = await new FakeDiscord().start();
  rig = new Rig(discord);
});
afterEach(() => rig.stop());

const trouble = () => rig.adapter.connection.trouble()?.code ?? null;
const mention = `<@${fakeIds.application}>`;
const hears = async (words: string): Promise<void> => {
  discord.say(ada, `${mention} ${words}`);
  await rig.hears(words);
};
const refuse = (path: string, status: number): void => {
  discord.faults.push({
    fits: (call) => call.path === path,
    ...{ status, body: { code: 0, message: `${status}: said by a test` } },
  });
};

it('asks for no privileged intent unless it is configured', async () => {
  await rig.adapter.connection.start();
  expect(discord.identifies).toHaveLength(1);
  const messageContent = 1 << 15;
  expect((discord.identifies[0]?.intents ?? 0) & messageContent).toBe(0);
});

it('does without the message content that the application has not switched on, and says so', async () => {
  rig = new Rig(discord, { messageContent: true });
  await rig.adapter.connection.start();
  expect((discord.identifies[0]?.intents ?? 0) & (1 << 15)).toBe(0);
  expect(rig.log.entries).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('Message Content Intent') }),
  );
  expect(trouble()).toBeNull();
  expect(rig.adapter.connection.lacks?.()?.code).toBe('discord_intent_missing');
});

it('resumes after the connection was cut, and is in trouble only meanwhile', async () => {
  await rig.adapter.connection.start();
  expect(trouble()).toBeNull();
  discord.cut();
  await discord.until(() => (discord.resumes > 0 ? true : null));
  await hears('are you there?');
  expect(trouble()).toBeNull();
  expect(discord.identifies).toHaveLength(1);
});

it('begins anew when the session can not be resumed', async () => {
  await rig.adapter.connection.start();
  discord.cut(4_007);
  await discord.until(() => (discord.identifies.length > 1 ? true : null));
  await hears('are you there?');
  expect(trouble()).toBeNull();
});

it('starts the server also while Discord is down, says so, and connects when it is back', async () => {
  for (let tries = 0; tries < 2; tries++) refuse('/applications/@me', 503);
  await rig.adapter.connection.start();
  expect(trouble()).toBe('discord_unreachable');
  rig.clock.step(reconnectMs);
  await discord.until(() => (discord.identifies.length > 0 ? true : null));
  await hears('are you there?');
  expect(trouble()).toBeNull();
});

it('does not try again with a token that Discord refuses', async () => {
  refuse('/applications/@me', 401);
  await rig.adapter.connection.start();
  expect(trouble()).toBe('discord_token_refused');
  rig.clock.step(3_600_000);
  expect(discord.calls).toHaveLength(1);
});

it('a gateway that says nothing any more is left for a new connection', async () => {
  await rig.adapter.connection.start();
  // Nothing beats in stepped time, as on a line that is dead without being closed.
  for (let look = 0; look <= deadLooksMax; look++) rig.clock.step(watchMs);
  rig.clock.step(reconnectMs);
  await discord.until(() => (discord.identifies.length > 1 ? true : null));
  await hears('are you there?');
  expect(trouble()).toBeNull();
});

it('can be stopped while it connects, and leaves nothing behind that could break', async () => {
  discord.gateway.isDeaf = true;
  void rig.adapter.connection.start();
  await discord.until(() => (discord.gateway.unanswered.size > 0 ? true : null));
  await rig.adapter.connection.stop();
  await discord.until(() => (discord.gateway.unanswered.size === 0 ? true : null));
});

it('does not connect any more once it was stopped between two tries', async () => {
  refuse('/applications/@me', 503);
  refuse('/applications/@me', 503);
  await rig.adapter.connection.start();
  rig.clock.step(reconnectMs);
  await rig.adapter.connection.stop();
  const count = discord.calls.length;
  // What is asked now is answered after whatever was under way.
  await fetch(`${discord.apiUrl}/v10/gateway/bot`);
  expect(discord.calls.length).toBe(count + 1);
  expect(discord.identifies).toEqual([]);
});

it('stopping twice is safe, and so is stopping what never started', async () => {
  await rig.adapter.connection.stop();
  await rig.adapter.connection.start();
  await rig.adapter.connection.stop();
  await rig.adapter.connection.stop();
  expect(rig.clock.pendingCount).toBe(0);
});
