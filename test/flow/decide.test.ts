import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideMs, scriptBytesMax } from '../../src/core/limits.ts';
import { scriptDigest } from '../../src/core/script.ts';
import { FakeDrafter } from './fake-mind.ts';
import { act, askFor, cardOf, joined, makeRig, proposed, type Rig, reached, yes } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.dispose());

describe('a no', () => {
  it('ends the task with the reason that was given', async () => {
    await joined(rig, 'db1');
    const { task } = await proposed(rig, 'uptime');
    const card = cardOf(await rig.desk.reject(task, { ...act, reason: '  not on a Friday ' }));
    expect(card).toMatchObject({ state: 'rejected', decision: { by: 'Ada', reason: 'not on a Friday' } });
  });

  it('without a reason has none', async () => {
    await joined(rig, 'db1');
    const { task } = await proposed(rig, 'uptime');
    const card = cardOf(await rig.desk.reject(task, { ...act, reason: '   ' }));
    expect(card.decision).toMatchObject({ verdict: 'rejected', reason: null });
  });

  it('after a yes changes nothing', async () => {
    await joined(rig, 'db1');
    const card = await proposed(rig, 'uptime');
    await rig.desk.approve(card.task, yes(card));
    const outcome = await rig.desk.reject(card.task, { ...act, reason: null });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'not_decidable' } });
    expect((await rig.store.getTask(card.task))?.task.state).toBe('running');
  });
});

describe('an edit', () => {
  beforeEach(() => joined(rig, 'db1'));

  const edited = (task: number, digest: string, text: string, proposal = 1) =>
    rig.desk.edit(task, { ...act, proposal, texts: [{ digest, text }] });

  it('makes the next revision, another digest, and an author of who wrote it', async () => {
    const card = await proposed(rig, 'uptime');
    const after = cardOf(await edited(card.task, card.scripts[0]?.digest ?? '', 'uptime -p'));
    expect(after.proposal).toMatchObject({ revision: 2, drafter: 'person' });
    expect(after.proposal?.digest).not.toBe(card.proposal?.digest);
    expect(after.scripts).toMatchObject([
      { text: 'uptime -p\n', digest: scriptDigest('bash', 'uptime -p\n') },
    ]);
    expect((await rig.store.getTask(card.task))?.proposal?.author).toMatchObject({ name: 'Ada' });
  });

  it('takes away what the drafter said of its own text, and says who wrote this one', async () => {
    const card = await proposed(rig, 'uptime');
    const again = cardOf(await edited(card.task, card.scripts[0]?.digest ?? '', 'echo linux'));
    expect(again.summary).toBe(card.summary);
    const after = cardOf(await edited(card.task, again.scripts[0]?.digest ?? '', 'uptime -p', 2));
    expect(card.summary).not.toBe(after.summary);
    expect(after.summary).toBe('Edited by Ada.');
  });

  it('gives people the whole time to decide again', async () => {
    const card = await proposed(rig, 'uptime');
    rig.clock.step(decideMs);
    const after = cardOf(await edited(card.task, card.scripts[0]?.digest ?? '', 'uptime -p'));
    expect(after.decideBy).toBe(rig.clock.now() + decideMs);
  });

  it('of an older card is refused, and what the other person wrote stays', async () => {
    const card = await proposed(rig, 'uptime');
    const digest = card.scripts[0]?.digest ?? '';
    const outcomes = await Promise.all([
      edited(card.task, digest, 'first'),
      edited(card.task, digest, 'second'),
    ]);
    expect(outcomes.map((o) => o.kind)).toEqual(['done', 'refused']);
    expect(outcomes[1]).toMatchObject({ sentence: { code: 'card_outdated' } });
    expect((await rig.desk.card(card.task))?.scripts[0]?.text).toBe('first\n');
  });

  it('of a script that the proposal does not have is refused, not dropped', async () => {
    const card = await proposed(rig, 'uptime');
    const outcome = await edited(card.task, 'f'.repeat(64), 'uptime -p');
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'card_outdated' } });
    expect((await rig.desk.card(card.task))?.proposal).toEqual(card.proposal);
  });

  it.each([
    ['nothing', ' \n', 'script_empty'],
    ['too much', 'x'.repeat(scriptBytesMax), 'script_too_long'],
    ['a NUL', 'echo \0', 'script_has_nul'],
    ['half a character', 'echo \ud83d', 'script_not_unicode'],
  ])('that leaves %s is refused with a sentence', async (_, text, code) => {
    const card = await proposed(rig, 'uptime');
    const outcome = await edited(card.task, card.scripts[0]?.digest ?? '', text);
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code } });
  });

  it('after the time to decide is refused', async () => {
    const card = await proposed(rig, 'uptime');
    rig.clock.step(decideMs + 1);
    const outcome = await edited(card.task, card.scripts[0]?.digest ?? '', 'uptime -p');
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'expired' } });
  });
});

describe('a choice', () => {
  const asking = async (): Promise<number> => {
    const worker = await rig.drafting(new FakeDrafter());
    const { task } = cardOf(await rig.desk.ask(askFor('uptime')));
    await reached(rig, task, 'asking');
    await worker.stop();
    return task;
  };

  it('sends the task back to the drafter, with the machine', async () => {
    await joined(rig, 'db1', 'db2');
    const card = cardOf(await rig.desk.choose(await asking(), { ...act, option: ' db2 ' }));
    expect(card).toMatchObject({ state: 'drafting', question: null });
  });

  it('may be any machines, as in a request', async () => {
    await joined(rig, 'db1', 'db2');
    const outcome = await rig.desk.choose(await asking(), { ...act, option: 'db1 and db2' });
    expect(outcome.kind).toBe('done');
  });

  it('may be each option that was offered, though the name reads like another word', async () => {
    await joined(rig, 'the', 'web1');
    const task = await asking();
    const outcome = await rig.desk.choose(task, { ...act, option: 'the' });
    expect(outcome.kind).toBe('done');
  });

  it('that can not be read is refused with the options', async () => {
    await joined(rig, 'db1', 'db2');
    const outcome = await rig.desk.choose(await asking(), { ...act, option: '?!' });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'choice_unknown' } });
  });

  it('where nothing is asked is refused with how the task stands', async () => {
    await joined(rig, 'db1');
    const { task } = await proposed(rig, 'uptime');
    const outcome = await rig.desk.choose(task, { ...act, option: '?!' });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'not_decidable' } });
  });

  it('comes too late after the time to decide', async () => {
    await joined(rig, 'db1', 'db2');
    const task = await asking();
    rig.clock.step(decideMs + 1);
    const outcome = await rig.desk.choose(task, { ...act, option: 'db1' });
    expect(outcome).toMatchObject({ kind: 'refused', sentence: { code: 'expired' } });
  });
});
