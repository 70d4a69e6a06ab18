import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { agentOf } from '../web/fake-desk.ts';
import { faintTexts, launchBrowser, type Visit, visit } from './browser.ts';
import { approve, ask, failNoRunbook, finishMemory, proposeMemory } from './demo.ts';
import { askWhich, fleetAgents, runFleet } from './demo-machines.ts';
import { proposeClean, proposeUnparsed, refuseClean } from './demo-trust.ts';

let browser: Browser;
let seen: Visit;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => seen.close());

const phoneOf = (width: number): BrowserContextOptions => ({
  viewport: { width, height: 740 },
  hasTouch: true,
  isMobile: true,
});

/** A page with a card of every kind on it. */
const everyCard = async (options: BrowserContextOptions): Promise<void> => {
  seen = await visit(browser, options);
  const { desk } = seen.harness;
  desk.agentList = [...desk.agentList, ...fleetAgents().slice(2)];
  const done = await ask(desk, 'check memory on db1');
  proposeMemory(desk, done, ['db1']);
  await approve(desk, done);
  finishMemory(desk, done, 'db1');
  failNoRunbook(desk, await ask(desk, `make me a sandwich ${'x'.repeat(300)}`));
  askWhich(desk, await ask(desk, 'check memory'));
  const fleet = await ask(desk, 'test nginx on all web servers');
  desk.propose(fleet, {
    texts: [{ text: `nginx -t # ${'y'.repeat(400)}\n`, platforms: ['linux'] }],
    on: desk.agentList.filter((a) => a.name.startsWith('web')).map((a) => a.name),
  });
  await approve(desk, fleet);
  runFleet(desk, fleet);
  await refuseClean(desk);
  await proposeClean(desk, ['db1', 'web1']);
  await proposeUnparsed(desk);
  const open = await ask(desk, 'check memory on web1', done);
  desk.propose(open, {
    texts: [
      { text: 'free -m \u202E\n', platforms: ['linux'] },
      { text: 'Get-Process\n', platforms: ['windows'] },
    ],
    on: ['web1', 'win-build-01'],
  });
  await seen.page.locator(`#task-${open} [data-act=approve]`).waitFor();
};

describe.each([360, 390])('on a phone of %i px', (width) => {
  const phone = phoneOf(width);

  test('nothing is wider than the screen', async () => {
    await everyCard(phone);
    const wide = await seen.page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((e) => e.checkVisibility() && !e.closest('.tail'))
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
        // Spaces where a line wraps hang over its end; their block doesn't.
        .filter((e) => getComputedStyle(e).display !== 'inline')
        .map((e) => e.className || e.nodeName),
    );
    expect(wide).toEqual([]);
    expect(await seen.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  test('every button and fold is big enough for a thumb', async () => {
    await everyCard(phone);
    const small = await seen.page.evaluate(() =>
      [...document.querySelectorAll('button, summary, input:not([type=hidden]), textarea')]
        .filter((e) => e.checkVisibility())
        .map((e) => ({ box: e.getBoundingClientRect(), what: e.textContent?.slice(0, 30) || e.className }))
        .filter(({ box }) => box.height < 36 || box.width < 36)
        .map(({ box, what }) => `${Math.round(box.width)}x${Math.round(box.height)} ${what}`),
    );
    expect(small).toEqual([]);
  });

  test('the machines come as a drawer that Escape and a choice close', async () => {
    seen = await visit(browser, phone);
    const { page } = seen;
    expect(await page.locator('#agents').isVisible()).toBe(false);
    await page.getByRole('button', { name: /Machines/ }).click();
    await page.locator('#agents').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#agents').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /Machines/ }).click();
    await page.locator('.agent[data-on=db1]').click();
    await page.locator('#agents').waitFor({ state: 'hidden' });
    await page.locator('#chip-on', { hasText: 'db1' }).waitFor();
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('every text stands out as AA asks', async () => {
    await everyCard({ colorScheme });
    expect(await faintTexts(seen.page)).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  test('so does the door', async () => {
    seen = await visit(browser, { colorScheme });
    await seen.page.context().clearCookies();
    await seen.page.goto(seen.harness.base);
    await seen.page.getByText('npx nerdy console', { exact: true }).waitFor();
    expect(await faintTexts(seen.page)).toEqual([]);
  });
});

test('the meters of all machines stand on one line each, whatever their values', async () => {
  seen = await visit(browser);
  const { desk } = seen.harness;
  const values = [0, 0.07, 0.5, 0.85, 1];
  desk.agentList = values.map((cpuFraction, at) => {
    const agent = agentOf(`web${at}`);
    return { ...agent, load: agent.load && { ...agent.load, cpuFraction } };
  });
  desk.tell({ agents: desk.agentList.map((a) => a.id) });
  await seen.page.getByText('100 %').waitFor();
  const rows = await seen.page.locator('.loads').evaluateAll((all) =>
    all.map((loads) => {
      const bars = [...loads.querySelectorAll('.bar')].map((bar) => bar.getBoundingClientRect());
      const inside = [...loads.querySelectorAll('.load')].every(
        (load) => load.scrollWidth <= load.clientWidth,
      );
      return {
        tops: new Set(bars.map((b) => b.top)).size,
        widths: new Set(bars.map((b) => Math.round(b.width))).size,
        inside,
      };
    }),
  );
  expect(rows).toEqual(values.map(() => ({ tops: 1, widths: 1, inside: true })));
});

test('nothing turns for who asked for less motion', async () => {
  await everyCard({ reducedMotion: 'reduce' });
  const moving = await seen.page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});
