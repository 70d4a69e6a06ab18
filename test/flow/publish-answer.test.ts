import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { Place } from '../../src/core/task.ts';
import {
  callsAskerAfterMs,
  fileTriedMs,
  outputShownBytesMax,
  publishFaultRetryMs,
} from '../../src/flow/limits.ts';
import { newCardPost } from '../../src/flow/new-post.ts';
import type { Publisher } from '../../src/flow/publish.ts';
import type { PostOutcome } from '../../src/ports/chat.ts';
import { FakeChat } from './fake-chat.ts';
import { FakeInterpreter, held } from './fake-mind.ts';
import { adaInChat, makePublishRig, nudge, owed, placeIn, publishing } from './publish-rig.ts';
import { cardOf, joined, proposed, type Rig, reached, sentTo, turns, wentWell, yes } from './rig.ts';

let rig: Rig;
let chat: FakeChat;
let interpreter: FakeInterpreter;
beforeEach(async () => {
  rig = await makePublishRig();
  chat = new FakeChat();
  interpreter = new FakeInterpreter();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

/** A task of the chat whose one run is with its machine. */
const sent = async (place: Place = placeIn('C1')): Promise<Run> => {
  const card = await proposed(rig, 'uptime on db1', { place, asker: adaInChat });
  cardOf(await rig.desk.approve(card.task, { ...yes(card), by: adaInChat }));
  const [run] = await sentTo(rig, 'db1');
  if (!run) throw new Error('nothing was sent');
  return run;
};
const finish = async (run: Run, stdout = 'up 3 days\n'): Promise<void> => {
  const bytes = Buffer.from(stdout);
  await rig.reports.output(run.agentId, run.id, 'stdout', 0, bytes);
  await rig.reports.finished(run.agentId, run.id, { ...wentWell, stdoutBytes: bytes.length });
};
const answered = async (run: Run, stdout?: string): Promise<void> => {
  await finish(run, stdout);
  await rig.answering(interpreter);
  await reached(rig, run.task, 'done');
  await turns(60);
};
/** The answer is being written, and one says what of it there is. */
const writing = async (run: Run, publisher: Publisher) => {
  const said = held<string>();
  interpreter.say = () => said.promise;
  await finish(run);
  await rig.answering(interpreter);
  await interpreter.asked.until(1);
  await turns();
  return {
    say: async (words: string): Promise<void> => {
      publisher.tellWords(run.task, words);
      await turns();
    },
    end: async (words: string): Promise<void> => {
      said.give(words);
      await reached(rig, run.task, 'done');
      await turns(60);
    },
  };
};
const kinds = () => chat.shown().map(({ content }) => content.kind);
const answers = () => chat.shown().filter(({ content }) => content.kind === 'answer');

describe('an answer', () => {
  it('is a message under the card, after the card says that the task is done', async () => {
    await publishing(rig, [chat]);
    await answered(await sent());
    expect(chat.shown()).toMatchObject([
      { to: { channel: 'C1', under: null }, content: { kind: 'card', card: { state: 'done' } } },
      { to: { channel: 'C1', under: 'm1' }, content: { kind: 'answer', callsAsker: false } },
    ]);
    expect(await owed(rig)).toEqual([]);
  });

  it('stands beside the card in a thread that the platform named', async () => {
    await publishing(rig, [chat]);
    await answered(await sent(placeIn('C1', '1700000000.123')));
    expect(answers()).toMatchObject([{ to: { channel: 'C1', under: '1700000000.123' } }]);
  });

  it('is posted in each place that shows the task, once', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    const show = (place: Place) =>
      rig.store.change({ task: run.task }, ({ task, now }) => ({
        result: null,
        writes: task ? { posts: [newCardPost(task, place, now)] } : {},
      }));
    await show(placeIn('C2'));
    await answered(run);
    await show(placeIn('C3', '17.5'));
    await nudge(rig, run.task);
    await turns(60);
    const where = answers().map(({ to }) => to);
    expect(where.map(({ channel }) => channel).sort()).toEqual(['C1', 'C2', 'C3']);
    expect(where).toContainEqual({ channel: 'C3', under: '17.5' });
    expect(chat.calls.filter((call) => call.startsWith('post answer'))).toHaveLength(3);
    expect(await owed(rig)).toEqual([]);
  });

  it('calls the person who asked where it took long, in the place where they asked alone', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    await rig.store.change({ task: run.task }, ({ task, now }) => ({
      result: null,
      writes: task ? { posts: [newCardPost(task, placeIn('C2'), now)] } : {},
    }));
    rig.clock.step(callsAskerAfterMs + 1);
    await answered(run);
    const calls = answers().map(({ to, content }) => [
      to.channel,
      content.kind === 'answer' && content.callsAsker,
    ]);
    expect(calls.sort()).toEqual([
      ['C1', true],
      ['C2', false],
    ]);
  });

  it('calls nobody of another surface', async () => {
    await publishing(rig, [chat]);
    const card = await proposed(rig, 'uptime on db1', { place: placeIn('C1') });
    cardOf(await rig.desk.approve(card.task, yes(card)));
    const [run] = await sentTo(rig, 'db1');
    rig.clock.step(callsAskerAfterMs + 1);
    if (run) await answered(run);
    expect(answers()).toMatchObject([{ content: { callsAsker: false } }]);
  });

  it('is not posted where its card is given up', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    await turns();
    chat.always = () => ({
      kind: 'gone',
      reason: sentence('surface_missing', { surface: 'chat' }),
    });
    await answered(run);
    chat.always = () => undefined;
    await nudge(rig, run.task);
    await turns();
    expect(kinds()).toEqual(['card']);
    expect(await owed(rig)).toEqual([]);
  });

  it('comes with its card where that was given up and somebody asks for the task there again', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    await turns();
    chat.always = () => ({ kind: 'gone', reason: sentence('surface_missing', { surface: 'chat' }) });
    await answered(run);
    chat.always = () => undefined;
    chat.messages.clear();
    const again = { by: adaInChat, eventId: null, place: placeIn('C1', String(run.task)) };
    cardOf(await rig.desk.show(run.task, again));
    await turns(60);
    expect(kinds()).toEqual(['card', 'answer']);
    expect((await rig.desk.card(run.task))?.notices).toEqual([]);
  });

  it('comes also where the card can’t be brought up to date', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    await turns();
    const { update } = chat;
    chat.update = (message, content, signal) =>
      content.kind === 'card'
        ? Promise.reject(new Error('a bug'))
        : update.call(chat, message, content, signal);
    await answered(run);
    expect(answers()).toHaveLength(1);
  });

  it('whose run was lost and whose end came after all is written again in the same message', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    await rig.reports.accepted(run.agentId, run.id);
    const lost = { name: 'db1', why: 'its disk is new' };
    await rig.reports.finished(run.agentId, run.id, { ...wentWell, end: 'lost', exitCode: null, lost });
    await rig.answering(interpreter);
    await reached(rig, run.task, 'done');
    await turns(60);
    interpreter.say = () => 'It is fine.';
    await rig.reports.finished(run.agentId, run.id, wentWell);
    await rig.until(async () => (interpreter.requests.length > 1 ? true : null));
    await reached(rig, run.task, 'done');
    await turns(60);
    expect(answers()).toMatchObject([{ content: { card: { answer: { words: 'It is fine.' } } } }]);
    expect(kinds()).toEqual(['card', 'answer']);
  });
});

describe('an answer that is being written', () => {
  it('is shown as soon as there are words, grows, and ends as the answer, in one message', async () => {
    const publisher = await publishing(rig, [chat]);
    const run = await sent();
    const writer = await writing(run, publisher);
    expect(kinds()).toEqual(['card']);
    await writer.say('It has been up');
    expect(chat.shown()[1]).toMatchObject({
      to: { under: 'm1' },
      content: { kind: 'words', text: 'It has been up', asker: adaInChat, callsAsker: false },
    });
    await writer.say('It has been up for three');
    await writer.end('It has been up for three days.');
    expect(chat.calls.filter((call) => !call.includes('card'))).toEqual([
      `post words ${run.task}`,
      `update words ${run.task}`,
      `update answer ${run.task}`,
    ]);
    expect(kinds()).toEqual(['card', 'answer']);
    expect(await owed(rig)).toEqual([]);
  });

  it('keeps the chat’s pace: words that came meanwhile are one update', async () => {
    const publisher = await publishing(rig, [chat]);
    const run = await sent();
    const writer = await writing(run, publisher);
    await writer.say('a');
    chat.next = [(): PostOutcome => ({ kind: 'later', retryAfterMs: 1_000, reason: 'too soon' })];
    for (const words of ['ab', 'abc', 'abcd', 'abcde']) await writer.say(words);
    expect(chat.shown()[1]).toMatchObject({ content: { text: 'a' } });
    rig.clock.step(1_000);
    await turns();
    expect(chat.shown()[1]).toMatchObject({ content: { text: 'abcde' } });
    expect(chat.calls.filter((call) => call.startsWith('update words'))).toHaveLength(2);
    await writer.end('abcdef');
    expect(kinds()).toEqual(['card', 'answer']);
  });

  it('and whose server died ends in that same message', async () => {
    const publisher = await publishing(rig, [chat]);
    const run = await sent();
    const writer = await writing(run, publisher);
    await writer.say('It has been');
    await publisher.stop();
    rig.clock.step(1);
    await publishing(rig, [chat]);
    await writer.end('It has been up for long.');
    expect(kinds()).toEqual(['card', 'answer']);
  });

  it('and whose server died before it noted its message ends in it all the same', async () => {
    const publisher = await publishing(rig, [chat]);
    const run = await sent();
    const writer = await writing(run, publisher);
    chat.onAnswer = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await writer.say('It has been');
    expect(kinds()).toEqual(['card', 'words']);
    await publisher.stop();
    chat.onAnswer = () => {};
    rig.clock.step(1);
    await publishing(rig, [chat]);
    await writer.end('It has been up for long.');
    expect(kinds()).toEqual(['card', 'answer']);
  });

  it('is left alone where nothing of the task is posted', async () => {
    const publisher = await publishing(rig, [chat]);
    publisher.tellWords(999, 'words of a task of the console');
    await turns();
    expect(chat.calls).toEqual([]);
  });
});

describe('long output', () => {
  const long = `${'x'.repeat(outputShownBytesMax)}\n`;

  it('is posted once as a file under the card, and never again', async () => {
    await publishing(rig, [chat]);
    const run = await sent();
    await answered(run, long);
    await nudge(rig, run.task);
    await turns();
    expect(kinds()).toEqual(['card', 'answer', 'output']);
    const file = chat.shown()[2];
    expect(file).toMatchObject({ to: { under: 'm1' }, content: { file: { name: `nerdy-${run.task}.txt` } } });
    expect(file?.content.kind === 'output' && file.content.file.bytes.toString()).toContain(long);
    expect(chat.calls.filter((call) => call.includes('output'))).toEqual([`post output ${run.task}`]);
    expect(await owed(rig)).toEqual([]);
  });

  it('that is not longer than what an answer shows needs no file', async () => {
    await publishing(rig, [chat]);
    await answered(await sent(), 'x'.repeat(outputShownBytesMax));
    expect(kinds()).toEqual(['card', 'answer']);
  });

  it('that can’t be attached keeps no message waiting, is tried ever more seldom, and given up after a day', async () => {
    await publishing(rig, [chat]);
    const tries = (): number => chat.calls.filter((call) => call.startsWith('post output')).length;
    chat.always = () =>
      chat.calls.at(-1)?.startsWith('post output')
        ? { kind: 'later', retryAfterMs: 5_000, reason: 'the upload fails' }
        : undefined;
    const run = await sent();
    await answered(run, long);
    expect(tries()).toBe(1);
    await proposed(rig, 'uptime on db1', { place: placeIn('C1'), asker: adaInChat });
    await turns(60);
    expect(kinds()).toEqual(['card', 'answer', 'card']);
    const hour = 3_600_000;
    for (let passed = 0; passed <= fileTriedMs * 1.5; passed += hour) {
      rig.clock.step(hour);
      await turns();
    }
    await turns(60);
    const posts = await rig.store.listPosts({ kind: 'task', number: run.task });
    expect(posts.find(({ part }) => part === 'output')?.gone).toContain('could not be attached');
    expect(tries()).toBeLessThan(30);
  });

  it('follows after a crash between the card and it', async () => {
    const publisher = await publishing(rig, [chat]);
    const run = await sent();
    await turns();
    chat.always = () =>
      chat.calls.at(-1)?.startsWith('post')
        ? { kind: 'later', retryAfterMs: 1_000, reason: 'busy' }
        : undefined;
    await answered(run, long);
    expect(kinds()).toEqual(['card']);
    await publisher.stop();
    chat.always = () => undefined;
    rig.clock.step(publishFaultRetryMs);
    await publishing(rig, [chat]);
    await turns(60);
    expect(kinds().sort()).toEqual(['answer', 'card', 'output']);
  });
});
