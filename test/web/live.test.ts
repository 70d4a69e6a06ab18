import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunState } from '../../src/core/run.ts';
import { TaskState } from '../../src/core/task.ts';
import {
  liveBeatMs,
  liveClientsMax,
  liveFlushMs,
  liveIncidentsMs,
  sessionIdleMs,
} from '../../src/web/limits.ts';
import { agentOf, consoleThread, you } from './fake-desk.ts';
import { type Harness, startConsole } from './harness.ts';
import { send } from './http.ts';
import { type Signed, signIn } from './sign-in.ts';
import { openStream, type Stream } from './stream.ts';

let harness: Harness;
let signed: Signed;
const streams: Stream[] = [];

beforeEach(async () => {
  harness = await startConsole();
  harness.desk.agentList = [agentOf('db1'), agentOf('web1')];
  signed = await signIn(harness);
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await harness.stop();
});

const ask = async (request: string, thread: number | null = null): Promise<number> => {
  const outcome = await harness.desk.ask({
    request,
    on: null,
    asker: you,
    place: consoleThread(thread),
    eventId: null,
  });
  if (outcome.kind === 'refused') throw new Error(outcome.sentence.text);
  return outcome.card.task;
};
const open = async (headers: Record<string, string> = {}, path?: string): Promise<Stream> => {
  const stream = await openStream(harness, { cookie: signed.cookie, ...headers }, path);
  streams.push(stream);
  return stream;
};
/** The stream as the page opens it, with the address that the server wrote. */
const openFromPage = async (): Promise<Stream> => {
  const { body } = await send(harness.port, 'GET', '/', { cookie: signed.cookie });
  const stream = await open({}, /sse-connect="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&'));
  await harness.clock.step(0);
  expect((await stream.next()).data).toContain('id="agent-list"');
  return stream;
};
/** The next event about a task, past those about machines. */
const nextTask = async (stream: Stream): Promise<{ id: string | null; data: string }> => {
  for (;;) {
    const event = await stream.next();
    if (event.data.includes('<article')) return event;
  }
};

test('a change of a task comes as its whole fragment, with the sequence as its id', async () => {
  const stream = await openFromPage();
  const task = await ask('check memory on db1');
  await harness.clock.step(liveFlushMs);
  const event = await nextTask(stream);
  expect(event.id).toBe(String(harness.desk.seq));
  expect(event.data).toContain(`id="task-${task}"`);
  expect(event.data).toContain('hx-swap-oob="morph"');
});

test('many changes within a quarter of a second come as one update, with the last of them', async () => {
  const task = await ask('check memory on db1');
  const stream = await openFromPage();
  await nextTask(stream);
  harness.desk.propose(task, { texts: [{ text: 'free -m', platforms: ['linux'] }], on: ['db1'] });
  for (let at = 0; at < 50; at += 1) harness.desk.change(task, { request: `asked ${at} times` });
  await harness.clock.step(liveFlushMs);
  const event = await nextTask(stream);
  expect(event.data).toContain('asked 49 times');
  // The next event is of the next change, so nothing else had been sent.
  harness.desk.change(task, { request: 'once more' });
  await harness.clock.step(liveFlushMs);
  expect((await nextTask(stream)).data).toContain('once more');
});

test('updates of one task are a quarter of a second apart at least', async () => {
  const task = await ask('check memory on db1');
  const stream = await openFromPage();
  await nextTask(stream);
  let cards = 0;
  const { card } = harness.desk;
  harness.desk.card = async (number) => {
    cards += 1;
    return card.call(harness.desk, number);
  };
  for (let at = 0; at < 100; at += 1) {
    harness.desk.change(task, {});
    await harness.clock.step(10);
  }
  expect(cards).toBeGreaterThanOrEqual(3);
  expect(cards).toBeLessThanOrEqual(5);
});

test('output and words that are being written come by the same way', async () => {
  const task = await ask('check memory on db1');
  harness.desk.propose(task, { texts: [{ text: 'free -m', platforms: ['linux'] }], on: ['db1'] });
  const card = await harness.desk.card(task);
  const proposal = { proposal: 1, digest: card?.proposal?.digest ?? '', canary: false, confirm: null };
  await harness.desk.approve(task, { by: you, eventId: null, ...proposal });
  harness.desk.run(task, 'db1', { state: RunState.running });
  const stream = await openFromPage();
  await nextTask(stream);
  harness.desk.write(task, 'db1', 'stdout', 'Mem: 15873\n');
  await harness.clock.step(liveFlushMs);
  expect((await nextTask(stream)).data).toContain('Mem: 15873');
  harness.desk.run(task, 'db1', { state: RunState.succeeded });
  harness.desk.change(task, { state: TaskState.answering });
  harness.desk.tell({ words: { task, text: 'db1 uses half' } });
  await harness.clock.step(liveFlushMs);
  expect((await nextTask(stream)).data).toContain('db1 uses half');
});

test('a machine that goes offline changes its column and the cards that wait for it', async () => {
  const task = await ask('check memory on db1');
  harness.desk.propose(task, { texts: [{ text: 'free -m', platforms: ['linux'] }], on: ['db1'] });
  const stream = await openFromPage();
  await nextTask(stream);
  harness.desk.agentList = [agentOf('db1', { online: false }), agentOf('web1')];
  harness.desk.tell({ agents: ['id-db1'] });
  await harness.clock.step(2_000);
  expect((await stream.next()).data).toContain('1 of 2 online');
  expect((await nextTask(stream)).data).toMatch(/dot off.*db1/s);
});

test('the first machine that joins takes its place in the examples of an empty page', async () => {
  harness.desk.agentList = [];
  const stream = await openFromPage();
  harness.desk.agentList = [agentOf('db1')];
  harness.desk.tell({ agents: ['id-db1'] });
  await harness.clock.step(2_000);
  // The list of incidents comes first, as to everyone who opens a stream.
  expect((await stream.next()).data).toContain('id="incident-list"');
  expect((await stream.next()).data).toMatch(/id="empty" hx-swap-oob="morph".*check memory on db1/s);
});

test('a text with line ends of every kind stays one event', async () => {
  const stream = await openFromPage();
  await ask('one\rtwo\r\nthree\nfour');
  await harness.clock.step(liveFlushMs);
  const event = await nextTask(stream);
  expect(event.data).toContain('one⟨U+000D⟩two');
  expect(event.data).toContain('</article>');
});

describe('a reader that comes back', () => {
  test('gets what changed since, and what is still going on', async () => {
    const [old, changed, open_] = [await ask('old'), await ask('changed'), await ask('open')];
    const first = await openFromPage();
    for (let at = 0; at < 3; at += 1) await nextTask(first);
    for (const task of [old, changed]) harness.desk.change(task, { state: TaskState.failed });
    await harness.clock.step(liveFlushMs);
    await nextTask(first);
    const { id } = await nextTask(first);
    first.close();
    harness.desk.change(changed, { request: 'changed meanwhile' });
    await harness.clock.step(liveFlushMs);

    const second = await open({ 'last-event-id': String(id) });
    await harness.clock.step(liveFlushMs);
    const got = [(await nextTask(second)).data, (await nextTask(second)).data].join();
    expect(got).toContain(`id="task-${changed}"`);
    expect(got).toContain('changed meanwhile');
    expect(got).toContain(`id="task-${open_}"`);
    expect(got).not.toContain(`id="task-${old}"`);
  });

  test.each(['3', 'nonsense', ''])(
    'with an id that says nothing here (%j) gets all that a page shows',
    async (id) => {
      const tasks = [await ask('one'), await ask('two')];
      for (const task of tasks) harness.desk.change(task, { state: TaskState.failed });
      const stream = await open({ 'last-event-id': id });
      await harness.clock.step(liveFlushMs);
      const got = [(await nextTask(stream)).data, (await nextTask(stream)).data];
      expect(got[0]).toContain(`id="task-${tasks[0]}"`);
      expect(got[1]).toContain(`id="task-${tasks[1]}"`);
    },
  );
});

test('only so many streams are open at once, and the next is told to try later', async () => {
  for (let at = 0; at < liveClientsMax; at += 1) await open();
  const refused = await open();
  expect(refused.answer.statusCode).toBe(503);
  expect(refused.answer.headers['retry-after']).toBeDefined();
  streams[0]?.close();
  await streams[0]?.closed;
  await expect.poll(async () => (await open()).answer.statusCode).toBe(200);
});

test('a reader that does not read is cut off instead of filling the memory', async () => {
  const stream = await open();
  stream.answer.pause();
  const task = await ask('x');
  let isClosed = false;
  void stream.closed.then(() => {
    isClosed = true;
  });
  for (let at = 0; at < 400 && !isClosed; at += 1) {
    harness.desk.change(task, { request: `${at} ${'x'.repeat(200_000)}` });
    await harness.clock.step(liveFlushMs);
  }
  stream.answer.resume();
  await stream.closed;
});

test('a quiet stream ends at a beat once its session is over', async () => {
  const stream = await open();
  await harness.clock.step(liveBeatMs);
  let isClosed = false;
  void stream.closed.then(() => {
    isClosed = true;
  });
  expect(isClosed).toBe(false);
  harness.clock.jump(sessionIdleMs);
  await harness.clock.step(liveBeatMs);
  await stream.closed;
});

test('a desk that fails for a moment costs nothing but time', async () => {
  const stream = await openFromPage();
  const { card } = harness.desk;
  await ask('check memory on db1');
  harness.desk.card = () => Promise.reject(new Error('disk full'));
  await harness.clock.step(liveFlushMs);
  expect(harness.log.entries.some((e) => e.level === 'warn')).toBe(true);
  harness.desk.card = card;
  await harness.clock.step(liveFlushMs);
  expect((await nextTask(stream)).data).toContain('check memory on db1');
});

test('machines and incidents that could not be read are told all the same', async () => {
  const stream = await openFromPage();
  const { alerts, desk, clock } = harness;
  const [agents, incidents] = [desk.agents, alerts.incidents];
  alerts.put(17);
  desk.agentList = [agentOf('db9')];
  desk.tell({ agents: ['db9'] });
  desk.agents = () => Promise.reject(new Error('disk full'));
  alerts.incidents = () => Promise.reject(new Error('disk full'));
  await clock.step(liveIncidentsMs);
  Object.assign(desk, { agents });
  Object.assign(alerts, { incidents });
  await clock.step(liveIncidentsMs);
  const told: string[] = [];
  while (!told.some((data) => data.includes('incident-row-17'))) told.push((await stream.next()).data);
  expect(told.join()).toContain('db9');
});

test('closing the server ends its streams and stops watching', async () => {
  const stream = await open();
  expect(harness.desk.watchers).toBe(1);
  await harness.stop();
  await stream.closed;
  expect(harness.desk.watchers).toBe(0);
});
