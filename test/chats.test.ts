import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { ChatPlatform } from './fakes/chat-platform.ts';

const packageDir = fileURLToPath(new URL('..', import.meta.url));
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let dataDir: string;
let app: App;
let chat: ChatPlatform;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'nerdyops-chats-'));
  const env = { NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' };
  const config = readConfig({ env, packageDir });
  chat = new ChatPlatform('chat');
  app = await createApp({ config, packageDir, log: silent, chatMakers: [chat.make] });
  await app.start();
});
afterAll(async () => {
  await app.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

it('what is asked in a chat is shown there', async () => {
  const heard = await chat.say('check memory');
  expect(heard).toMatchObject({ kind: 'asked', card: { task: 1001 } });
  const message = await chat.shows(({ content }) => content.kind === 'card');
  expect(message).toMatchObject({ channel: 'C1', content: { card: { task: 1001 } } });
});

it('/ready is red with the sentence of a connection in trouble, and green when it is over', async () => {
  const ready = async () => {
    const response = await fetch(`${app.url()}/ready`);
    const { checks } = (await response.json()) as { checks: { name: string }[] };
    return { status: response.status, check: checks.find(({ name }) => name === 'chat') };
  };
  expect(await ready()).toEqual({ status: 200, check: { name: 'chat', ready: true } });
  expect(app.waitsFor()).toEqual([]);
  chat.isDown = true;
  expect(await ready()).toEqual({
    status: 503,
    check: { name: 'chat', ready: false, message: expect.stringContaining('chat') },
  });
  expect(app.waitsFor()).toMatchObject([{ code: 'surface_missing' }]);
  chat.isDown = false;
  expect((await ready()).status).toBe(200);
});

it.each(['application/json', 'application/x-www-form-urlencoded', 'text/weird'])(
  'a platform that calls by HTTP is given to its adapter byte by byte, as %s',
  async (type) => {
    const response = await fetch(`${app.url()}/chat/events`, {
      method: 'POST',
      headers: { 'content-type': type, 'x-signature': 'v0=abc' },
      body: Buffer.from([0x7b, 0x20, 0xff, 0x7d]),
    });
    expect([response.status, await response.text()]).toEqual([202, 'v0=abc 7b20ff7d']);
  },
);

it('a chat was started with the server and is stopped with it, once', async () => {
  expect(chat.calls).toEqual(['start']);
  await app.stop();
  await app.stop();
  expect(chat.calls).toEqual(['start', 'stop']);
});
