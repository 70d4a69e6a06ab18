import { afterEach, describe, expect, it } from 'vitest';
import { TaskState } from '../../src/core/task.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { modalWaitMs } from '../../src/slack/limits.ts';
import type { SlackMessage } from '../fakes/slack-workspace-record.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { held } from '../flow/fake-mind.ts';
import { agentOf } from '../web/fake-desk.ts';
import { openScene, type Scene } from './scene.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A request of ada's with its script on a card in #ops. */
const proposed = async (
  text = 'free -m\n',
  machines = ['db1'],
  clock?: Clock,
): Promise<Scene & { card: SlackMessage; task: number }> => {
  const scene = await openScene(clock ? { clock } : {});
  stops.push(scene.stop);
  const { workspace, desk, hearing } = scene;
  desk.agentList = machines.map((name) => agentOf(name));
  workspace.user('ada').says('ops', '@nerdy check memory');
  await workspace.until(() => hearing.heard[0]);
  const [task = 0] = await workspace.until(() => (desk.rows.size > 0 ? [...desk.rows.keys()] : null));
  desk.propose(task, { texts: [{ text, platforms: ['linux'] }], on: machines });
  return { ...scene, task, card: await scene.show(task) };
};

const whispered = (scene: Scene, person: string): Promise<string> =>
  scene.workspace.until(() => {
    const own = scene.workspace
      .user(person)
      .sees('ops')
      .find((m) => m.ephemeralTo !== null);
    return own ? JSON.stringify([own.text, own.blocks]) : null;
  });

describe('a click', () => {
  it('on Approve says yes to exactly what the card shows, by the person who clicked', async () => {
    const scene = await proposed();
    const ended = await scene.workspace.user('bob').clicks(scene.card, /^Approve/);
    expect(ended.kind).not.toBe('failed');
    expect(await scene.desk.card(scene.task)).toMatchObject({
      state: TaskState.running,
      decision: { verdict: 'approved', by: 'bob' },
    });
    const shown = await scene.show(scene.task);
    expect(JSON.stringify(shown.blocks)).not.toContain('nerdy.approve');
  });

  it('of two at once counts once, and the second person alone is told', async () => {
    const scene = await proposed();
    const [ada, bob] = [scene.workspace.user('ada'), scene.workspace.user('bob')];
    await Promise.all([ada.clicks(scene.card, /^Approve/), bob.clicks(scene.card, /^Approve/)]);
    expect(scene.desk.acts.filter(({ verb }) => verb === 'approve')).toHaveLength(1);
    const { decision } = (await scene.desk.card(scene.task)) ?? {};
    const late = decision?.by === 'ada' ? 'bob' : 'ada';
    expect(await whispered(scene, late)).toContain('already running');
  });

  it('on an old card approves nothing, and says so', async () => {
    const scene = await proposed();
    scene.desk.propose(scene.task, { texts: [{ text: 'free -g\n', platforms: ['linux'] }], on: ['db1'] });
    await scene.workspace.user('bob').clicks(scene.card, /^Approve/);
    expect(scene.desk.acts.filter(({ verb }) => verb === 'approve')).toEqual([]);
    expect(await whispered(scene, 'bob')).toContain('The script has changed');
  });

  it('on Reject asks why, and the reason is on record', async () => {
    const scene = await proposed();
    const bob = scene.workspace.user('bob');
    await bob.clicks(scene.card, /^Reject/);
    expect(await bob.submits({ reason: 'not during the release' })).toEqual({});
    expect(await scene.desk.card(scene.task)).toMatchObject({
      state: TaskState.rejected,
      decision: { reason: 'not during the release' },
    });
    expect(bob.modal()).toBeNull();
  });

  it('for which the card takes long opens a window at once, which then gets its form', async () => {
    const clock = new SteppedClock();
    const scene = await proposed('free -m\n', ['db1'], clock);
    const { desk, workspace } = scene;
    const read = desk.card.bind(desk);
    const [asked, free] = [held<void>(), held<void>()];
    desk.card = async (task) => {
      asked.give();
      await free.promise;
      return read(task);
    };
    const bob = workspace.user('bob');
    const clicked = bob.clicks(scene.card, /^Reject/);
    await asked.promise;
    clock.step(modalWaitMs);
    expect((await clicked).kind).toBe('acknowledged');
    expect(JSON.stringify(bob.modal()?.view)).toContain('One moment');
    free.give();
    await workspace.until(() => JSON.stringify(bob.modal()?.view).includes('Why?') || null);
    expect(await bob.submits({ reason: 'not now' })).toEqual({});
    expect(await desk.card(scene.task)).toMatchObject({ state: TaskState.rejected });
  });

  it('on Edit gives the script in a window, and what is saved is the next revision to the byte', async () => {
    const script = `${Array.from({ length: 300 }, (_, i) => `echo "line ${i} of a long script"`).join('\n\n')}\n`;
    const scene = await proposed(script);
    const bob = scene.workspace.user('bob');
    await bob.clicks(scene.card, /^Edit/);
    expect(await bob.submits()).toEqual({});
    expect((await scene.desk.card(scene.task))?.scripts[0]?.text).toBe(script);
    expect(scene.desk.acts.at(-1)).toMatchObject({ verb: 'edit', task: scene.task });
  });

  it('on a dangerous Approve takes the number, says in the window what is wrong, and then runs', async () => {
    const scene = await proposed('rm -rf /var/lib/postgresql\n');
    const bob = scene.workspace.user('bob');
    await bob.clicks(scene.card, /^Approve/);
    const [said] = Object.values(await bob.submits({ typed: '7' }));
    expect(said).toContain(`type the task's number, ${scene.task}`);
    expect(await bob.submits({ typed: String(scene.task) })).toEqual({});
    expect((await scene.desk.card(scene.task))?.state).toBe(TaskState.running);
  });
});
