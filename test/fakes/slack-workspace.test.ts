import { App } from '@slack/bolt';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from './free-port.ts';
import { SlackWorkspace, type SlackWorkspaceOptions } from './slack-workspace.ts';
import type { Json } from './slack-workspace-record.ts';
import { SteppedClock } from './stepped-clock.ts';

const scopes = [
  ...['app_mentions:read', 'channels:history', 'channels:read', 'chat:write', 'files:write', 'im:history'],
  ...['im:write', 'users:read', 'usergroups:read', 'assistant:write', 'commands'],
];
const events = ['app_mention', 'message.channels', 'message.im', 'app_home_opened'];

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const open = async (options: Partial<SlackWorkspaceOptions> = {}): Promise<SlackWorkspace> => {
  const workspace = new SlackWorkspace({
    ...{ scopes, events, people: ['ada', 'bob'], channels: ['general', 'ops'] },
    ...options,
  });
  await workspace.start();
  stops.push(() => workspace.stop());
  return workspace;
};

const clientOf = (workspace: SlackWorkspace, token = workspace.access.botToken): WebClient =>
  new WebClient(token, {
    slackApiUrl: workspace.apiUrl,
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  });

/** What Slack says no with. */
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (err: { data?: { error?: string }; message: string }) => err.data?.error ?? err.message,
  );

const idOf = (workspace: SlackWorkspace, channel: string): string =>
  workspace.record.channelNamed(channel).id;

const appOf = async (workspace: SlackWorkspace, prepare: (app: App) => void): Promise<App> => {
  const app = new App({
    token: workspace.access.botToken,
    appToken: workspace.access.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: workspace.apiUrl },
    logLevel: LogLevel.ERROR,
  });
  prepare(app);
  await app.start();
  stops.push(() => app.stop());
  return app;
};

/** A socket that acknowledges nothing by itself, after its hello. */
const socketOf = async (workspace: SlackWorkspace): Promise<WebSocket> => {
  const { url = '' } = await clientOf(workspace, workspace.access.appToken).apps.connections.open({});
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once('message', resolve));
  return socket;
};

const button = (text: string, id: string): Json => ({
  ...{ type: 'button', action_id: id, value: 'v', text: { type: 'plain_text', text } },
});
const actions = (...elements: Json[]): Json[] => [{ type: 'actions', block_id: 'acts', elements }];
const modal = {
  type: 'modal',
  callback_id: 'why',
  title: { type: 'plain_text', text: 'Why?' },
  submit: { type: 'plain_text', text: 'Send' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
};

describe('who may call', () => {
  it('nobody without a token, with another, or with one that was revoked', async () => {
    const workspace = await open();
    expect(await refusal(clientOf(workspace, 'xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await refusal(clientOf(workspace, '').auth.test())).toBe('not_authed');
    workspace.access.isRevoked = true;
    expect(await refusal(clientOf(workspace).auth.test())).toBe('token_revoked');
  });

  it('no method without its scope, and no reading of a channel without that of its kind', async () => {
    const workspace = await open({ scopes: ['chat:write', 'channels:history'] });
    const client = clientOf(workspace);
    expect(await refusal(client.usergroups.list())).toBe('missing_scope');
    expect(await refusal(client.conversations.history({ channel: idOf(workspace, 'ops') }))).toBe('ok');
    workspace.addChannel('secret', 'private', ['ada']);
    expect(await refusal(client.conversations.history({ channel: idOf(workspace, 'secret') }))).toBe(
      'missing_scope',
    );
  });

  it('tells the scopes that were granted with each answer', async () => {
    const answer = await clientOf(await open()).auth.test();
    expect(answer.response_metadata?.scopes).toContain('chat:write');
  });

  it('nobody by a method that this workspace does not have', async () => {
    const workspace = await open();
    workspace.access.missing.add('chat.startStream');
    const call = clientOf(workspace).apiCall('chat.startStream', { channel: idOf(workspace, 'ops') });
    expect(await refusal(call)).toBe('unknown_method');
  });
});

describe('where messages go', () => {
  it('not into a channel that is archived, that the bot has left, or that it never saw', async () => {
    const workspace = await open();
    const client = clientOf(workspace);
    workspace.archive('general');
    workspace.removeBot('ops');
    const post = (channel: string) => refusal(client.chat.postMessage({ channel, text: 'x' }));
    expect(await post(idOf(workspace, 'general'))).toBe('is_archived');
    expect(await post(idOf(workspace, 'ops'))).toBe('not_in_channel');
    expect(await post('C0NOWHERE')).toBe('channel_not_found');
  });

  it('keeps metadata and gives it back where it is asked for', async () => {
    const workspace = await open();
    const client = clientOf(workspace);
    const channel = idOf(workspace, 'ops');
    const metadata = { event_type: 'post', event_payload: { id: 'p1' } };
    await client.chat.postMessage({ channel, text: 'x', metadata });
    const { messages } = await client.conversations.history({ channel, include_all_metadata: true });
    expect(messages?.[0]).toMatchObject({ text: 'x', metadata });
    const bare = await client.conversations.history({ channel });
    expect(bare.messages?.[0]).not.toHaveProperty('metadata');
  });

  it('a message that somebody deleted is not found, and a longer text than an update takes is refused', async () => {
    const workspace = await open();
    const client = clientOf(workspace);
    const channel = idOf(workspace, 'ops');
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'x' });
    const long = refusal(client.chat.update({ channel, ts, text: 'x'.repeat(4_001) }));
    expect(await long).toBe('msg_too_long');
    const [message] = workspace.messages('ops');
    if (message) workspace.user('ada').deletes(message);
    expect(await refusal(client.chat.update({ channel, ts, text: 'y' }))).toBe('message_not_found');
  });

  it('shows an ephemeral message to one person', async () => {
    const workspace = await open();
    const [ada, bob] = [workspace.user('ada'), workspace.user('bob')];
    const channel = idOf(workspace, 'ops');
    await clientOf(workspace).chat.postEphemeral({ channel, user: ada.id, text: 'only you' });
    expect(ada.sees('ops').map((m) => m.text)).toEqual(['only you']);
    expect(bob.sees('ops')).toEqual([]);
  });

  it('shares a file whose bytes came as long as was said', async () => {
    const workspace = await open();
    const channel_id = idOf(workspace, 'ops');
    const file = Buffer.from('all of it');
    await clientOf(workspace).filesUploadV2({ channel_id, file, filename: 'nerdy-1.txt', title: 'Output' });
    expect(workspace.messages('ops')[0]?.files[0]).toMatchObject({ name: 'nerdy-1.txt', bytes: file });
  });
});

describe('how fast', () => {
  it('takes a short burst into a channel, then one message a second', async () => {
    const clock = new SteppedClock();
    const workspace = await open({ clock });
    const client = clientOf(workspace);
    const post = (name: string) =>
      client.chat.postMessage({ channel: idOf(workspace, name), text: 'x' }).then(
        () => 0,
        (err: { retryAfter: number }) => err.retryAfter,
      );
    const burst = [await post('ops'), await post('ops'), await post('ops'), await post('ops')];
    expect(burst).toEqual([0, 0, 0, 1]);
    expect(await post('general')).toBe(0);
    clock.step(1_000);
    expect(await post('ops')).toBe(0);
  });

  it('takes a minute of updates as their tier has it', async () => {
    const clock = new SteppedClock();
    const workspace = await open({ clock });
    const client = clientOf(workspace);
    const channel = idOf(workspace, 'ops');
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'x' });
    for (let i = 0; i < 50; i++) await client.chat.update({ channel, ts, text: String(i) });
    await expect(client.chat.update({ channel, ts, text: 'more' })).rejects.toMatchObject({ retryAfter: 60 });
    expect(workspace.calls.at(-1)?.outcome).toBe('ratelimited');
  });
});

describe('what the app hears', () => {
  it('a mention, as an event of its own and as a message', async () => {
    const workspace = await open();
    const heard: string[] = [];
    await appOf(workspace, (app) => {
      app.event('app_mention', async ({ event }) => void heard.push(`mention ${event.text}`));
      app.message(async ({ message }) => void heard.push(`message ${'text' in message ? message.text : ''}`));
    });
    workspace.user('ada').says('ops', '@nerdy is <db1> well?');
    await workspace.until(() => (workspace.delivery.events.every((e) => e.isAcknowledged) ? true : null));
    const text = '<@U0NERDYBOT> is &lt;db1&gt; well?';
    expect(heard.sort()).toEqual([`mention ${text}`, `message ${text}`]);
  });

  it('again, and saying so, as long as it was not acknowledged', async () => {
    const workspace = await open({ deadlineSecondMs: 50, retrySecondMs: 1 });
    const socket = await socketOf(workspace);
    const envelopes: Json[] = [];
    socket.on('message', (data) => {
      const said = JSON.parse(String(data)) as Json;
      if (said.type !== 'events_api') return;
      envelopes.push(said);
      if (envelopes.length === 2) socket.send(JSON.stringify({ envelope_id: said.envelope_id }));
    });
    workspace.access.scopes.delete('channels:history');
    workspace.user('ada').says('ops', '@nerdy hello');
    await workspace.until(() => (workspace.delivery.events[0]?.isAcknowledged ? true : null));
    expect(envelopes.map((e) => e.retry_attempt)).toEqual([undefined, 1]);
    expect(envelopes[1]).toMatchObject({
      retry_reason: 'timeout',
      payload: { event: { type: 'app_mention' } },
    });
    expect(envelopes[1]?.payload).toEqual(envelopes[0]?.payload);
  });

  it('nothing that it is not subscribed to or not in', async () => {
    const workspace = await open({ events: ['app_mention'] });
    workspace.removeBot('general');
    workspace.user('ada').says('ops', 'hello');
    workspace.user('ada').says('general', '@nerdy hello');
    expect(workspace.delivery.events).toEqual([]);
  });

  it('over HTTP, signed', async () => {
    const workspace = await open();
    const port = await freePort();
    const app = new App({
      token: workspace.access.botToken,
      signingSecret: workspace.access.signingSecret,
      clientOptions: { slackApiUrl: workspace.apiUrl },
      logLevel: LogLevel.ERROR,
    });
    const heard: string[] = [];
    app.event('app_mention', async ({ event }) => {
      heard.push(event.text);
      workspace.record.changed();
    });
    app.command('/nerdy', async ({ ack }) => ack('done'));
    await app.start({ port, host: '127.0.0.1' });
    stops.push(() => app.stop());
    workspace.requestUrl = `http://127.0.0.1:${port}/slack/events`;
    workspace.user('ada').says('ops', '@nerdy hello');
    expect(await workspace.user('ada').slash('ops', '/nerdy', 'agents')).toBe(null);
    expect(workspace.user('ada').sees('ops').at(-1)).toMatchObject({ text: 'done', ephemeralTo: 'U00ADA' });
    await workspace.until(() => (heard.length > 0 ? true : null));
  });
});

describe('clicks and modals', () => {
  it('a click opens a modal once, and what is typed comes back', async () => {
    const workspace = await open();
    const reasons: unknown[] = [];
    let second = '';
    await appOf(workspace, (app) => {
      app.action('reject', async ({ ack, body, client }) => {
        await ack();
        const { trigger_id } = body as unknown as { trigger_id: string };
        await client.views.open({ trigger_id, view: modal as never });
        second = await refusal(client.views.open({ trigger_id, view: modal as never }));
        workspace.record.changed();
      });
      app.view('why', async ({ ack, view }) => {
        const { value } = view.state.values.reason?.text ?? {};
        reasons.push(value);
        await ack(
          value === 'no' ? { response_action: 'errors', errors: { reason: 'Say more.' } } : undefined,
        );
      });
    });
    const client = clientOf(workspace);
    const blocks = actions(button('Reject', 'reject'));
    await client.chat.postMessage({ channel: idOf(workspace, 'ops'), text: 'card', blocks: blocks as never });
    const ada = workspace.user('ada');
    const [card] = ada.sees('ops');
    if (card) await ada.clicks(card, 'Reject');
    await workspace.until(() => (second === '' ? null : true));
    expect(second).toBe('exchanged_trigger_id');
    expect(await ada.submits({ Reason: '' })).toEqual({ reason: 'required' });
    expect(await ada.submits({ Reason: 'no' })).toEqual({ reason: 'Say more.' });
    expect(ada.modal()).not.toBe(null);
    expect(await ada.submits({ Reason: 'wrong machine' })).toEqual({});
    expect(ada.modal()).toBe(null);
    expect(reasons).toEqual(['no', 'wrong machine']);
  });

  it('a trigger is over after three seconds', async () => {
    const clock = new SteppedClock();
    const workspace = await open({ clock });
    let trigger_id = '';
    await appOf(workspace, (app) => {
      app.shortcut('ask', async ({ ack, shortcut }) => {
        trigger_id = shortcut.trigger_id;
        await ack();
      });
    });
    await workspace.user('ada').shortcut('ask');
    clock.step(3_001);
    const late = clientOf(workspace).views.open({ trigger_id, view: modal as never });
    expect(await refusal(late)).toBe('expired_trigger_id');
  });

  it('nobody clicks a button that is not there', async () => {
    const workspace = await open();
    const [message] = [workspace.user('bob').says('ops', 'hello')];
    expect(() => workspace.user('ada').clicks(message, 'Approve')).toThrow('nothing to click');
  });

  it('an answer address is good for five answers', async () => {
    const workspace = await open();
    const ended: number[] = [];
    await appOf(workspace, (app) => {
      app.command('/nerdy', async ({ ack, body }) => {
        await ack();
        for (let i = 0; i < 6; i++) {
          const answer = await fetch(body.response_url, {
            method: 'POST',
            body: JSON.stringify({ text: 'x' }),
          });
          ended.push(answer.status);
          workspace.record.changed();
        }
      });
    });
    await workspace.user('ada').slash('ops', '/nerdy', 'help');
    await workspace.until(() => (ended.length === 6 ? true : null));
    expect(ended).toEqual([200, 200, 200, 200, 200, 404]);
  });
});

describe('sockets', () => {
  it('come back after Slack recycled them, and what was said meanwhile arrives', async () => {
    const workspace = await open({ retrySecondMs: 100 });
    const heard: string[] = [];
    await appOf(workspace, (app) =>
      app.event('app_mention', async ({ event }) => {
        heard.push(event.text);
        workspace.record.changed();
      }),
    );
    workspace.sockets.cut();
    await workspace.until(() => (workspace.sockets.connected === 0 ? true : null));
    workspace.user('ada').says('ops', '@nerdy are you there?');
    await workspace.until(() => (heard.length > 0 ? true : null));
    expect(workspace.sockets.opened).toBe(2);
  });

  it('take each address once', async () => {
    const workspace = await open();
    const { url = '' } = await clientOf(workspace, workspace.access.appToken).apps.connections.open({});
    const first = new WebSocket(url);
    await new Promise((resolve) => first.addEventListener('message', resolve, { once: true }));
    const second = new WebSocket(url);
    const how = await new Promise((resolve) => {
      second.addEventListener('open', () => resolve('open'));
      second.addEventListener('error', () => resolve('refused'));
    });
    expect(how).toBe('refused');
  });
});
