import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, type Visit, visit } from './browser.ts';
import { ask, proposeMemory } from './demo.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

const stateOf = (task: number): string | undefined => seen.harness.desk.rows.get(task)?.task.state;

describe('a tab without the write token', () => {
  test('may look but not act, and says so', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const task = await ask(harness.desk, 'check memory on db1');
    proposeMemory(harness.desk, task, ['db1']);
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await page.locator('.look-only').waitFor();
    await page.locator('[data-act=approve]').click();
    await page.locator('#toast', { hasText: 'may look but not act' }).waitFor();
    expect(stateOf(task)).toBe('proposed');
  });

  test('takes no request, and says how it would, until another tab opens a fresh link', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await page.locator('.look-only').waitFor();
    const field = page.locator('#request');
    expect(await field.isDisabled()).toBe(true);
    expect(await field.getAttribute('placeholder')).toContain('npx nerdy console');
    const other = await page.context().newPage();
    await other.goto(harness.sessions.create(harness.base));
    await expect.poll(() => field.isEnabled()).toBe(true);
    expect(await field.getAttribute('placeholder')).toContain('Ask for something');
  });

  test('keeps what was written when the server refuses it', async () => {
    seen = await visit(browser);
    const { page } = seen;
    await page.evaluate(() => sessionStorage.setItem('nerdy-write', 'of-a-session-before'));
    await page.locator('#request').fill('check memory on db1');
    await page.locator('#request').press('Enter');
    await page.locator('#toast', { hasText: 'npx nerdy console' }).waitFor();
    expect(await page.locator('#request').inputValue()).toBe('check memory on db1');
  });

  test('gets it from another tab of the console', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const other = await page.context().newPage();
    await other.goto(harness.base);
    await other.waitForFunction(() => sessionStorage.getItem('nerdy-write') !== null);
    await other.locator('#request').fill('check memory on db1');
    await other.keyboard.press('Enter');
    await other.locator('article').waitFor();
    // And the first tab has heard of it.
    await page.locator('article').waitFor();
  });

  test('gets the new one when another tab opens a fresh link', async () => {
    seen = await visit(browser);
    const { page, harness } = seen;
    const before = await page.evaluate(() => sessionStorage.getItem('nerdy-write'));
    const other = await page.context().newPage();
    await other.goto(harness.sessions.create(harness.base));
    await other.waitForSelector('[data-page=console]');
    await expect.poll(() => page.evaluate(() => sessionStorage.getItem('nerdy-write'))).not.toBe(before);
    await page.locator('#request').fill('check memory on db1');
    await page.locator('#request').press('Enter');
    await page.locator('article').waitFor();
  });
});
