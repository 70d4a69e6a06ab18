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

const picture = async (name: string): Promise<void> => {
  if (process.env.PICTURES) await seen.page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
};

test.each([
  ['light', { viewport: { width: 1280, height: 800 } }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: 'dark' as const }],
])(
  'incidents come by themselves, are looked at, acted on and lead to their task, in %s',
  async (scheme, options) => {
    seen = await visit(browser, options);
    const { page, harness, complaints } = seen;
    const { alerts, desk } = harness;
    const task = await ask(desk, 'check disk usage on db1');
    desk.change(task, { place: { surface: 'alert', channel: 'alertmanager', thread: '!17' } });
    proposeMemory(desk, task, ['db1']);

    await page.getByRole('link', { name: 'Incidents' }).click();
    await page.getByText('npx nerdy hooks add alertmanager').waitFor();
    expect(await page.locator('#chat').isVisible()).toBe(false);
    await picture(`incidents-empty-${scheme}`);
    alerts.put(16, { title: 'NginxDown', state: 'resolved', tone: 'good', endedAt: Date.now() - 600_000 });
    alerts.put(17, { diagnosis: { task, answer: null, words: `A script waits for a yes: #${task}.` } });
    alerts.put(18, {
      title: 'BackupTooOld',
      tone: 'waiting',
      severity: 'warning',
      machines: [],
      choices: ['db1', 'web1'],
    });
    await page.locator('#incident-row-17').waitFor();
    expect(await page.locator('#incident-count').textContent()).toContain('2');
    expect(await faintTexts(page)).toEqual([]);
    await picture(`incidents-${scheme}`);

    await page.locator('#incident-row-17 a').click();
    await page.getByText('I look at it').click();
    await page.locator('#incident .incident-state', { hasText: 'acknowledged' }).waitFor();
    expect(alerts.acts).toMatchObject([{ verb: 'acknowledge', incident: 17 }]);
    alerts.put(17, { summary: 'It is 97 % full now.' });
    await page.getByText('It is 97 % full now.').waitFor();
    expect(await faintTexts(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await picture(`incident-${scheme}`);

    await page
      .locator('#incident')
      .getByRole('link', { name: `#${task}` })
      .click();
    const card = page.locator(`#task-${task}`);
    await card.waitFor();
    await card.getByRole('link', { name: 'incident 17' }).click();
    await page.locator('#incident .incident').waitFor();
    await page.getByRole('link', { name: 'All incidents' }).click();
    await page.locator('#incident-row-18 a').click();
    await page.locator('#incident').getByRole('button', { name: 'web1' }).click();
    await expect.poll(() => alerts.acts.at(-1)).toMatchObject({ verb: 'diagnose', more: 'web1' });
    await page.goto(`${harness.base}/#incident-99`);
    await page.locator('#incident').getByText('!99').waitFor();
    expect(complaints.filter((said) => !said.includes('404'))).toEqual([]);
  },
);

test('an incident is opened by its address, and asking leads back to the requests', async () => {
  seen = await visit(browser);
  const { page, harness } = seen;
  harness.alerts.put(17);
  await page.goto(`${harness.base}/#incident-17`);
  await page.reload();
  await page.locator('#incident .incident').waitFor();
  await page.locator('#request').fill('check memory on db1');
  await page.locator('#request').press('Enter');
  await page.locator('article .request', { hasText: 'check memory on db1' }).waitFor();
  expect(await page.locator('#incidents-pane').isVisible()).toBe(false);
  await page.locator('#request').blur();
  await page.keyboard.press('i');
  await page.locator('#incident-row-17').waitFor();
});
