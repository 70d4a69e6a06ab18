// `npm run screenshots:slack [folder]` and `screenshots:discord [folder]`: docs/<chat>-card.png, drawn from what is sent of
// real cards; with a folder, everything that is shown in that chat at the widths of a desk and a phone, to be looked at.
// Needs Debian's Chromium and an emoji font.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild, stop } from 'esbuild';
import { chromium } from 'playwright-core';

const [chat, folder] = process.argv.slice(2);
/** The width at which the README's card is drawn. */
const cardWidths = { slack: 820, discord: 700 };
if (!(chat in cardWidths)) throw new Error('Say whose pictures: slack or discord.');

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await esbuild({
  entryPoints: [`test/${chat}/pictures.ts`],
  outdir: `dist/${chat}-pictures`,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
await stop();
const { pages } = await import(`../dist/${chat}-pictures/pictures.js`);

/** A README is read on trains. */
const pictureBytesMax = 200 * 1024;
const sliceHeight = 1_500;
const widths = { desk: 820, phone: 390 };

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const take = async (html, width, path, options = {}) => {
  const context = await browser.newContext({ viewport: { width, height: 844 }, ...options });
  const page = await context.newPage();
  await page.setContent(html);
  await page.screenshot({ path, fullPage: options.fullPage ?? true });
  await context.close();
  console.log(`${path}  ${Math.round((await stat(path)).size / 1024)} KiB`);
};
/** A long page in pictures that can be looked at without shrinking them. */
const slices = async (html, width, path) => {
  const context = await browser.newContext({ viewport: { width, height: sliceHeight } });
  const page = await context.newPage();
  await page.setContent(html);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0, at = 0; y < height; y += sliceHeight, at += 1)
    await page.screenshot({
      path: `${path}-${at}.png`,
      fullPage: true,
      clip: { x: 0, y, width, height: Math.min(sliceHeight, height - y) },
    });
  await context.close();
};
try {
  if (folder) {
    await mkdir(folder, { recursive: true });
    for (const [name, html] of Object.entries(pages))
      for (const [at, width] of Object.entries(widths))
        await slices(html, width, join(folder, `${name}-${at}`));
    await take(pages.phone, widths.phone, join(folder, 'first-screen.png'), { fullPage: false });
  } else {
    const card = `docs/${chat}-card.png`;
    await take(pages.card, cardWidths[chat], card);
    if ((await stat(card)).size > pictureBytesMax)
      throw new Error(`${card} is larger than ${pictureBytesMax / 1024} KiB.`);
  }
} finally {
  await browser.close();
}
