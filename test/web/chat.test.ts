import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pageTasksMax, threadTasksMax } from '../../src/web/limits.ts';
import { agentOf, consoleThread, you } from './fake-desk.ts';
import { type Harness, startConsole } from './harness.ts';
import { type Answered, form, send } from './http.ts';
import { ownHeaders, type Signed, signIn } from './sign-in.ts';

let harness: Harness;
let signed: Signed;

beforeEach(async () => {
  harness = await startConsole();
  harness.desk.agentList = [agentOf('db1')];
  signed = await signIn(harness);
});
afterEach(() => harness.stop());

const post = (
  path: string,
  fields: Record<string, string>,
  more: Record<string, string> = {},
): Promise<Answered> =>
  send(harness.port, 'POST', path, { ...ownHeaders(harness, signed), ...more }, form(fields));
const page = async (path = '/'): Promise<string> =>
  (await send(harness.port, 'GET', path, { cookie: signed.cookie })).body;
const newest = (): number => Math.max(...harness.desk.rows.keys());
const taskOf = (number: number) => harness.desk.rows.get(number)?.task;
/** The articles of a page, each with the task that heads its thread, in their order. */
const articles = (html: string): [number, number][] =>
  [...html.matchAll(/<article id="task-(\d+)"[^>]*data-root="(\d+)"/g)].map(([, task, root]) => [
    Number(task),
    Number(root),
  ]);

describe('asking', () => {
  test('from the composer makes a task of this console, which begins a thread', async () => {
    const answer = await post('/console/ask', { request: 'check memory on db1', thread: '', on: '' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(`id="task-${newest()}"`);
    expect(taskOf(newest())).toMatchObject({ asker: you, place: consoleThread(newest()), on: null });
  });

  test('in a thread makes a follow-up of the task that heads it', async () => {
    await post('/console/ask', { request: 'check memory on db1' });
    const root = newest();
    const answer = await post('/console/ask', {
      request: 'and the disk?',
      thread: String(root),
      on: ' db1 ',
    });
    expect(taskOf(newest())).toMatchObject({ place: consoleThread(root), on: 'db1' });
    expect(articles(answer.body)).toEqual([[newest(), root]]);
  });

  test('for something to be watched makes no task, and says what was understood', async () => {
    const before = newest();
    const answer = await post('/console/ask', {
      request: 'watch disk on db1 every hour',
      thread: '',
      on: '',
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('Watching: &lt;x>');
    expect(answer.body).toContain('So &amp; so.');
    expect(newest()).toBe(before);
    expect(harness.heard).toMatchObject([{ surface: 'web', text: 'watch disk on db1 every hour', by: you }]);
  });

  test('in a thread that was begun elsewhere asks in that very place', async () => {
    const place = { surface: 'api', channel: 'api', thread: null };
    const asked = { request: 'check memory', on: 'db1', asker: you, place, eventId: null };
    await harness.desk.ask(asked);
    const root = newest();
    const answer = await post('/console/ask', { request: 'and the disk?', thread: String(root) });
    expect(taskOf(newest())?.place).toEqual({ surface: 'api', channel: 'api', thread: String(root) });
    expect(taskOf(newest())).toMatchObject({ asker: you, on: null });
    expect(articles(answer.body)).toEqual([[newest(), root]]);
    expect(articles(await page())).toEqual([
      [root, root],
      [newest(), root],
    ]);
  });

  test('in a thread that does not exist is refused', async () => {
    const answer = await post('/console/ask', { request: 'and the disk?', thread: '99999' });
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('There is no task #99999');
    expect(harness.desk.rows.size).toBe(0);
  });

  test('twice with one delivery id makes one task', async () => {
    const id = { 'x-nerdy-event': '6f1c7e0a-1111-4222-8333-444455556666' };
    await post('/console/ask', { request: 'check memory on db1' }, id);
    await post('/console/ask', { request: 'check memory on db1' }, id);
    expect(harness.desk.rows.size).toBe(1);
    expect(harness.desk.acts[0]?.eventId).toBe(`web:ask:${id['x-nerdy-event']}`);
  });

  test('with a delivery id that is none asks without one', async () => {
    await post('/console/ask', { request: 'x' }, { 'x-nerdy-event': 'a b;c' });
    expect(harness.desk.acts[0]?.eventId).toBeNull();
  });

  test('for nothing is refused above the composer, in words', async () => {
    const answer = await post('/console/ask', { request: '  ' });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatch(/id="toast"[^>]*role="alert"/);
    expect(answer.body).toContain('The request is empty');
  });

  test('in a thread that is no number is refused', async () => {
    expect((await post('/console/ask', { request: 'x', thread: '1; drop' })).status).toBe(409);
    expect(harness.desk.rows.size).toBe(0);
  });
});

describe('deciding', () => {
  beforeEach(async () => {
    await post('/console/ask', { request: 'check memory on db1' });
    harness.desk.propose(newest(), {
      texts: [{ text: 'free -m\nuptime\n', platforms: ['linux'] }],
      on: ['db1'],
    });
  });
  const digest = (): string => harness.desk.rows.get(newest())?.proposal?.scripts[0]?.digest ?? '';

  test('a reason goes along, and none is none', async () => {
    await post(`/console/tasks/${newest()}/reject`, { reason: ' not now ' });
    expect(taskOf(newest())?.decision?.reason).toBe('not now');
    await post('/console/ask', { request: 'again' });
    harness.desk.propose(newest(), { texts: [{ text: 'uptime', platforms: ['linux'] }], on: ['db1'] });
    await post(`/console/tasks/${newest()}/reject`, { reason: '' });
    expect(taskOf(newest())?.decision?.reason).toBeNull();
  });

  test('a second click is told so, at the card', async () => {
    await post(`/console/tasks/${newest()}/reject`, {});
    const answer = await post(`/console/tasks/${newest()}/reject`, {});
    expect(answer.status).toBe(409);
    expect(answer.body).toContain(`id="said-${newest()}"`);
    expect(answer.body).toContain('already rejected');
  });

  test('an edit makes the next revision, with its own digest on Approve', async () => {
    const before = digest();
    const answer = await post(`/console/tasks/${newest()}/edit`, {
      proposal: '1',
      [`text:${before}`]: 'free -g\r\nuptime\r\n',
    });
    expect(answer.body).toContain('revision 2');
    expect(answer.body).toContain('edited by hand');
    expect(digest()).not.toBe(before);
    expect(harness.desk.rows.get(newest())?.proposal?.scripts[0]?.text).toBe('free -g\nuptime\n');
  });

  test('an edit that changes nothing but the browser’s line ends is no revision', async () => {
    const answer = await post(`/console/tasks/${newest()}/edit`, {
      proposal: '1',
      [`text:${digest()}`]: 'free -m\r\nuptime',
    });
    expect(answer.status).toBe(200);
    expect(harness.desk.acts.map((a) => a.verb)).toEqual(['ask']);
  });

  test('an edit of a text that is not there any more is told so', async () => {
    const answer = await post(`/console/tasks/${newest()}/edit`, {
      proposal: '1',
      [`text:${'0'.repeat(64)}`]: 'uptime',
    });
    expect(answer.body).toContain('The script has changed since');
  });

  test('a task that does not exist is said to be unknown', async () => {
    expect((await post('/console/tasks/99999/cancel', {})).body).toContain('There is no task #99999');
    expect((await post('/console/tasks/abc/cancel', {})).status).toBe(409);
  });
});

describe('the page', () => {
  test('with no task shows examples that ask at once', async () => {
    const html = await page();
    expect(html).toContain('<div id="threads"></div><div class="empty" id="empty">');
    expect(html).toMatch(/name="request" value="check memory on db1"/);
  });

  test('with no machine says how to start one', async () => {
    harness.desk.agentList = [];
    expect(await page()).toContain('npx nerdy agent');
  });

  test('has threads in order, with follow-ups under the task that heads them', async () => {
    await post('/console/ask', { request: 'one' });
    const one = newest();
    await post('/console/ask', { request: 'two' });
    const two = newest();
    await post('/console/ask', { request: 'more of one', thread: String(one) });
    const reply = newest();
    expect(articles(await page())).toEqual([
      [one, one],
      [reply, one],
      [two, two],
    ]);
  });

  test('after a restart still knows which task is a follow-up', async () => {
    await post('/console/ask', { request: 'one' });
    const one = newest();
    await post('/console/ask', { request: 'more of one', thread: String(one) });
    const { rows } = harness.desk;
    await harness.stop();
    harness = await startConsole();
    for (const [number, row] of rows) harness.desk.rows.set(number, row);
    signed = await signIn(harness);
    expect(articles(await page())).toEqual([
      [one, one],
      [one + 1, one],
    ]);
  });

  test('shows what was asked elsewhere too, and where', async () => {
    await harness.desk.ask({
      request: 'check memory',
      on: 'db1',
      asker: { kind: 'person', surface: 'slack', id: 'U1', name: 'ada' },
      place: { surface: 'slack', channel: 'C1', thread: '17.1' },
      eventId: null,
    });
    const html = await page();
    expect(html).toContain('via slack');
    expect(articles(html)).toEqual([[newest(), newest()]]);
  });

  test.each(['17.1', 'deploy-42', '7', '1042'])(
    'has one thread for all that was asked in %s, headed by the eldest',
    async (thread) => {
      await post('/console/ask', { request: 'something else' });
      const place = { surface: 'api', channel: 'api', thread };
      const heads = newest() + 1;
      for (let at = 0; at < threadTasksMax + 2; at += 1) {
        await harness.desk.ask({ request: `request ${at}`, on: null, asker: you, place, eventId: null });
      }
      expect(articles(await page(`/console/threads/${heads}`)).map(([, root]) => root)).toEqual(
        Array.from({ length: threadTasksMax + 1 }, () => heads),
      );
    },
  );

  test('shows the newest, and the way to earlier ones until there are none', async () => {
    for (let at = 0; at < pageTasksMax + 3; at += 1) await post('/console/ask', { request: `request ${at}` });
    const first = await page();
    expect(articles(first)).toHaveLength(pageTasksMax);
    const path = /hx-get="(\/console\/earlier[^"]+)"/.exec(first)?.[1] ?? '';
    const earlier = await page(path);
    expect(articles(earlier)).toHaveLength(3);
    expect(earlier).toContain('id="earlier"');
    expect(earlier).not.toContain('Show earlier requests');
  });

  test('gives one thread whole, for a page that has only a follow-up of it', async () => {
    await post('/console/ask', { request: 'one' });
    const one = newest();
    await post('/console/ask', { request: 'more of one', thread: String(one) });
    expect(articles(await page(`/console/threads/${one}`))).toEqual([
      [one, one],
      [one + 1, one],
    ]);
    expect(await page('/console/threads/99999')).toContain('There is no task #99999');
  });
});
