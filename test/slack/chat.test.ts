import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatAdapter } from '../../src/flow/chat-adapter.ts';
import type { ChatContent, PostOutcome, PostTarget } from '../../src/ports/chat.ts';
import { slackSurface } from '../../src/slack/app.ts';
import { SystemClock } from '../../src/system/system-clock.ts';
import { fixedRunbooks } from '../fakes/runbooks.ts';
import { agentOf } from '../web/fake-desk.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
let to: PostTarget;
const { signal } = new AbortController();

beforeEach(async () => {
  scene = await openScene();
  to = { channel: scene.workspace.record.channelNamed('ops').id, under: null };
});
afterEach(() => scene.stop());

const cardContent = async (): Promise<ChatContent> => {
  const { desk } = scene;
  desk.agentList = [agentOf('db1')];
  const outcome = await desk.ask({
    ...{ request: 'check memory', on: null, eventId: null },
    asker: { kind: 'person', surface: 'slack', id: 'U00ADA', name: 'ada' },
    place: { surface: 'slack', channel: to.channel, thread: null },
  });
  if (outcome.kind === 'refused') throw new Error(outcome.sentence.text);
  desk.propose(outcome.card.task, { texts: [{ text: 'free -m\n', platforms: ['linux'] }], on: ['db1'] });
  const card = await desk.card(outcome.card.task);
  if (!card) throw new Error('no card');
  return { kind: 'card', card, isAnew: false };
};

const post = async (id: string, content: ChatContent, where = to): Promise<PostOutcome> =>
  scene.chat.surface.post(id, where, content, signal);

describe('a post', () => {
  it('carries its id, so that it is found again after a crash', async () => {
    const content = await cardContent();
    const outcome = await post('post-1', content);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    expect(await scene.chat.surface.find('post-1', to, content, signal)).toEqual(outcome.message);
    expect(await scene.chat.surface.find('post-2', to, content, signal)).toBeNull();
  });

  it('is not taken for one that another app has marked alike', async () => {
    const content = await cardContent();
    const outcome = await post('post-1', content);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    const { record } = scene.workspace;
    const other = record.addPerson('U0OTHERBOT', 'other', { isBot: true });
    const metadata = { event_type: 'nerdy_post', event_payload: { id: 'post-2' } };
    record.add({ channel: to.channel, user: other.id, botId: 'B0OTHER', text: 'ours, surely', metadata });
    expect(await scene.chat.surface.find('post-2', to, content, signal)).toBeNull();
    expect(await scene.chat.surface.find('post-1', to, content, signal)).toEqual(outcome.message);
  });

  it('is found in its thread too', async () => {
    const content = await cardContent();
    const head = scene.workspace.user('ada').says('ops', 'how is db1?');
    const under = { channel: to.channel, under: head.ts };
    const outcome = await post('post-1', content, under);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    expect(await scene.chat.surface.find('post-1', under, content, signal)).toEqual(outcome.message);
  });

  it('that would be too soon is told how long to stay, before Slack has to say so', async () => {
    const content = await cardContent();
    const outcomes: PostOutcome[] = [];
    for (let i = 0; i < 6; i += 1) outcomes.push(await post(`post-${i}`, content));
    const later = outcomes.find(({ kind }) => kind === 'later');
    expect(later).toMatchObject({ kind: 'later', reason: 'pace' });
    expect(scene.workspace.calls.filter(({ outcome }) => outcome === 'ratelimited')).toEqual([]);
  });

  it.each([
    ['the app is not in', 'gone', (s: Scene) => s.workspace.removeBot('ops')],
    ['is archived', 'gone', (s: Scene) => s.workspace.archive('ops')],
  ] as const)('into a channel that %s is never tried again', async (_, kind, change) => {
    const content = await cardContent();
    change(scene);
    expect(await post('post-1', content)).toMatchObject({
      ...{ kind, reason: { code: 'slack_channel_gone' } },
      isShut: true,
    });
    expect(scene.chat.connection.trouble()).toBeNull();
  });

  it.each([
    ['an error that no page names', 'a_new_error', { isUnsure: false }],
    ['an error of its own', 'internal_error', { isUnsure: true }],
  ])('that Slack refuses with %s is tried later, and may give way to the others', async (_, error, more) => {
    const content = await cardContent();
    scene.workspace.fault = () => ({ status: 200, error });
    const refusal = { code: 'slack_post_refused', text: expect.stringContaining(error) };
    expect(await post('post-1', content)).toMatchObject({ kind: 'later', refusal, ...more });
  });

  it.each(['ratelimited', 'ekm_access_denied', 'token_revoked'])(
    'that Slack puts off as all are (%s) keeps its place before the others',
    async (error) => {
      const content = await cardContent();
      scene.workspace.fault = () => ({ status: 200, error });
      const outcome = await post('post-1', content);
      expect(outcome.kind).toBe('later');
      expect(outcome).not.toHaveProperty('refusal');
    },
  );

  it('with a token that was revoked is tried later, and the whole surface is in trouble until it works', async () => {
    const content = await cardContent();
    scene.workspace.access.isRevoked = true;
    expect(await post('post-1', content)).toMatchObject({ kind: 'later', reason: 'token_revoked' });
    expect(scene.chat.connection.trouble()).toMatchObject({ code: 'slack_token_refused' });
    scene.workspace.access.isRevoked = false;
    expect(await post('post-1', content)).toMatchObject({ kind: 'posted' });
    expect(scene.chat.connection.trouble()).toBeNull();
  });

  it('while Slack is down is tried later, and looked for first, as it may have been done', async () => {
    const content = await cardContent();
    scene.workspace.fault = () => ({ status: 503 });
    expect(await post('post-1', content)).toMatchObject({
      kind: 'later',
      reason: 'unreachable',
      isUnsure: true,
    });
  });

  it('that somebody deleted is missing when it is to change', async () => {
    const content = await cardContent();
    const outcome = await post('post-1', content);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    const shown = scene.workspace.messages('ops').find(({ ts }) => ts === outcome.message.id);
    if (!shown) throw new Error('not there');
    scene.workspace.record.remove(shown);
    expect(await scene.chat.surface.update(outcome.message, content, signal)).toEqual({ kind: 'missing' });
  });
});

describe('output', () => {
  it('is uploaded as a file into the thread, and found there by its name', async () => {
    const head = scene.workspace.user('ada').says('ops', 'logs?');
    const under = { channel: to.channel, under: head.ts };
    const file = { name: 'nerdy-1042.txt', title: 'Output of #1042', bytes: Buffer.from('one\ntwo\n') };
    const content: ChatContent = { kind: 'output', task: 1042, file };
    const outcome = await post('post-1', content, under);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    const [message] = scene.workspace.messages('ops').filter(({ files }) => files.length > 0);
    expect(message).toMatchObject({ threadTs: head.ts, files: [{ name: file.name, bytes: file.bytes }] });
    expect(await scene.chat.surface.find('post-1', under, content, signal)).toEqual(outcome.message);
  });
});

describe('words while they are written', () => {
  const words = (text: string): ChatContent => ({
    ...{ kind: 'words', task: 1042, text, callsAsker: false },
    asker: {
      kind: 'person',
      surface: 'slack',
      id: scene.workspace.record.personNamed('ada').id,
      name: 'ada',
    },
  });
  const thread = (): PostTarget => ({
    channel: to.channel,
    under: scene.workspace.user('ada').says('ops', 'how is db1?').ts,
  });

  it('appear as a stream, that the answer then replaces', async () => {
    const under = thread();
    const outcome = await post('post-1', words('Memory is'), under);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    const message = scene.workspace.messages('ops').find(({ ts }) => ts === outcome.message.id);
    expect(message?.isStreaming).toBe(true);
    expect(await scene.chat.surface.update(outcome.message, words('Memory is fine'), signal)).toMatchObject({
      kind: 'posted',
    });
    expect(message?.text.replace(/[\\\u2060]/g, '')).toBe('Memory is fine');
    const content = await cardContent();
    expect(await scene.chat.surface.update(outcome.message, content, signal)).toMatchObject({
      kind: 'posted',
    });
    expect(message?.isStreaming).toBe(false);
    expect(message?.blocks.length).toBeGreaterThan(0);
  });

  /** Another server that begins where the first was killed. */
  const nextLife = async (): Promise<ChatAdapter> => {
    const { desk, hearing, log, workspace } = scene;
    const { botToken } = workspace.access;
    const settings = { botToken, appToken: null, signingSecret: 'a'.repeat(32), apiUrl: workspace.apiUrl };
    const parts = {
      desk,
      hearing,
      alerts: null,
      runbooks: fixedRunbooks(),
      groups: [],
      clock: new SystemClock(),
      log,
    };
    const chat = slackSurface(settings)(parts);
    await chat.connection.start();
    lives.push(chat);
    return chat;
  };
  const lives: ChatAdapter[] = [];
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.connection.stop();
  });
  const ours = () => scene.workspace.messages('ops').filter(({ isOurs }) => isOurs);

  it('and whose server was killed end as the answer, in the same message', async () => {
    const outcome = await post('post-1', words('Memory is'), thread());
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    const { surface } = await nextLife();
    const content = await cardContent();
    expect(await surface.update(outcome.message, content, signal)).toEqual(outcome);
    expect(ours()).toMatchObject([{ ts: outcome.message.id, isStreaming: false }]);
    expect(ours()[0]?.blocks.length).toBeGreaterThan(0);
  });

  it('and whose server was killed before it noted their message are found, once, and by nobody else', async () => {
    const under = thread();
    const outcome = await post('post-1', words('Memory is'), under);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    const { surface } = await nextLife();
    const { card } = (await cardContent()) as Extract<ChatContent, { kind: 'card' }>;
    const content: ChatContent = { kind: 'answer', card, callsAsker: false };
    expect(await surface.find('post-1', under, content, signal)).toEqual(outcome.message);
    expect(ours()).toMatchObject([{ isStreaming: false }]);
    expect(await surface.find('post-2', under, content, signal)).toBeNull();
    expect(await surface.find('post-1', under, content, signal)).toEqual(outcome.message);
  });

  it('are a message that is edited, where the workspace has no streams', async () => {
    scene.workspace.access.missing.add('chat.startStream');
    const under = thread();
    const outcome = await post('post-1', words('Memory is'), under);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    await scene.chat.surface.update(outcome.message, words('Memory is fine'), signal);
    const message = scene.workspace.messages('ops').find(({ ts }) => ts === outcome.message.id);
    expect(JSON.stringify(message?.blocks)).toContain('Memory is fine');
    await post('post-2', words('Disk'), under);
    expect(scene.workspace.calls.filter(({ method }) => method === 'chat.startStream')).toHaveLength(1);
  });
});
