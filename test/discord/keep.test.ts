import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeIds, flat } from '../fakes/discord-shapes.ts';
import { ranWell } from '../fakes/done-task.ts';
import { keepForm } from '../fakes/runbooks.ts';
import { ada, Rig } from './rig.ts';
import { buttonOf } from './scene.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

it('a script that ran well is kept by a button and a form, and its card says so', async () => {
  const { task } = await rig.proposed();
  await ranWell(rig.desk, task, { kind: 'person', surface: 'discord', id: ada, name: 'Ada' });
  const posted = await rig.post(task, 'after its end');
  const message = rig.discord.messages.get(posted.id);
  if (!message) throw new Error('it is not there');
  const id = buttonOf(message, 'Keep as runbook…');
  const form = await rig.answered(rig.discord.press(ada, message, id));
  const fields = Object.fromEntries(
    flat(form.data.components).flatMap(({ custom_id: name, value }) => (name ? [[name, value ?? '']] : [])),
  );
  expect(fields).toMatchObject({ name: keepForm.name, parameters: 'service = billing-worker' });
  const filled = { ...fields, name: 'billing' };
  await rig.answered(rig.discord.submit(ada, fakeIds.channel, id, filled, message));
  expect(rig.desk.wishes).toEqual([{ ...keepForm, name: 'billing' }]);
  const again = await rig.post(task, 'once more');
  const shown = JSON.stringify(rig.discord.messages.get(again.id)?.components);
  expect(shown).toContain('Kept as billing v1 by');
  expect(shown).not.toContain('n1 keep');
});
