import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type Visit, visit } from './browser.ts';
import { ask, proposeMemory } from './demo.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

test.each([
  ['a desk', { viewport: { width: 1280, height: 800 } }],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
])('an edit opens in sight on %s, with no Approve of the old text beside it', async (_, options) => {
  seen = await visit(browser, options);
  const { page, harness } = seen;
  for (let at = 0; at < 3; at += 1) {
    const task = await ask(harness.desk, `check memory on db1, ${at}`);
    proposeMemory(harness.desk, task, ['db1']);
  }
  for (const card of [page.locator('article').nth(1), page.locator('article').nth(2)]) {
    await card.getByRole('button', { name: 'Edit' }).click();
    const chat = await page.locator('#chat').boundingBox();
    const panel = await card.locator('.panel-edit').boundingBox();
    expect(panel?.y).toBeGreaterThanOrEqual(chat?.y ?? 0);
    expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeLessThanOrEqual((chat?.y ?? 0) + (chat?.height ?? 0));
    expect(await card.locator('textarea').evaluate((e) => e === document.activeElement)).toBe(true);
    expect(await card.locator('[data-act=approve]').isVisible()).toBe(false);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/edit-${_}.png` });
    await card.getByRole('button', { name: 'Keep as it is' }).click();
    expect(await card.locator('[data-act=approve]').isVisible()).toBe(true);
  }
});

test('the answer to an edit is gone when the panel to reject is opened', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  const task = await ask(harness.desk, 'check memory on db1');
  proposeMemory(harness.desk, task, ['db1']);
  harness.desk.edit = async () => ({
    kind: 'refused',
    sentence: { code: 'script_empty', text: 'The script is empty.' },
  });
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.locator('.edit textarea').fill(' ');
  await page.getByRole('button', { name: 'Save as next revision' }).click();
  await page.locator(`#said-${task}`, { hasText: 'The script is empty' }).waitFor();
  await page.getByRole('button', { name: 'Keep as it is' }).click();
  await page.getByRole('button', { name: 'Reject' }).first().click();
  expect(await page.locator(`#said-${task}`).textContent()).toBe('');
});
