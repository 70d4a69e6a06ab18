import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faintTexts, launchBrowser, type Visit, visit } from './browser.ts';
import { troubledAgents } from './demo-machines.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

const open = async (options: Parameters<typeof visit>[1] = {}): Promise<Visit> => {
  seen = await visit(browser, options);
  seen.harness.desk.agentList = [...troubledAgents(), ...seen.harness.desk.agentList];
  await seen.page.reload();
  return seen;
};
const join = () => seen.page.locator('#join');

describe('adding a machine', () => {
  test('gives lines to copy, by the keys alone, and forgets them when it is closed', async () => {
    await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = seen;
    await page.getByRole('button', { name: 'Add', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('web10');
    await page.keyboard.press('Tab');
    await page.keyboard.type('role=web env=prod');
    await page.keyboard.press('Enter');
    const line = join().locator('#line-posix');
    await line.waitFor();
    expect(await line.textContent()).toMatch(/^curl .* sh -s -- nerdy-join_[\w-]+$/);
    await join().getByRole('button', { name: 'Copy the line for Linux and macOS' }).click();
    await join().getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await line.textContent());
    await join().getByText('Not used yet').waitFor();
    expect(await join().locator('.join-invite').innerText()).toMatch(/web10.*role=web.*env=prod/s);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.content()).not.toContain('nerdy-join_');
    expect(seen.complaints).toEqual([]);
  });

  test('says what is wrong with labels, beside the form', async () => {
    await open();
    await seen.page.getByRole('button', { name: 'Add', exact: true }).click();
    await join().getByLabel('Labels').fill('role');
    await join().getByRole('button', { name: 'Make the line' }).click();
    await join().getByText('The labels can’t be used').or(join().getByText("can't be used")).waitFor();
    expect(await join().locator('#line-posix').count()).toBe(0);
  });

  test('takes an invitation back', async () => {
    await open();
    await seen.page.getByRole('button', { name: 'Add', exact: true }).click();
    await join().getByRole('button', { name: 'Make the line' }).click();
    await join()
      .getByRole('button', { name: /^Withdraw/ })
      .click();
    await join().getByText('lets nobody in').waitFor();
    expect(await join().locator('#line-posix').count()).toBe(0);
    expect(await join().getByText('Not used yet').count()).toBe(0);
  });
});

describe('a machine of the column', () => {
  test('that is suspended says what happened, and is resumed by a button', async () => {
    await open();
    const item = seen.page.locator('#agent-id-db2');
    expect(await item.innerText()).toContain('Two machines used this identity at once');
    await item.getByRole('button', { name: 'Resume db2' }).click();
    await item.locator('.agent-held').waitFor({ state: 'detached' });
  });

  test('is removed only once its name is typed', async () => {
    await open();
    const item = seen.page.locator('#agent-id-web1');
    await item.getByLabel('More about web1').click();
    const remove = item.getByRole('button', { name: 'Remove' });
    expect(await remove.isDisabled()).toBe(true);
    await item.locator('input[name=confirm]').fill('web1');
    await remove.click();
    await item.waitFor({ state: 'detached' });
  });
});

test.each([
  ['a phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
  [
    'a phone in the dark',
    { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' as const },
  ],
  ['a desk', {}],
])('fits and can be read on %s', async (_, options) => {
  await open(options);
  const drawer = seen.page.locator('.drawer-open');
  if (await drawer.isVisible()) await drawer.click();
  await seen.page.locator('#agent-id-web1 summary').click();
  expect(await faintTexts(seen.page)).toEqual([]);
  await seen.page.getByRole('button', { name: 'Add', exact: true }).click();
  await join().getByRole('button', { name: 'Make the line' }).click();
  await join().locator('#line-windows').waitFor();
  const box = await join().boundingBox();
  const width = seen.page.viewportSize()?.width ?? 0;
  expect([box?.x ?? -1, (box?.x ?? 0) + (box?.width ?? 0)].every((x) => x >= 0 && x <= width)).toBe(true);
  expect(await join().evaluate((panel) => panel.scrollWidth <= panel.clientWidth)).toBe(true);
  expect(await join().evaluate((panel) => panel.scrollHeight)).toBeLessThan(900);
  for (const head of await join().locator('.join-line-head').all()) {
    const [words, copy] = [await head.locator('b').boundingBox(), await head.locator('button').boundingBox()];
    expect(copy?.y).toBeLessThan((words?.y ?? 0) + (words?.height ?? 0));
  }
  expect(await faintTexts(seen.page)).toEqual([]);
  if (process.env.PICTURES)
    await seen.page.screenshot({ path: `${process.env.PICTURES}/${_.replaceAll(' ', '-')}.png` });
});
