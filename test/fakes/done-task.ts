import type { Actor } from '../../src/core/task.ts';
import type { FakeDesk } from '../web/fake-desk.ts';

/** Takes a task of that desk through to its end: a model's script, approved, which ran well on db1. */
export const ranWell = async (desk: FakeDesk, task: number, by: Actor): Promise<void> => {
  const texts = [{ text: 'systemctl restart billing-worker\n', platforms: ['linux' as const] }];
  desk.propose(task, { texts, on: ['db1'], drafter: 'model' });
  const card = await desk.card(task);
  const { revision = 0, digest = '' } = card?.proposal ?? {};
  await desk.approve(task, { by, eventId: null, proposal: revision, digest, canary: false, confirm: null });
  desk.run(task, 'db1', { state: 'succeeded', exitCode: 0 });
  desk.change(task, { state: 'done' });
};
