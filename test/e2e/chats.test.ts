import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Card } from '../../src/core/card.ts';
import type { Actor } from '../../src/core/task.ts';
import type { Heard } from '../../src/flow/hear.ts';
import { ChatPlatform, type PlatformMessage } from '../fakes/chat-platform.ts';
import { effectsIn, KeptAgent } from './loop.ts';
import { makeDir, packageDir } from './processes.ts';

/**
 * Two chats at once, with the rules of a file, the real loop and a real agent: what is heard in one is followed and
 * decided in the other. What ran is counted by what the script did.
 */
const dir = makeDir();
const dataDir = join(dir.path, 'data');
const chat = new ChatPlatform('chat');
const talk = new ChatPlatform('talk');
const agents: KeptAgent[] = [];
let app: App;

const oncall = 'slack-group:S0614TZR7';
const settings = {
  people: {
    ada: { role: 'operator', identities: ['chat:U1', 'talk:A1'] },
    bob: { role: 'approver', identities: ['talk:B1'] },
  },
  roles: { approver: oncall },
  unlinked: 'none',
  rules: [{ name: 'look around', risk: 'read-only', decision: 'auto' }],
  channels: { 'chat:C-db': { on: 'db1' } },
};

beforeAll(async () => {
  const file = join(dir.path, 'nerdyops.yml');
  writeFileSync(file, JSON.stringify(settings));
  const env = {
    ...{ NERDY_CONFIG: file, NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
    NERDY_RUNBOOKS_DIR: join(packageDir, 'test/e2e/fixtures/policy'),
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const config = readConfig({ env, packageDir });
  app = await createApp({ config, packageDir, log: silent, chatMakers: [chat.make, talk.make] });
  await app.start();
  for (const name of ['db1', 'web1']) {
    const options = { serverDataDir: dataDir, dataDir: join(dir.path, name), name };
    const joined = isOnline(name);
    agents.push(new KeptAgent({ ...options, wanted: null, recordTo: null }));
    await joined;
  }
});

afterAll(async () => {
  for (const agent of agents) await agent.stop();
  await app?.stop();
  dir.remove();
});

const isOnline = (name: string): Promise<void> =>
  new Promise((resolve) => {
    const end = app.desk.watch(async () => {
      const agent = (await app.desk.agents()).find((a) => a.name === name);
      if (!agent?.online) return;
      end();
      resolve();
    });
  });

const person = (surface: string, id: string, name: string): Actor => ({ kind: 'person', surface, id, name });
const ada = person('chat', 'U1', 'Ada');
const bob = person('talk', 'B1', 'Bob');

const cardIn = ({ content }: PlatformMessage): Card | null =>
  content.kind === 'card' || content.kind === 'answer' ? content.card : null;
const shows = (where: ChatPlatform, task: number, state: Card['state'], kind = 'card') =>
  where.shows((m) => m.content.kind === kind && cardIn(m)?.task === task && cardIn(m)?.state === state);

/** Asks in the first chat; the message in which the script stands, once there is one. */
const proposedBy = async (
  text: string,
  over: Partial<Heard> = {},
): Promise<{ card: Card; message: PlatformMessage }> => {
  const heard = await chat.say(text, { by: ada, ...over });
  if (heard.kind !== 'asked') throw new Error(`it was ${heard.kind}`);
  const message = await shows(chat, heard.card.task, 'proposed');
  const card = cardIn(message);
  if (!card) throw new Error('no card');
  return { card, message };
};

const yes = (card: Card, by: Actor) =>
  app.desk.approve(card.task, {
    ...{ by, eventId: null, canary: false, confirm: null },
    proposal: card.proposal?.revision ?? 0,
    digest: card.proposal?.digest ?? '',
  });

test('what is asked in one chat is shown, decided and answered in the other as well', async () => {
  const mark = join(dir.path, 'mark-1');
  const { card, message } = await proposedBy(`mark the file ${mark} on db1`);
  expect(message).toMatchObject({ channel: 'C1', under: null });
  expect(await talk.say(`task ${card.task}`, { by: bob, channel: 'T1' })).toMatchObject({ kind: 'shown' });
  const shown = cardIn(await shows(talk, card.task, 'proposed'));
  if (!shown) throw new Error('no card');
  expect(await yes(card, ada)).toMatchObject({ kind: 'refused', sentence: { code: 'approver_not_named' } });
  expect(await yes(shown, bob)).toMatchObject({ kind: 'done' });
  for (const where of [chat, talk]) {
    await shows(where, card.task, 'done');
    const answer = await shows(where, card.task, 'done', 'answer');
    expect(cardIn(answer)?.answer?.words).toBe('Marked 1 times.');
  }
  expect(effectsIn(mark)).toBe(1);
});

test('a reply under a card needs no mention and no machine, and one that is delivered twice acts once', async () => {
  const { card, message } = await proposedBy(`mark the file ${join(dir.path, 'mark-2')} on web1`);
  const reply = { under: message.id, isAddressed: false, eventId: 'reply-1' };
  const text = `mark the file ${join(dir.path, 'mark-3')}`;
  const [first, second] = await Promise.all([
    chat.say(text, { by: ada, ...reply }),
    chat.say(text, { by: ada, ...reply }),
  ]);
  if (first.kind !== 'asked' || second.kind !== 'asked') throw new Error('it was not asked');
  expect(second.card.task).toBe(first.card.task);
  const followed = await shows(chat, first.card.task, 'proposed');
  expect(followed.under).toBe(message.id);
  expect(cardIn(followed)).toMatchObject({ place: card.place, targets: [{ name: 'web1' }] });
});

test('what only reads runs by itself in a channel that is about one machine', async () => {
  const file = join(dir.path, 'notes');
  writeFileSync(file, 'all is well\n');
  const heard = await chat.say(`peek into the file ${file}`, { by: ada, channel: 'C-db' });
  if (heard.kind !== 'asked') throw new Error(`it was ${heard.kind}`);
  const answer = cardIn(await shows(chat, heard.card.task, 'done', 'answer'));
  expect(answer).toMatchObject({ targets: [{ name: 'db1' }], runs: [{ state: 'succeeded' }] });
});

test('a message that is pointed at runs nothing by itself, though it asks for what only reads', async () => {
  const file = join(dir.path, 'notes');
  const { card } = await proposedBy('what is this? on db1', { context: `peek into the file ${file}` });
  expect(card).toMatchObject({ risk: { risk: 'read-only' }, notices: [{ code: 'context_used' }] });
});

test('somebody whom a group of the platform makes an approver says yes, and a stranger is told why not', async () => {
  const mark = join(dir.path, 'mark-4');
  const zoe = person('chat', 'U9', 'Zoe');
  const { card } = await proposedBy(`mark the file ${mark} on db1`);
  expect(await chat.say('tasks', { by: zoe })).toMatchObject({
    kind: 'refused',
    sentence: { code: 'role_missing' },
  });
  chat.groups.set('chat:U9', [oncall]);
  expect(await chat.say('tasks', { by: zoe })).toMatchObject({ kind: 'listing' });
  expect(await yes(card, zoe)).toMatchObject({ kind: 'done' });
  await shows(chat, card.task, 'done');
  expect(effectsIn(mark)).toBe(1);
});
