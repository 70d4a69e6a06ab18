import { afterEach, expect, it } from 'vitest';
import { ranWell } from '../fakes/done-task.ts';
import { keepForm } from '../fakes/runbooks.ts';
import { agentOf } from '../web/fake-desk.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
afterEach(() => scene.stop());

it('a script that ran well is kept by a button and a window, and its card says so', async () => {
  scene = await openScene({});
  const { workspace, desk } = scene;
  desk.agentList = [agentOf('db1')];
  workspace.user('ada').says('ops', '@nerdy restart billing');
  const [task = 0] = await workspace.until(() => (desk.rows.size > 0 ? [...desk.rows.keys()] : null));
  await ranWell(desk, task, { kind: 'person', surface: 'slack', id: 'U1', name: 'ada' });
  const bob = workspace.user('bob');
  await bob.clicks(await scene.show(task), /^Keep as runbook/);
  expect(JSON.stringify(bob.modal()?.view)).toContain('service = billing-worker');
  expect(await bob.submits({ 'keep.name': 'billing', 'keep.parameters': '' })).toEqual({});
  expect(desk.wishes).toEqual([{ ...keepForm, name: 'billing', parameters: [] }]);
  const shown = JSON.stringify((await scene.show(task)).blocks);
  expect(shown).toContain('Kept as billing v1 by bob');
  expect(shown).not.toContain('nerdy.keep');
});
