import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RunState } from '../../src/core/run.ts';
import { TaskState } from '../../src/core/task.ts';
import { launchBrowser, shiftsOf, type Visit, visit } from './browser.ts';
import { approve, ask, failNoRunbook, finishMemory, proposeMemory } from './demo.ts';
import { askWhich, fleetAgents } from './demo-machines.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

const stateOf = (task: number): string | undefined => seen.harness.desk.rows.get(task)?.task.state;
const newest = (): number => Math.max(...seen.harness.desk.rows.keys());
/** What a browser says of an answer that refuses; the console shows it in words as well. */
const withoutRefusals = (complaints: string[]): string[] =>
  complaints.filter((c) => !/status of 40\d|Response Status Error Code 40\d/.test(c));

test('the whole way by clicks: example, script, approval, live output, answer, follow-up', async () => {
  seen = await visit(browser);
  const { page, harness, complaints } = seen;
  const { desk } = harness;
  expect(page.url()).toBe(`${harness.base}/`);
  await page
    .getByRole('button', { name: 'check memory on db1' })
    .or(page.locator('.examples button').first())
    .first()
    .click();
  await page.locator('article .headline', { hasText: 'Looking for a script' }).waitFor();
  expect(await page.locator('#empty').isVisible()).toBe(false);

  const task = newest();
  const card = page.locator(`#task-${task}`);
  proposeMemory(desk, task, ['db1']);
  await card.getByRole('button', { name: 'Approve' }).waitFor();
  expect(await card.locator('.ln').count()).toBe(5);
  expect(await page.title()).toBe('(1) NerdyOps');
  await card.getByRole('button', { name: 'Approve' }).click();
  await card.getByText('Approved by you').waitFor();
  expect(stateOf(task)).toBe('running');
  // What was decided is a line from then on, and the output has its room.
  expect(await card.locator('.script-fold pre').isVisible()).toBe(false);
  expect(await card.locator('.script-fold summary').textContent()).toMatch(/bash5 linesRead-onlysha256:/);

  desk.run(task, 'db1', { state: RunState.running });
  desk.write(task, 'db1', 'stdout', `${Array.from({ length: 60 }, (_, at) => `line ${at}`).join('\n')}\n`);
  await card.getByText('line 59').waitFor();
  const tail = card.locator('.tail');
  // At its end without anyone scrolling it there, and it stays there as lines are added.
  await expect.poll(() => isAtEnd(tail)).toBe(true);
  desk.write(task, 'db1', 'stdout', 'the last line\n');
  await card.getByText('the last line').waitFor();
  await expect.poll(() => isAtEnd(tail)).toBe(true);

  finishMemory(desk, task, 'db1');
  await card.getByText('db1 uses 11.0 GiB').waitFor();
  expect(await page.locator('#announce').textContent()).toContain('db1 uses 11.0 GiB');
  // The answer stands where the output was.
  await tail.first().waitFor({ state: 'hidden' });

  await card.getByRole('button', { name: 'What uses the CPU?' }).click();
  await page.locator(`#thread-${task} .replies article`).waitFor();
  expect(desk.rows.get(newest())?.task.place.thread).toBe(String(task));
  const { shift, moved } = await shiftsOf(page);
  expect(shift, `moved: ${moved.join(', ')}`).toBeLessThan(0.02);
  expect(complaints).toEqual([]);
});

const isAtEnd = (box: import('playwright-core').Locator): Promise<boolean> =>
  box.first().evaluate((element) => {
    const inside = element.querySelector('pre')?.getBoundingClientRect().bottom ?? 0;
    return Math.abs(inside - element.getBoundingClientRect().bottom) < 4;
  });

test('a used link opens nothing and says so', async () => {
  seen = await visit(browser);
  const link = seen.harness.sessions.create(seen.harness.base);
  const first = await browser.newPage();
  await first.goto(link);
  await first.waitForSelector('[data-page=console]');
  const second = await browser.newPage();
  await second.goto(link);
  await second.getByText('This link was used before').waitFor();
  expect(await second.getByText('npx nerdy console').first().isVisible()).toBe(true);
  expect(second.url()).toBe(`${seen.harness.base}/`);
  await Promise.all([first.context().close(), second.context().close()]);
});

test('a used link opened in a tab of the console says so there', async () => {
  seen = await visit(browser);
  await seen.page.goto(`${seen.harness.base}/#key=used`);
  await seen.page.locator('#toast', { hasText: 'This link was used before' }).waitFor();
});

test('earlier requests come above, in their order, and the place stays', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  const tasks: number[] = [];
  for (let at = 0; at < 45; at += 1) tasks.push(await ask(harness.desk, `request ${at}`));
  for (const task of tasks) failNoRunbook(harness.desk, task);
  await page.reload();
  await page.getByRole('button', { name: 'Show earlier requests' }).click();
  await page.locator(`#task-${tasks[0]}`).waitFor({ state: 'attached' });
  const shown = await page.locator('article').evaluateAll((all) => all.map((a) => Number(a.dataset.number)));
  expect(shown).toEqual(tasks);
  expect(await page.getByRole('button', { name: 'Show earlier requests' }).count()).toBe(0);
});

describe('by keyboard', () => {
  test('a request is written, asked and recalled', async () => {
    seen = await visit(browser);
    const { page } = seen;
    await page.keyboard.press('/');
    await page.keyboard.type('check memory');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('on db1');
    expect(seen.harness.desk.rows.size).toBe(0);
    await page.keyboard.press('Enter');
    await page.locator('article').waitFor();
    expect(seen.harness.desk.rows.get(newest())?.task.request).toBe('check memory\non db1');
    await expect.poll(() => page.locator('#request').inputValue()).toBe('');
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('#request').inputValue()).toBe('check memory\non db1');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#request').inputValue()).toBe('');
  });

  test('the key for Approve only goes to the button; Enter is what approves', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await page.locator('[data-act=approve]').waitFor();
    await page.keyboard.press('a');
    expect(await page.evaluate(() => document.activeElement?.nodeName)).toBe('BODY');
    await page.keyboard.press('j');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`task-${task}`);
    await page.keyboard.press('a');
    expect(await focused()).toContain('Approve');
    expect(stateOf(task)).toBe('proposed');
    await page.keyboard.press('Enter');
    await expect.poll(() => stateOf(task)).toBe('running');
    // The button is gone; the keys go on from its card.
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(`task-${task}`);
  });

  test('a card is rejected with a reason, and Escape takes it back before', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await page.locator('[data-act=reject]').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.keyboard.type('not during the sale');
    await page.keyboard.press('Escape');
    expect(await page.locator(`#reject-${task}`).isVisible()).toBe(false);
    expect(await focused()).toContain('Reject');
    await page.keyboard.press('r');
    await page.keyboard.type('not during the sale');
    await page.keyboard.press('Enter');
    await page.getByText('Rejected by you').first().waitFor();
    expect(harness.desk.rows.get(task)?.task.decision?.reason).toBe('not during the sale');
  });

  const focused = (): Promise<string | null | undefined> =>
    seen.page.evaluate(() => document.activeElement?.textContent);
});

describe('what a person is doing survives what the server sends', () => {
  test('a reason half written stays, with the focus and the caret', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await page.getByRole('button', { name: 'Reject' }).first().click();
    await page.keyboard.type('not dur');
    harness.desk.change(task, { request: 'check memory on db1, changed' });
    await page.getByText('check memory on db1, changed').waitFor();
    await page.keyboard.type('ing the sale');
    expect(await page.locator(`#reason-${task}`).inputValue()).toBe('not during the sale');
  });

  test('an edit under way is not laid over another text: it is refused, and its words stay', async () => {
    seen = await visit(browser);
    const { page, harness, complaints } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.locator('.edit textarea').fill('free --gibi');
    await page.getByRole('button', { name: 'Save as next revision' }).click();
    await page.getByText('revision 2').waitFor();
    expect(await page.locator('.ln').allTextContents()).toEqual(['free --gibi\n']);
    expect(complaints).toEqual([]);
  });

  test('a fold that was opened stays open, and one that was closed stays closed', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await page.locator('.script-fold summary').click();
    harness.desk.change(task, { request: 'once' });
    await page.getByText('once', { exact: true }).waitFor();
    expect(await page.locator('.script-fold pre').isVisible()).toBe(false);
  });

  test('the place in an older thread stays when a new one comes', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    for (let at = 0; at < 12; at += 1) {
      const task = await ask(harness.desk, `make me sandwich ${at}`);
      failNoRunbook(harness.desk, task);
    }
    await page.getByText('make me sandwich 11').waitFor();
    await page.locator('#chat').evaluate((chat) => chat.scrollTo(0, 200));
    const at = await page.locator('#chat').evaluate((chat) => chat.scrollTop);
    await ask(harness.desk, 'something new');
    await page.locator('article', { hasText: 'something new' }).waitFor({ state: 'attached' });
    expect(await page.locator('#chat').evaluate((chat) => chat.scrollTop)).toBe(at);
  });
});

test('a click meant for the script before is not an approval of the one that just came', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  const task = await ask(harness.desk, 'check memory on db1');
  proposeMemory(harness.desk, task, ['db1']);
  await page.locator('[data-act=approve]').waitFor();
  // Not a dangerous one: its button would keep this click away by itself.
  harness.desk.propose(task, { texts: [{ text: 'touch /var/cache\n', platforms: ['linux'] }] });
  await page.getByText('touch /var/cache').first().waitFor();
  await page.locator('[data-act=approve]').click();
  await page.locator(`#said-${task}`, { hasText: 'The script has just changed' }).waitFor();
  expect(stateOf(task)).toBe('proposed');
});

test('a refused act says why at its card', async () => {
  seen = await visit(browser);
  const { page, harness, complaints } = seen;
  const task = await ask(harness.desk, 'check memory on db1');
  proposeMemory(harness.desk, task, ['db1']);
  await page.locator('[data-act=approve]').waitFor();
  harness.desk.approve = async () => ({
    kind: 'refused',
    sentence: { code: 'card_outdated', text: 'The script has changed since the card you looked at.' },
  });
  await page.locator('[data-act=approve]').click();
  await page.locator(`#said-${task}`, { hasText: 'The script has changed since' }).waitFor();
  expect(withoutRefusals(complaints)).toEqual([]);
});

test('a choice of machine is one click', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  const task = await ask(harness.desk, 'check memory');
  askWhich(harness.desk, task);
  await page.getByRole('button', { name: 'win-build-01', exact: true }).click();
  await expect.poll(() => harness.desk.rows.get(task)?.task.on).toBe('win-build-01');
});

test('a machine of the column goes into the composer and along with the request', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  await page.locator('.agent[data-on=web2]').click();
  await page.locator('#chip-on', { hasText: 'web2' }).waitFor();
  await page.keyboard.type('check memory');
  await page.keyboard.press('Enter');
  await page.locator('article').waitFor();
  expect(harness.desk.rows.get(newest())?.task.on).toBe('web2');
  await expect.poll(() => page.locator('#chip-on').isVisible()).toBe(false);
});

test('the output of a run that is not on its card is fetched when its fold is opened', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  harness.desk.agentList = fleetAgents().slice(0, 5);
  const task = await ask(harness.desk, 'check memory on all');
  proposeMemory(
    harness.desk,
    task,
    harness.desk.agentList.map((a) => a.name),
  );
  await approve(harness.desk, task);
  harness.desk.write(task, 'web1', 'stdout', 'of web1\n');
  harness.desk.run(task, 'web1', { state: RunState.succeeded, exitCode: 0 });
  await page.locator('.run', { hasText: 'web1' }).locator('summary').click();
  await page.getByText('of web1').waitFor();
  harness.desk.change(task, { request: 'asked otherwise' });
  await page.getByText('asked otherwise').waitFor();
  expect(await page.getByText('of web1').isVisible()).toBe(true);
});

describe('the live stream', () => {
  test('says that it is lost, comes back by itself, and brings what happened meanwhile', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    await page.locator('article').waitFor();
    expect(await page.getByText('Reconnecting').isVisible()).toBe(false);
    harness.app.server.closeAllConnections();
    await page.getByText('Reconnecting').waitFor();
    failNoRunbook(harness.desk, task);
    await page.locator('.headline', { hasText: 'No script for this' }).waitFor();
    await page.getByText('Reconnecting').waitFor({ state: 'hidden' });
  });

  test('is given back by a tab that nobody looks at, and catches up when somebody does', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    await page.clock.install();
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#live') !== null);
    const look = (isHidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    // Each look lets go of what is only kept alive: the browser may have opened one more just before.
    const connections = () =>
      new Promise<number>((resolve) => {
        harness.app.server.closeIdleConnections();
        harness.app.server.getConnections((_error, count) => resolve(count));
      });
    await look(true);
    await page.clock.fastForward(61_000);
    await expect.poll(connections).toBe(0);
    await ask(harness.desk, 'asked meanwhile');
    await look(false);
    await page.locator('article', { hasText: 'asked meanwhile' }).waitFor();
  });

  test('shows an answer while it is written', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await approve(harness.desk, task);
    harness.desk.run(task, 'db1', { state: RunState.succeeded, exitCode: 0 });
    harness.desk.change(task, { state: TaskState.answering });
    for (const text of ['db1 uses', 'db1 uses 11 GiB', 'db1 uses 11 GiB of 16']) {
      harness.desk.tell({ words: { task, text } });
      await page.locator('.writing .words', { hasText: text }).waitFor();
    }
  });
});
