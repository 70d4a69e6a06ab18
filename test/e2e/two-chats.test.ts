import { afterAll, beforeAll, expect, test } from 'vitest';
import { approve, type ChatScene } from '../chat/chat-scene.ts';
import { ChatWorld } from '../chat/chat-world.ts';
import { DiscordDriver } from '../discord/discord-driver.ts';
import { SlackDriver } from '../slack/slack-driver.ts';

/** One server in Slack, in Discord and in the console, and people who are linked: each is one person in both chats. */
const slack = new SlackDriver();
const discord = new DiscordDriver();
let world: ChatWorld;
beforeAll(async () => {
  world = await ChatWorld.open([slack, discord], ['db1']);
});
afterAll(() => world?.close());

/** A task of Slack, and its card in Discord, where somebody asked for it by its number. */
const shownInBoth = async (asker: 'ada' | 'dan', words: (mark: string) => string) => {
  const inSlack = world.scene(slack);
  const inDiscord = world.scene(discord);
  const task = await inSlack.asks(asker, words(inSlack.mark));
  const slackCard = await inSlack.proposed(task);
  await discord.commands('bob', inDiscord.channel, `task ${task}`);
  return { inSlack, inDiscord, task, slackCard, discordCard: await inDiscord.proposed(task) };
};

const isDone = ({ text }: { text: string }): boolean => /Done on db1/.test(text);
const both = <T>(scenes: readonly ChatScene[], what: (scene: ChatScene) => Promise<T>): Promise<T[]> =>
  Promise.all(scenes.map(what));

/** A browser with a session, which reads the task's thread as the console shows it. */
const openConsole = async (): Promise<(task: number) => Promise<string>> => {
  const link = new URL(await world.server.call((client) => client.consoleLink()));
  const answer = await fetch(new URL('/session', link), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: link.hash.slice('#key='.length) }),
  });
  const cookie = String(answer.headers.get('set-cookie')).split(';')[0] ?? '';
  return async (task) => {
    const page = await fetch(new URL(`/console/threads/${task}`, link), { headers: { cookie } });
    return page.text();
  };
};

test('asked in Slack and approved in Discord: one record, which every card and the console follow', async () => {
  const { inSlack, inDiscord, task, slackCard, discordCard } = await shownInBoth(
    'dan',
    (mark) => `mark the file ${mark} on db1`,
  );
  const read = await openConsole();
  expect(discordCard.text).toContain('dan in slack');
  expect(await read(task)).toContain('data-state="proposed"');

  await inDiscord.clicks('eve', discordCard, approve);
  await inDiscord.whisper('eve', /approve/i);
  expect(inSlack.effects).toBe(0);

  await inDiscord.clicks('bob', discordCard, approve);
  const cards = await both([inSlack, inDiscord], (scene) => scene.card(task, isDone));
  for (const { text, buttons } of cards) {
    expect(text).toContain('bob');
    expect(buttons.some((label) => approve.test(label))).toBe(false);
  }
  await both([inSlack, inDiscord], (scene) => scene.answer(task, /Marked 1 times/));
  const page = await read(task);
  expect(page).toContain('Done on db1');
  expect(page).toContain('data-state="done"');

  // A window that was left open in the other chat.
  await inSlack.clicks('ada', slackCard, approve);
  await inSlack.whisper('ada', /already|decided|changed|over/i);
  const { state, votes, asker } = await inSlack.ended(task);
  expect({ state, asker: asker.surface }).toEqual({ state: 'done', asker: 'slack' });
  expect(votes).toHaveLength(1);
  for (const scene of [inSlack, inDiscord]) expect(scene.cards(task)).toHaveLength(1);
  expect(inSlack.effects).toBe(1);
});

test('who asked for something dangerous in Slack is the same person in Discord, and may not approve it there', async () => {
  const { inSlack, inDiscord, task, discordCard } = await shownInBoth(
    'ada',
    (mark) => `burn the file ${mark} on db1`,
  );
  const says = async (person: 'ada' | 'bob'): Promise<string> => {
    await inDiscord.clicks(person, discordCard, approve);
    await inDiscord.form(person);
    return inDiscord.submits(person, { [`${task}`]: String(task) });
  };
  expect(await says('ada')).toContain('your own');
  expect(inSlack.effects).toBe(0);
  expect(await says('bob')).toBe('');
  await both([inSlack, inDiscord], (scene) => scene.card(task, isDone));
  expect(inSlack.effects).toBe(1);
});
