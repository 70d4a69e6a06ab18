import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Clock } from '../../src/ports/clock.ts';
import { realClock } from '../web/fake-clock.ts';
import { type Harness, startConsole } from '../web/harness.ts';
import { demoAgents } from './demo-machines.ts';

/** Debian's Chromium, kept from calling home. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A console, one window on it, and everything that the browser complained about. */
export interface Visit {
  harness: Harness<Clock>;
  page: Page;
  complaints: string[];
  close(): Promise<void>;
}

export const visit = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> => {
  const harness = await startConsole({ clock: realClock });
  harness.desk.agentList = demoAgents();
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (said) => {
    if (['error', 'warning'].includes(said.type())) complaints.push(said.text());
  });
  await watchShifts(page);
  await page.goto(harness.sessions.create(harness.base));
  await page.waitForSelector('[data-page=console]');
  return {
    harness,
    page,
    complaints,
    close: async () => {
      await context.close();
      await harness.stop();
    },
  };
};

/** Adds up how far things move on the page without the reader having done anything. */
const watchShifts = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const sums = { shift: 0, moved: [] as string[] };
    Object.assign(window, { shifts: sums });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: { node: Element | null }[];
      })[]) {
        if (entry.hadRecentInput) continue;
        sums.shift += entry.value;
        sums.moved.push(
          ...entry.sources.map((s) => s.node?.id || s.node?.className || String(s.node?.nodeName)),
        );
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
};

/** The sum so far, and what moved. */
export const shiftsOf = (page: Page): Promise<{ shift: number; moved: string[] }> =>
  page.evaluate(() => (window as unknown as { shifts: { shift: number; moved: string[] } }).shifts);

/** Texts on the page that stand out less than WCAG's AA asks (4.5, or 3 for large text), with their ratios. */
export const faintTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!pen) throw new Error('no canvas');
    const rgba = (color: string): number[] => {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const over = (top: number[], below: number[]): number[] => {
      const a = (top[3] ?? 255) / 255;
      return [0, 1, 2].map((at) => (top[at] ?? 0) * a + (below[at] ?? 0) * (1 - a));
    };
    const background = (element: Element | null): number[] => {
      if (!element) return rgba(getComputedStyle(document.documentElement).backgroundColor);
      const color = rgba(getComputedStyle(element).backgroundColor);
      return color[3] === 255 ? color : over(color, background(element.parentElement));
    };
    const luminance = (color: number[]): number => {
      const [r, g, b] = color.slice(0, 3).map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
    };
    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!element?.checkVisibility() || !node.textContent?.trim()) continue;
      if (element.closest('.visually-hidden, template, script, :disabled')) continue;
      const style = getComputedStyle(element);
      const below = background(element);
      const [light, dark] = [luminance(over(rgba(style.color), below)), luminance(below)].sort(
        (a, b) => b - a,
      );
      const ratio = ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
      const isLarge = Number.parseFloat(style.fontSize) >= 24;
      if (ratio < (isLarge ? 3 : 4.5))
        faint.push(`${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 40)}`);
    }
    return faint;
  });
