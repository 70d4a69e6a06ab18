import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListKind } from '../../src/core/listing.ts';
import { sentence } from '../../src/core/sentences.ts';
import { agentOf } from '../web/fake-desk.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

const machines = {
  ...{ kind: ListKind.agents, title: 'Machines', empty: 'No machine has joined yet.', foot: null },
  rows: [{ tone: 'good' as const, name: 'db1', words: 'online', detail: null, task: null, request: null }],
};
const opsId = (): string => scene.workspace.record.channelNamed('ops').id;

describe('a message', () => {
  it('in a thread of ours is heard without a mention, and elsewhere is not', async () => {
    const { workspace, hearing } = scene;
    const ada = workspace.user('ada');
    const [ours, other] = [ada.says('ops', 'first'), ada.says('ops', 'second')];
    hearing.threads.add(`${opsId()} ${ours.ts}`);
    ada.says('ops', 'lunch?', other);
    ada.says('ops', '@bob what do you think?', ours);
    ada.says('ops', 'and the disk?', ours);
    await workspace.until(() => hearing.heard[0]);
    ada.says('ops', '@nerdy last', ours);
    await workspace.until(() => hearing.heard[1]);
    expect(hearing.heard.map(({ text, isAddressed }) => [text, isAddressed])).toEqual([
      ['and the disk?', false],
      ['last', true],
    ]);
  });

  it('in a group message of several people is heard as in a channel, and with our name at its top too', async () => {
    const { workspace, hearing } = scene;
    workspace.addChannel('ada-bob', 'mpim', ['ada', 'bob']);
    const group = workspace.record.channelNamed('ada-bob').id;
    const ada = workspace.user('ada');
    const [ours, other] = [ada.says('ada-bob', 'first'), ada.says('ada-bob', 'second')];
    hearing.threads.add(`${group} ${ours.ts}`);
    ada.says('ada-bob', 'lunch?', other);
    ada.says('ada-bob', 'and the disk?', ours);
    await workspace.until(() => hearing.heard[0]);
    ada.says('ada-bob', '@nerdy check memory');
    await workspace.until(() => hearing.heard[1]);
    expect(hearing.heard).toMatchObject([
      { text: 'and the disk?', channel: group, under: ours.ts, isAddressed: false },
      { text: 'check memory', channel: group, under: null, isAddressed: true },
    ]);
  });

  it('to us directly is heard without a mention, and a refusal stands there for good', async () => {
    const { workspace, hearing } = scene;
    hearing.answer = () => ({ kind: 'refused', sentence: sentence('no_agents', {}) });
    workspace.user('ada').says(null, 'check memory');
    const answer = await workspace.until(() =>
      workspace
        .user('ada')
        .sees(null)
        .find(({ isOurs }) => isOurs),
    );
    expect(hearing.heard).toMatchObject([{ text: 'check memory', under: null, isAddressed: true }]);
    expect(answer.ephemeralTo).toBeNull();
  });

  it('that asks for a list is answered in a thread beneath it', async () => {
    const { workspace, hearing } = scene;
    hearing.answer = () => ({ kind: 'listing', listing: machines });
    const asked = workspace.user('ada').says('ops', '@nerdy agents');
    const list = await workspace.until(() => workspace.messages('ops').find(({ isOurs }) => isOurs));
    expect(list.threadTs).toBe(asked.ts);
    expect(JSON.stringify(list.blocks)).toContain('db1');
  });

  it('that is not committed is not acknowledged, comes again, and then acts once', async () => {
    const { workspace, hearing } = scene;
    let tries = 0;
    hearing.commit = async () => {
      tries += 1;
      if (tries === 1) throw new Error('the disk is full');
    };
    workspace.user('ada').says('ops', '@nerdy check memory');
    await workspace.until(() => hearing.heard[0]);
    expect(tries).toBe(2);
    expect(hearing.heard).toHaveLength(1);
  });
});

it('that we are let into a channel is heard, public or private, and of nobody else', async () => {
  const { workspace, hearing } = scene;
  workspace.addChannel('vault', 'private', ['ada']);
  for (const name of ['ops', 'vault']) {
    workspace.removeBot(name);
    workspace.inviteBot(name);
  }
  await workspace.until(() => hearing.letInto[1]);
  workspace.record.addPerson('U0ZOE', 'zoe');
  workspace.joins('ops', 'zoe');
  await workspace.until(
    () => workspace.delivery.events.every(({ isAcknowledged }) => isAcknowledged) || null,
  );
  expect(hearing.letInto).toEqual([opsId(), workspace.record.channelNamed('vault').id]);
});

describe('/nerdy', () => {
  it('asks in the channel', async () => {
    const { workspace, hearing } = scene;
    expect(await workspace.user('ada').slash('ops', '/nerdy', 'check memory on db1')).toBeNull();
    expect(hearing.heard).toMatchObject([{ text: 'check memory on db1', channel: opsId(), under: null }]);
  });

  it('shows a list to the person alone', async () => {
    const { workspace, hearing } = scene;
    hearing.answer = () => ({ kind: 'listing', listing: machines });
    await workspace.user('ada').slash('ops', '/nerdy', 'agents');
    const list = await workspace.until(() => workspace.user('ada').sees('ops')[0]);
    expect(list.ephemeralTo).toBe(workspace.user('ada').id);
  });

  it('where the app can not post tells the person by the way of the command', async () => {
    const { workspace, desk } = scene;
    workspace.removeBot('ops');
    await workspace.user('ada').slash('ops', '/nerdy', 'check memory');
    const [task = 0] = desk.rows.keys();
    await expect(scene.show(task)).rejects.toThrow('slack_channel_gone');
    const told = await workspace.until(() => workspace.user('ada').sees('ops')[0]);
    expect(JSON.stringify(told.blocks)).toContain('/invite');
  });
});

describe('the window in which a request is written', () => {
  it('opens from the shortcut, finds machines, shows what they come to, and asks', async () => {
    const { workspace, hearing, desk } = scene;
    desk.agentList = [
      agentOf('db1', { labels: { role: 'db' } }),
      agentOf('db2', { labels: { role: 'db' } }),
      agentOf('web7'),
    ];
    const ada = workspace.user('ada');
    await ada.shortcut('ask_nerdy');
    const open = ada.modal();
    if (!open) throw new Error('no modal');
    expect(await ada.searches(open, 'On which machines?', 'db')).toEqual(['db1', 'db2', 'role=db']);
    expect(await ada.searches(open, 'On which machines?', 'web*')).toContain('web*');
    expect(await ada.submits({ request: 'check memory', machines: ['role=db', 'web7'] })).toEqual({});
    expect(hearing.heard).toMatchObject([{ text: 'check memory', on: 'db1, db2, web7', context: null }]);
  });

  it('opened on a message takes that as context, and asks in its thread', async () => {
    const { workspace, hearing } = scene;
    const ada = workspace.user('ada');
    const alert = workspace.user('bob').says('ops', 'disk of db1 at 97 %');
    await ada.messageShortcut(alert, 'ask_about_message');
    expect(await ada.submits({ request: 'what fills it?' })).toEqual({});
    expect(hearing.heard).toMatchObject([
      { text: 'what fills it?', context: 'disk of db1 at 97 %', channel: opsId(), under: alert.ts },
    ]);
  });

  it('says in the window why a request is refused', async () => {
    const { workspace, hearing } = scene;
    hearing.answer = () => ({ kind: 'refused', sentence: sentence('no_agents', {}) });
    const ada = workspace.user('ada');
    await ada.shortcut('ask_nerdy');
    expect(Object.values(await ada.submits({ request: 'check memory' }))[0]).toContain(
      'No machine has joined',
    );
  });
});

it('a new thread of the assistant offers what can be asked, and is called by what was', async () => {
  const { workspace } = scene;
  const ada = workspace.user('ada');
  const head = ada.opensAssistant();
  const called = (method: string) =>
    workspace.until(() => workspace.calls.find((call) => call.method === method && call.outcome === 'ok'));
  await called('assistant.threads.setSuggestedPrompts');
  ada.says(null, 'check memory on db1', head);
  expect((await called('assistant.threads.setTitle')).args.title).toBe('check memory on db1');
});

it('who may not look is shown no machine and no task: not in the App Home, the window or its menu', async () => {
  const { workspace, desk } = scene;
  desk.agentList = [agentOf('db1')];
  await workspace.user('ada').slash('ops', '/nerdy', 'check memory');
  const [task = 0] = desk.rows.keys();
  desk.propose(task, { texts: [{ text: 'free -m\n', platforms: ['linux'] }], on: ['db1'] });
  const card = await scene.show(task);
  const bob = workspace.user('bob');
  desk.shutOut.add(bob.id);
  bob.opensHome();
  const home = JSON.stringify((await workspace.until(() => bob.home())).view);
  expect(home).toContain('This needs the local token');
  expect(home).not.toMatch(/db1|check memory|online/);
  await bob.shortcut('ask_nerdy');
  const open = bob.modal();
  if (!open) throw new Error('no modal');
  expect(await bob.searches(open, 'On which machines?', 'db')).toEqual([]);
  await bob.closesModal();
  await bob.clicks(card, 'Edit');
  expect(bob.modal()).toBeNull();
});

it('the App Home shows what waits for whoever opens it, and says how much was asked', async () => {
  const { workspace, desk } = scene;
  const looked: string[] = [];
  const awaits = desk.awaits.bind(desk);
  desk.awaits = (who, limit) => {
    looked.push(who.id);
    return awaits(who, limit);
  };
  desk.agentList = [agentOf('db1')];
  await workspace.user('ada').slash('ops', '/nerdy', 'check memory');
  const [task = 0] = desk.rows.keys();
  desk.propose(task, { texts: [{ text: 'free -m\n', platforms: ['linux'] }], on: ['db1'] });
  const bob = workspace.user('bob');
  bob.opensHome();
  const home = await workspace.until(() => bob.home());
  expect(JSON.stringify(home.view)).toContain('check memory');
  expect(JSON.stringify(home.view)).toContain('1 of 1 online');
  expect(JSON.stringify(home.view)).toContain('"text":" asked in the last 7 days"');
  expect(looked).toEqual([bob.id]);
});
