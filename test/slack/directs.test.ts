import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentOf } from '../web/fake-desk.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

/** The channel of the direct messages with bob, as replies name it. */
const directOfBob = (): string => {
  const { record } = scene.workspace;
  return record.directOf(record.personNamed('bob')).id;
};

/** A task of ada's that waits, and bob's App Home, which shows it. */
const homeOfBob = async () => {
  const { workspace, desk } = scene;
  desk.agentList = [agentOf('db1')];
  await workspace.user('ada').slash('ops', '/nerdy', 'check memory');
  const [task = 0] = desk.rows.keys();
  desk.propose(task, { texts: [{ text: 'free -m\n', platforms: ['linux'] }], on: ['db1'] });
  scene.hearing.heard.length = 0;
  const bob = workspace.user('bob');
  bob.opensHome();
  const home = await workspace.until(() => bob.home());
  return { bob, home, task };
};

describe('what is asked in no channel', () => {
  it('by the global shortcut is asked in the direct messages, by the id that replies there come with', async () => {
    const { workspace, hearing } = scene;
    const bob = workspace.user('bob');
    await bob.shortcut('ask_nerdy');
    expect(await bob.submits({ request: 'check memory' })).toEqual({});
    bob.says(null, 'and the disk?');
    await workspace.until(() => hearing.heard[1]);
    expect(hearing.heard.map(({ channel, under }) => [channel, under])).toEqual([
      [directOfBob(), null],
      [directOfBob(), null],
    ]);
  });

  it('in the App Home is asked there too, and so is a card that somebody wants to see', async () => {
    const { bob, home, task } = await homeOfBob();
    await bob.clicksIn(home, /^Ask/);
    expect(await bob.submits({ request: 'check the disk' })).toEqual({});
    await bob.clicksIn(home, new RegExp(`^Show #${task}`));
    expect(scene.hearing.heard).toMatchObject([
      { text: 'check the disk', channel: directOfBob() },
      { text: `task ${task}`, channel: directOfBob() },
    ]);
  });

  it('opens them once for each person', async () => {
    const bob = scene.workspace.user('bob');
    for (const request of ['check memory', 'check the disk']) {
      await bob.shortcut('ask_nerdy');
      expect(await bob.submits({ request })).toEqual({});
    }
    const opened = scene.workspace.calls.filter(({ method }) => method === 'conversations.open');
    expect(opened).toHaveLength(1);
  });

  it('by an app that was installed before it could open them is asked by the person, and the card arrives', async () => {
    const { workspace, hearing, desk } = scene;
    workspace.access.scopes.delete('im:write');
    const bob = workspace.user('bob');
    await bob.shortcut('ask_nerdy');
    expect(await bob.submits({ request: 'check memory' })).toEqual({});
    expect(hearing.heard).toMatchObject([{ channel: bob.id }]);
    const [task = 0] = desk.rows.keys();
    expect((await scene.show(task)).channel).toBe(directOfBob());
  });
});
