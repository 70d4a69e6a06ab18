import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { faintTexts, launchBrowser, type Visit, visit } from './browser.ts';
import { ask, proposeMemory } from './demo.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

test.each([
  ['light', { viewport: { width: 1280, height: 800 } }],
  ['dark', { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: 'dark' as const }],
])('a page without its server claims nothing and lets nothing run, in %s', async (scheme, options) => {
  seen = await visit(browser, options);
  const { page, harness } = seen;
  const task = await ask(harness.desk, 'check memory on db1');
  proposeMemory(harness.desk, task, ['db1']);
  const approve = page.locator(`#task-${task} [data-act=approve]`);
  await approve.waitFor();
  const dot = page.locator(`#task-${task} .dot.on`);
  const fill = () => dot.evaluate((element) => getComputedStyle(element).backgroundColor);
  const online = await fill();

  await page.context().setOffline(true);
  harness.app.server.closeAllConnections();
  await page.getByText('Reconnecting').waitFor();
  expect(await fill()).toBe('rgba(0, 0, 0, 0)');
  expect(await approve.getAttribute('aria-disabled')).toBe('true');
  await approve.click({ force: true });
  const said = page.locator('#toast');
  await said.getByText('does not answer').waitFor();
  expect(await said.textContent()).not.toContain('--server');
  expect(await faintTexts(page)).toEqual([]);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/stale-${scheme}.png` });

  await page.context().setOffline(false);
  await expect.poll(() => approve.getAttribute('aria-disabled')).toBe(null);
  expect(await fill()).toBe(online);
  await expect.poll(() => said.textContent()).toBe('');
  expect(harness.desk.rows.get(task)?.task.state).toBe('proposed');
});

test('whose session is over says so, and not that the server is gone', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  const task = await ask(harness.desk, 'check memory on db1');
  proposeMemory(harness.desk, task, ['db1']);
  const approve = page.locator(`#task-${task} [data-act=approve]`);
  await approve.waitFor();
  await page.context().clearCookies();
  harness.app.server.closeAllConnections();
  await page.getByText('Reconnecting').waitFor();
  await approve.click({ force: true });
  await page.locator('#toast', { hasText: 'console session' }).waitFor();
  expect(harness.desk.rows.get(task)?.task.state).toBe('proposed');
});

test('that gets its card again without the stream may decide on it', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  const task = await ask(harness.desk, 'check memory on db1');
  proposeMemory(harness.desk, task, ['db1']);
  const approve = page.locator(`#task-${task} [data-act=approve]`);
  await approve.waitFor();
  await page.route('**/console/live*', (route) => route.abort());
  harness.app.server.closeAllConnections();
  await page.getByText('Reconnecting').waitFor();
  await approve.click({ force: true });
  await expect.poll(() => approve.getAttribute('aria-disabled')).toBe(null);
  expect(harness.desk.rows.get(task)?.task.state).toBe('proposed');
  await approve.click();
  await expect.poll(() => harness.desk.rows.get(task)?.task.state).toBe('running');
});
