import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fieldCharsMax } from '../../src/discord/limits.ts';
import { fakeIds, flat, textOf } from '../fakes/discord-shapes.ts';
import { agentOf } from '../web/fake-desk.ts';
import { ada, Rig } from './rig.ts';
import { bob, buttonOf } from './scene.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const ephemeral = 64;
const deferredUpdate = 6;
const modal = 9;

describe('a yes', () => {
  it('is given to exactly what the card showed, and acknowledged after it is committed', async () => {
    const { task, message } = await rig.proposed();
    const press = rig.discord.press(ada, message, buttonOf(message, 'Approve'));
    expect((await rig.answered(press)).type).toBe(deferredUpdate);
    expect(rig.desk.acts).toContainEqual({ verb: 'approve', task, eventId: `discord:${press}` });
  });

  it('to a card whose script was edited since is refused, and the old text does not run', async () => {
    const { task, message } = await rig.proposed();
    rig.desk.propose(task, { texts: [{ text: 'uptime\n', platforms: ['linux'] }], on: ['db1'] });
    const answer = await rig.answered(rig.discord.press(ada, message, buttonOf(message, 'Approve')));
    expect(answer.data.flags).toBe(ephemeral + 32_768);
    expect(textOf(answer.data.components)).toContain('has changed since');
    expect((await rig.desk.card(task))?.state).toBe('proposed');
  });

  it('that takes typing opens a form, and what is typed there is compared', async () => {
    const { task, message } = await rig.proposed('rm -rf /srv/old\n');
    const id = buttonOf(message, 'Approve…');
    const form = await rig.answered(rig.discord.press(ada, message, id));
    expect(form).toMatchObject({ type: modal, data: { title: `Approve #${task}`, custom_id: id } });
    expect(flat(form.data.components).find(({ custom_id }) => custom_id === 'confirm')).toBeDefined();
    const wrong = rig.discord.submit(ada, fakeIds.channel, id, { confirm: '7' }, message);
    expect((await rig.answered(wrong)).data.flags).toBe(ephemeral + 32_768);
    const right = rig.discord.submit(ada, fakeIds.channel, id, { confirm: ` ${task} ` }, message);
    expect((await rig.answered(right)).type).toBe(deferredUpdate);
    expect((await rig.desk.card(task))?.state).toBe('running');
  });

  it('clicked twice acts once, and the second click is told so', async () => {
    const { message } = await rig.proposed();
    const id = buttonOf(message, 'Approve');
    await rig.answered(rig.discord.press(ada, message, id));
    const second = await rig.answered(rig.discord.press(ada, message, id));
    expect(second.data.flags).toBe(ephemeral + 32_768);
    expect(rig.desk.acts.filter(({ verb }) => verb === 'approve')).toHaveLength(1);
  });
});

it('who may not look is offered no task and no machine, and no form has the script for them', async () => {
  const { message } = await rig.proposed();
  const { discord, desk } = rig;
  desk.agentList = [agentOf('db1')];
  const offered = async (subcommand: string, name: string, type: number) => {
    const typing = discord.command(bob, subcommand, [{ name, type, value: '', focused: true }]);
    return (await rig.answered(typing)).data.choices;
  };
  expect(await offered('task', 'number', 4)).toHaveLength(1);
  expect(await offered('ask', 'machine', 3)).toHaveLength(1);
  desk.shutOut.add(bob);
  expect(await offered('task', 'number', 4)).toEqual([]);
  expect(await offered('ask', 'machine', 3)).toEqual([]);
  const pressed = await rig.answered(discord.press(bob, message, buttonOf(message, 'Edit…')));
  expect(pressed.type).not.toBe(modal);
});

describe('an edit', () => {
  it('opens each script in a field, and only a text that was changed makes another revision', async () => {
    const { task, message } = await rig.proposed();
    const id = buttonOf(message, 'Edit…');
    const form = await rig.answered(rig.discord.press(ada, message, id));
    const field = flat(form.data.components).find(({ value }) => value !== undefined);
    expect(field?.value).toBe('free -m\n');
    const name = field?.custom_id ?? '';
    // Discord takes the last line's end off.
    const same = rig.discord.submit(ada, fakeIds.channel, id, { [name]: 'free -m' }, message);
    expect((await rig.answered(same)).type).toBe(deferredUpdate);
    expect((await rig.desk.card(task))?.proposal?.revision).toBe(1);
    await rig.answered(rig.discord.submit(ada, fakeIds.channel, id, { [name]: 'free -g' }, message));
    expect((await rig.desk.card(task))?.proposal?.revision).toBe(2);
  });

  it('of a script that is longer than a field says that the console takes it', async () => {
    const { message } = await rig.proposed(`${'# a long line\n'.repeat(fieldCharsMax / 10)}uptime\n`);
    const answer = await rig.answered(rig.discord.press(ada, message, buttonOf(message, 'Edit…')));
    expect(textOf(answer.data.components)).toContain('npx nerdy console');
  });
});

it('a reject asks why, and the reason may stay empty', async () => {
  const { task, message } = await rig.proposed();
  const id = buttonOf(message, 'Reject…');
  expect((await rig.answered(rig.discord.press(ada, message, id))).type).toBe(modal);
  await rig.answered(rig.discord.submit(ada, fakeIds.channel, id, { reason: '' }, message));
  expect(await rig.desk.card(task)).toMatchObject({ state: 'rejected', decision: { reason: null } });
});

it('where many machines could be meant a menu asks which', async () => {
  const { task, message } = await rig.proposed();
  const options = Array.from({ length: 8 }, (_, at) => `db${at}`);
  rig.desk.change(task, {
    ...{ state: 'asking' as const, proposalRevision: 0 },
    question: { sentence: { code: 'machine_missing', text: 'Which?' }, options },
  });
  const asking = await rig.post(task, 'another');
  const shown = rig.discord.messages.get(asking.id) ?? message;
  const menu = flat(shown.components).find((one) => one.options);
  expect(menu?.options?.map(({ value }) => value)).toEqual(options);
  await rig.answered(rig.discord.press(ada, shown, menu?.custom_id ?? '', ['db3']));
  expect(rig.desk.acts).toContainEqual(expect.objectContaining({ verb: 'choose', task }));
});

it('a follow-up is asked in the thread under the card, and one that was replaced since is not', async () => {
  const { task, message } = await rig.proposed();
  const next = { label: 'And the disk?', request: 'disk on db1' };
  rig.desk.change(task, { state: 'failed', suggestions: [next] });
  const posted = await rig.post(task, 'failed');
  const shown = rig.discord.messages.get(posted.id) ?? message;
  const id = buttonOf(shown, 'And the disk?');
  await rig.answered(rig.discord.press(ada, shown, id));
  expect(rig.heard).toMatchObject([{ text: 'disk on db1', channel: fakeIds.channel, under: posted.id }]);
  rig.desk.change(task, { suggestions: [{ label: 'Other', request: 'reboot db1' }] });
  await rig.answered(rig.discord.press(ada, shown, id));
  expect(rig.heard).toHaveLength(1);
});

it('a button of another version says so, and does nothing', async () => {
  const { message } = await rig.proposed();
  const answer = await rig.answered(rig.discord.press(ada, message, 'n9 approve 1'));
  expect(textOf(answer.data.components)).toContain('another version');
  expect(rig.desk.acts.filter(({ verb }) => verb !== 'ask')).toEqual([]);
});

it('what takes longer than Discord waits is acknowledged first and answered when it is done', async () => {
  let finish = (): void => {};
  const reached = new Promise<void>((resolve) => {
    rig.onHear = () => {
      resolve();
      return new Promise((done) => {
        const said = { code: 'request_empty' as const, text: 'Say what you want.' };
        finish = () => done({ kind: 'refused', sentence: said });
      });
    };
  });
  const asked = rig.discord.command(ada, 'ask', [{ name: 'request', type: 3, value: 'x' }]);
  await reached;
  rig.clock.step(2_500);
  expect((await rig.answered(asked)).type).toBe(5);
  finish();
  const answers = await rig.discord.until(() => {
    const all = rig.discord.answers.get(asked) ?? [];
    return all.length > 1 ? all : null;
  });
  expect(textOf(answers[1]?.data.components)).toBe('Say what you want.');
});

it('an interaction that Discord has forgotten is answered in a direct message, where it was refused', async () => {
  const { message } = await rig.proposed();
  rig.discord.faults.push({
    fits: ({ path }) => path.startsWith('/interactions/'),
    ...{ status: 404, body: { code: 10_062, message: 'Unknown interaction' } },
  });
  rig.discord.press(ada, message, 'n9 approve 1');
  const told = await rig.discord.until(() => rig.discord.in(fakeIds.direct)[0]);
  expect(textOf(told.components)).toContain('another version');
});
