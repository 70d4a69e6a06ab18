import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeIds, textOf } from '../fakes/discord-shapes.ts';
import { ada, Rig } from './rig.ts';
import { buttonOf } from './scene.ts';

/** Interactions as Discord counts them: three seconds, one first answer, fifteen minutes. */
let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const firstAnswerMs = 3_000;
const tokenLifeMs = 15 * 60_000;
const refusal = { kind: 'refused' as const, sentence: { code: 'request_empty' as const, text: 'Say what.' } };

/** The next that is heard takes until `end` is called. */
const slow = (): { reached: Promise<void>; end: () => void } => {
  let end = (): void => {};
  const reached = new Promise<void>((resolve) => {
    rig.onHear = () => {
      resolve();
      return new Promise((done) => {
        end = () => done(refusal);
      });
    };
  });
  return { reached, end: () => end() };
};
const ask = (words: string): string =>
  rig.discord.command(ada, 'ask', [{ name: 'request', type: 3, value: words }]);
const directs = () => rig.discord.in(fakeIds.direct);
const untilRefused = (words: string) =>
  rig.discord.until(() => (rig.discord.refusals.includes(words) ? true : null));
/** Two answers, the first of them and what came after it. */
const bothOf = (id: string) =>
  rig.discord.until(() => {
    const all = rig.discord.answers.get(id) ?? [];
    return all.length > 1 ? all : null;
  });

describe('a click that is answered late', () => {
  it('counts, although Discord takes no answer any more', async () => {
    const { task, message } = await rig.proposed();
    rig.discord.press(ada, message, buttonOf(message, 'Approve'));
    rig.clock.step(firstAnswerMs + 1);
    await untilRefused('Unknown interaction');
    expect((await rig.desk.card(task))?.state).toBe('running');
  });

  it('and was refused is told so in a direct message', async () => {
    const { message } = await rig.proposed();
    const id = rig.discord.press(ada, message, 'n9 approve 1');
    rig.clock.step(firstAnswerMs + 1);
    const told = await rig.discord.until(() => directs()[0]);
    expect(textOf(told.components)).toContain('another version');
    expect(rig.discord.answers.get(id)).toBeUndefined();
  });

  it('opens no form, and does nothing', async () => {
    const { task, message } = await rig.proposed('rm -rf /srv/old\n');
    rig.discord.press(ada, message, buttonOf(message, 'Approve…'));
    rig.clock.step(firstAnswerMs + 1);
    await untilRefused('Unknown interaction');
    expect((await rig.desk.card(task))?.state).toBe('proposed');
  });
});

describe('an answer whose receipt was lost on the way', () => {
  const loseReceipt = (): void => {
    const fits = ({ path }: { path: string }): boolean => path.startsWith('/interactions/');
    rig.discord.faults.push({ fits, status: 502, body: { code: 0, message: 'Bad Gateway' }, isLost: true });
  };

  it('is sent again, refused as given already, and not told in another way', async () => {
    const { message } = await rig.proposed();
    loseReceipt();
    const id = rig.discord.press(ada, message, 'n9 approve 1');
    await untilRefused('Interaction has already been acknowledged.');
    // What comes after it is heard after it.
    await rig.answered(rig.discord.press(ada, message, 'n9 approve 2'));
    expect(rig.discord.answers.get(id)).toHaveLength(1);
    expect(directs()).toEqual([]);
  });

  it('is enough to go on with: what the work came to is said after it', async () => {
    const work = slow();
    loseReceipt();
    const asked = ask('x');
    await work.reached;
    rig.clock.step(2_500);
    await untilRefused('Interaction has already been acknowledged.');
    work.end();
    const [first, second] = await bothOf(asked);
    expect(first?.type).toBe(5);
    expect(textOf(second?.data.components)).toBe('Say what.');
  });
});

it('the same click delivered twice acts once, and says nothing twice', async () => {
  const { task, message } = await rig.proposed();
  const id = rig.discord.press(ada, message, buttonOf(message, 'Approve'));
  rig.discord.gateway.repeat('INTERACTION_CREATE');
  await untilRefused('Interaction has already been acknowledged.');
  await rig.answered(rig.discord.press(ada, message, 'n9 approve 1'));
  expect(rig.desk.acts.filter(({ verb }) => verb === 'approve')).toHaveLength(1);
  expect((await rig.desk.card(task))?.state).toBe('running');
  expect(rig.discord.answers.get(id)).toHaveLength(1);
  expect(directs()).toEqual([]);
});

describe('what comes after the first answer', () => {
  it('of a command is what was promised, and stays for the person’s eyes alone', async () => {
    const work = slow();
    const asked = ask('x');
    await work.reached;
    rig.clock.step(2_500);
    await rig.answered(asked);
    work.end();
    const [first, second] = await bothOf(asked);
    expect(first).toMatchObject({ type: 5, data: { flags: 64 } });
    expect((second?.data.flags ?? 0) & 64).toBe(64);
  });

  it('once the token is over is told in a direct message, and the card goes on by edits', async () => {
    const { task, message } = await rig.proposed();
    const work = slow();
    const asked = ask('x');
    await work.reached;
    rig.clock.step(2_500);
    await rig.answered(asked);
    rig.clock.step(tokenLifeMs);
    work.end();
    await untilRefused('Invalid Webhook Token');
    const told = await rig.discord.until(() => directs()[0]);
    expect(textOf(told.components)).toBe('Say what.');
    // The refused token was the interaction's, not ours.
    rig.desk.change(task, { state: 'cancelled' });
    const card = await rig.desk.card(task);
    if (!card) throw new Error('no card');
    const posted = { channel: fakeIds.channel, id: message.id };
    const outcome = await rig.adapter.surface.update(
      posted,
      { kind: 'card', card, isAnew: false },
      rig.signal,
    );
    expect(outcome.kind).toBe('posted');
  });
});
