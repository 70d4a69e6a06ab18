import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localTokenIn } from '../e2e/processes.ts';
import { type FakeMessage, fakeIds, flat, textOf } from '../fakes/discord-shapes.ts';
import { TestAgent } from '../grpc/test-agent.ts';
import { ada, buttonOf, eve, Scene } from './scene.ts';

/** A whole server that tells its incidents in Discord: what is pressed there acts on the real record. */
let scene: Scene;
let hook = '';
/** With db1 as many as are offered in a menu and not as buttons. */
const others = ['db2', 'db3', 'web1', 'web2'];
const agents: TestAgent[] = [];
beforeAll(async () => {
  scene = await Scene.start({ rules: `alerts:\n  channel: 'discord:${fakeIds.channel}'\n` });
  for (const name of others) {
    const agent = new TestAgent(`unix:${join(scene.dataDir, 'gateway.sock')}`);
    agents.push(agent);
    await agent.hello(name);
  }
  const headers = {
    authorization: `Bearer ${localTokenIn(scene.dataDir)}`,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ source: 'alertmanager' });
  const made = await fetch(`${scene.app.url()}/api/v1/hooks`, { method: 'POST', headers, body });
  hook = scene.app.url() + new URL(((await made.json()) as { url: string }).url).pathname;
});
afterAll(async () => {
  for (const agent of agents) agent.end();
  await scene.stop();
});

const fires = async (name: string, instance: string): Promise<FakeMessage> => {
  const alert = {
    ...{ status: 'firing', labels: { alertname: name, instance }, annotations: { summary: 'memory is low' } },
    ...{ startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z', fingerprint: name },
  };
  const body = JSON.stringify({
    ...{ version: '4', groupKey: name, status: 'firing', receiver: 'nerdy', alerts: [alert] },
    ...{ groupLabels: { alertname: name }, commonLabels: alert.labels, commonAnnotations: {} },
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(hook, { method: 'POST', headers, body });
  expect(answer.ok).toBe(true);
  return scene.shown((m) => textOf(m.components).includes(name));
};
const press = async (user: string, message: FakeMessage, label: string) => {
  const id = scene.discord.press(user, message, buttonOf(message, label));
  return scene.discord.until(() => scene.discord.answers.get(id)?.[0]);
};
const follows = (message: FakeMessage, words: RegExp): Promise<FakeMessage> =>
  scene.shown((m) => m.id === message.id && words.test(textOf(m.components)));

it('an incident is acknowledged, silenced and heard again by its buttons, and its message follows', async () => {
  const told = await fires('LowMemory', 'db1:9100');
  // Acknowledged without words: the message says what became of it.
  expect((await press(ada, told, 'I look at it')).type).toBe(6);
  const taken = await follows(told, /looks at it/);
  const silence = JSON.stringify(taken.components).match(/Silence [^"]+/)?.[0] ?? '';
  expect((await press(ada, taken, silence)).type).toBe(6);
  const silent = await follows(told, /silent until/);
  await press(ada, silent, 'End the silence');
  await scene.shown((m) => m.id === told.id && !/silent until/.test(textOf(m.components)));
});

it('who may not act on an incident is told so alone', async () => {
  const told = await fires('LowDisk', 'db1:9100');
  const answer = await press(eve, told, 'I look at it');
  expect(answer).toMatchObject({ type: 4, data: { flags: 64 + 32_768 } });
  expect(textOf(answer.data.components)).not.toBe('');
  expect(textOf(scene.discord.messages.get(told.id)?.components)).not.toMatch(/looks at it/);
});

it('an incident that names no machine of ours is looked into on the one that its menu offers, by a task that is proposed here', async () => {
  const told = await fires('LowMemory check memory', 'nobody:9100');
  const menu = flat(told.components).find(({ options }) => options);
  expect(menu?.options?.map(({ value }) => value).sort()).toEqual(['db1', ...others]);
  expect(flat(told.components).some(({ label }) => label?.startsWith('Look into it') === true)).toBe(false);
  const id = scene.discord.press(ada, told, menu?.custom_id ?? '', ['web1']);
  expect(await scene.discord.until(() => scene.discord.answers.get(id)?.[0])).toMatchObject({ type: 6 });
  const looked = await follows(told, /\*\*#\d+\*\*/);
  const [, task = ''] = /\*\*#(\d+)\*\*/.exec(textOf(looked.components)) ?? [];
  const card = await scene.app.desk.card(Number(task));
  expect(card?.targets.map(({ name }) => name)).toEqual(['web1']);
});
