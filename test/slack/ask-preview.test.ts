import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSlackView } from '../fakes/slack-workspace-reading.ts';
import { agentOf } from '../web/fake-desk.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

const [words, machines] = ['What shall be done?', 'On which machines?'];

/** Ada with the window of a request open. */
const asking = async (...agents: ReturnType<typeof agentOf>[]) => {
  scene.desk.agentList = agents;
  const ada = scene.workspace.user('ada');
  await ada.shortcut('ask_nerdy');
  const says = (wanted: string) =>
    scene.workspace.until(() => readSlackView(ada.modal()?.view ?? {}).text.includes(wanted) || undefined);
  return { ada, says };
};

it('follows what is chosen, with what was typed so far, and keeps both in their fields', async () => {
  const db = { labels: { role: 'db' } };
  const { ada, says } = await asking(
    agentOf('db1', db),
    agentOf('db2', { ...db, online: false }),
    agentOf('web7'),
  );
  await ada.fills(words, 'check memory');
  await ada.fills(machines, ['role=db']);
  await says('On 2 machines: db1, db2 (offline)');
  await ada.fills(machines, ['role=db', 'web7']);
  await says('On 3 machines: db1, db2 (offline), web7');
  await ada.fills(words, 'check memory on web7');
  await ada.fills(machines, []);
  await says('On web7');
  await ada.submits();
  expect(scene.hearing.heard).toMatchObject([{ text: 'check memory on web7', on: null }]);
});

it('says that a machine is not known, and which choice nothing fits', async () => {
  const { ada, says } = await asking(agentOf('db1'), agentOf('db2'));
  await ada.fills(machines, ['db9']);
  await says('no machine called "db9"');
  await ada.fills(machines, ['web*']);
  await says('No machine matches "web*"');
});

it('counts many machines, and names the first few', async () => {
  const fleet = Array.from({ length: 30 }, (_, at) => agentOf(`web${at + 10}`));
  const { ada, says } = await asking(...fleet);
  await ada.fills(machines, ['all']);
  await says('On 30 machines: web10, web11, web12, web13, web14, web15, web16, web17 and 22 more');
});

it('ends at the later of two changes that come before the window shows the first', async () => {
  const { ada, says } = await asking(agentOf('db1'), agentOf('web7'));
  await Promise.all([ada.fills(machines, ['db1']), ada.fills(machines, ['web7'])]);
  await says('On web7');
});
