import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RunState } from '../../src/core/run.ts';
import { TaskState } from '../../src/core/task.ts';
import { launchBrowser, shiftsOf, type Visit, visit } from './browser.ts';
import { approve, ask, failNoRunbook, finishMemory, proposeMemory } from './demo.ts';
import { fleetAgents } from './demo-machines.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

const card = (task: number): Locator => seen.page.locator(`#task-${task}`);
const script = (task: number): Locator => card(task).locator('.script-fold pre');
const output = (task: number): Locator => card(task).locator('.tail').first();
const answer = (task: number): Locator => card(task).locator('.answer:not(.writing)');
const topOf = (element: Locator): Promise<number> =>
  element.evaluate((e) => Math.round(e.getBoundingClientRect().top));
const nearest = async (element: Locator, expected: number): Promise<void> =>
  expect.poll(async () => Math.abs((await topOf(element)) - expected)).toBeLessThanOrEqual(1);

/** A task that somebody has approved, that runs and has written something, with so many ended ones above it and below it. */
const running = async (above = 0, below = 0): Promise<number> => {
  const { desk } = seen.harness;
  const fail = async (at: number) => failNoRunbook(desk, await ask(desk, `make me sandwich ${at}`));
  for (let at = 0; at < above; at += 1) await fail(at);
  const task = await ask(desk, 'check memory on db1');
  proposeMemory(desk, task, ['db1']);
  await script(task).waitFor();
  await approve(desk, task);
  for (let at = 0; at < below; at += 1) await fail(at);
  desk.run(task, 'db1', { state: RunState.running });
  desk.write(task, 'db1', 'stdout', `${Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n')}\n`);
  await output(task).waitFor();
  return task;
};
const finish = async (task: number): Promise<void> => {
  finishMemory(seen.harness.desk, task, 'db1');
  await answer(task).waitFor({ state: 'attached' });
};

describe('when the answer comes, script and output become a line each', () => {
  beforeEach(async () => {
    seen = await visit(browser);
  });

  test('and the answer stands near its request, from its beginning', async () => {
    const task = await running(6);
    await finish(task);
    await script(task).waitFor({ state: 'hidden' });
    await output(task).waitFor({ state: 'hidden' });
    const [request, words] = [
      await topOf(card(task).locator('.request')),
      await topOf(answer(task).locator('.words')),
    ];
    expect(words - request).toBeLessThan(320);
    expect(request).toBeGreaterThan(0);
  });

  test('but not what the reader has opened', async () => {
    const task = await running();
    for (const fold of ['.script-fold summary', '.run-fold summary']) {
      await card(task).locator(fold).click();
      await card(task).locator(fold).click();
    }
    await finish(task);
    expect(await script(task).isVisible()).toBe(true);
    expect(await output(task).isVisible()).toBe(true);
  });

  test('nor where text is selected, nor output that is scrolled', async () => {
    const task = await running();
    await script(task).evaluate((pre) =>
      getSelection()?.selectAllChildren(pre.querySelectorAll('.ln')[1] ?? pre),
    );
    await output(task).evaluate((tail) => tail.scrollTo(0, -60));
    await finish(task);
    expect(await script(task).isVisible()).toBe(true);
    expect(await output(task).isVisible()).toBe(true);
    expect(await seen.page.evaluate(() => getSelection()?.toString())).toContain('free --mebi');
  });

  test('before its first words stand on the page, so that they never move', async () => {
    const task = await running(6);
    const { desk } = seen.harness;
    desk.run(task, 'db1', { state: RunState.succeeded, exitCode: 0 });
    desk.change(task, { state: TaskState.answering });
    await card(task).locator('.writing').waitFor();
    expect(await output(task).isVisible()).toBe(true);
    desk.tell({ words: { task, text: 'db1 uses 11.0 GiB of its 15.5 GiB' } });
    const words = card(task).locator('.answer .words', { hasText: 'db1 uses' });
    await words.waitFor();
    await output(task).waitFor({ state: 'hidden' });
    const at = await topOf(words);
    await finish(task);
    await nearest(words, at);
  });
});

describe('who reads elsewhere is not moved', () => {
  beforeEach(async () => {
    seen = await visit(browser, { viewport: { width: 390, height: 700 } });
  });
  const scrollTo = async (element: Locator, block: 'start' | 'center' | 'end'): Promise<void> => {
    await element.evaluate((e, to) => e.scrollIntoView({ block: to }), block);
    // The page hears of a scroll with the next frame.
    await seen.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  };

  test('further down: what folds above, and grows, moves nothing', async () => {
    const task = await running(1, 9);
    const reading = seen.page.locator('article .request', { hasText: 'sandwich 5' });
    await scrollTo(reading, 'center');
    const at = await topOf(reading);
    await finish(task);
    await script(task).waitFor({ state: 'hidden' });
    await nearest(reading, at);
  });

  test('in the script itself: it does not fold', async () => {
    const task = await running(4, 9);
    await scrollTo(script(task), 'start');
    const at = await topOf(script(task));
    // The end of the card is out of sight.
    await seen.page.setViewportSize({ width: 390, height: 480 });
    await finish(task);
    expect(await script(task).isVisible()).toBe(true);
    await nearest(script(task), at);
  });

  test('at the end of the card: it folds above, and the answer comes where the output was', async () => {
    const task = await running(6, 9);
    await scrollTo(card(task).locator('.actions'), 'end');
    const line = card(task).locator('.run-line');
    const at = await topOf(line);
    const { shift: before } = await shiftsOf(seen.page);
    await finish(task);
    await script(task).waitFor({ state: 'hidden' });
    await nearest(line, at);
    const { shift, moved } = await shiftsOf(seen.page);
    expect(shift - before, `moved: ${moved.join(', ')}`).toBeLessThan(0.005);
  });

  test('what is opened at the end of the page grows downwards from the line that was pressed', async () => {
    const task = await running(6);
    await finish(task);
    const summary = card(task).locator('.script-fold summary');
    await scrollTo(summary, 'center');
    const at = await topOf(summary);
    await summary.click();
    await script(task).waitFor();
    await nearest(summary, at);
  });
});

test('a script that somebody else decides while it is read stays open until the answer comes', async () => {
  seen = await visit(browser);
  const task = await running();
  expect(await script(task).isVisible()).toBe(true);
  await finish(task);
  await script(task).waitFor({ state: 'hidden' });
});

test('a pause opens the output of what has run, for who follows the end', async () => {
  seen = await visit(browser);
  const { desk } = seen.harness;
  desk.agentList = fleetAgents().slice(0, 6);
  const task = await ask(desk, 'restart nginx on all');
  proposeMemory(
    desk,
    task,
    desk.agentList.map((a) => a.name),
  );
  await approve(desk, task, true);
  desk.run(task, 'web1', { state: RunState.running });
  desk.write(task, 'web1', 'stdout', 'nginx is up\n');
  await card(task).getByText('Output so far').waitFor();
  expect(await output(task).isVisible()).toBe(false);
  desk.run(task, 'web1', { state: RunState.succeeded, exitCode: 0 });
  desk.change(task, { state: TaskState.paused });
  await card(task).getByText('nginx is up').waitFor();
});

test('output that leaves the card stays in its open fold, whole', async () => {
  seen = await visit(browser);
  const { desk } = seen.harness;
  const names = desk.agentList.filter((a) => a.online).map((a) => a.name);
  const task = await ask(desk, 'check memory on all');
  desk.propose(task, {
    texts: [
      { text: 'free\n', platforms: ['linux'] },
      { text: 'Get-Process\n', platforms: ['windows'] },
    ],
    on: names,
  });
  await approve(desk, task);
  desk.run(task, 'web1', { state: RunState.running });
  desk.write(task, 'web1', 'stdout', 'first line\n');
  const run = card(task).locator('.run', { hasText: 'web1' });
  await run.locator('summary').click();
  await run.getByText('first line').waitFor();
  desk.write(task, 'web1', 'stdout', 'last line\n');
  desk.run(task, 'web1', { state: RunState.succeeded, exitCode: 0 });
  await run.getByText('last line').waitFor();
  await run.getByText('Whole output').waitFor();
  expect(await run.getByText('first line').isVisible()).toBe(true);
});
