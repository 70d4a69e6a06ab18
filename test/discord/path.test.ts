import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeIds, flat, textOf } from '../fakes/discord-shapes.ts';
import { ada, buttonOf, eve, Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.start();
});
afterAll(() => scene.stop());

const mention = `<@${fakeIds.application}>`;

it('a mention becomes a card, a click runs it, and the card tells the end', async () => {
  const { discord } = scene;
  discord.say(ada, `${mention} check memory on db1`);
  const card = await scene.shown((m) => textOf(m.components).includes('read the script'));
  expect(textOf(card.components)).toContain('**#1001**');
  expect(textOf(card.components)).toContain('```bash\n');
  const press = discord.press(ada, card, buttonOf(card, 'Approve'));
  const [answer] = await discord.until(() => discord.answers.get(press));
  // The click is acknowledged without words: the card says what became of it.
  expect(answer?.type).toBe(6);
  const done = await scene.shown((m) => m.id === card.id && textOf(m.components).includes('Done on db1'));
  expect(flat(done.components).some(({ label }) => label === 'Approve')).toBe(false);
});

it('a yes of somebody who may not is refused to them alone, and nothing runs', async () => {
  const { discord } = scene;
  discord.say(ada, `${mention} disk usage on db1`);
  const card = await scene.shown((m) => textOf(m.components).includes('disk usage on db1'));
  const ready = await scene.shown(
    (m) => m.id === card.id && textOf(m.components).includes('read the script'),
  );
  const press = discord.press(eve, ready, buttonOf(ready, 'Approve'));
  const [answer] = await discord.until(() => discord.answers.get(press));
  expect(answer).toMatchObject({ type: 4, data: { flags: 64 + 32_768 } });
  expect(textOf(answer?.data.components)).not.toBe('');
  expect(textOf(discord.messages.get(card.id)?.components)).toContain('read the script');
});

it('`/nerdy ask` does the same, and `/nerdy agents` lists the machines to the asker', async () => {
  const { discord } = scene;
  const asked = discord.command(ada, 'ask', [
    { name: 'request', type: 3, value: 'uptime' },
    { name: 'machine', type: 3, value: 'db1' },
  ]);
  const [answer] = await discord.until(() => discord.answers.get(asked));
  expect(textOf(answer?.data.components)).toMatch(/#\d+ is on its way/);
  await scene.shown((m) => textOf(m.components).includes('uptime'));
  const listed = discord.command(ada, 'agents');
  const [list] = await discord.until(() => discord.answers.get(listed));
  expect(list).toMatchObject({ type: 4, data: { flags: 64 + 32_768 } });
});
