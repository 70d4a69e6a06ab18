import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { test } from 'vitest';
import { RunState } from '../../src/core/run.ts';
import * as demo from '../browser/demo.ts';
import { realClock } from '../web/fake-clock.ts';
import { startConsole } from '../web/harness.ts';

test('shots', { timeout: 120000 }, async () => {
  mkdirSync('/tmp/shots', { recursive: true });
  const browser = await chromium.launch({
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
  const scenes = {
    empty: async () => {},
    proposed: async (d) => {
      const t = await demo.ask(d, 'check memory on db1');
      demo.proposeMemory(d, t, ['db1']);
      await demo.approve(d, t);
      demo.finishMemory(d, t, 'db1');
      const u = await demo.ask(d, 'check memory on web1 and web2');
      demo.proposeMemory(d, u, ['web1', 'web2']);
    },
    done: async (d) => {
      const t = await demo.ask(d, 'check memory on db1');
      demo.proposeMemory(d, t, ['db1']);
      await demo.approve(d, t);
      demo.finishMemory(d, t, 'db1');
      const u = await demo.ask(d, 'what uses the cpu on db1', t);
      demo.proposeMemory(d, u, ['db1']);
      await demo.approve(d, u);
      d.run(u, 'db1', { state: 'running' });
      d.write(u, 'db1', 'stdout', 'Collecting samples for 5 seconds\n1.2\n1.4\n');
    },
    fleet: async (d) => {
      d.agentList = demo.fleetAgents();
      const t = await demo.ask(d, 'test the nginx config on all web servers');
      d.propose(t, {
        texts: [{ text: 'nginx -t\n', platforms: ['linux'] }],
        on: d.agentList.map((a) => a.name),
        summary: 'Tests the configuration of nginx without reloading it.',
      });
      await demo.approve(d, t);
      demo.runFleet(d, t);
    },
    failed: async (d) => {
      const t = await demo.ask(d, 'make me a sandwich');
      demo.failNoRunbook(d, t);
      const u = await demo.ask(d, 'check memory');
      demo.askWhich(d, u);
      const v = await demo.ask(d, 'drop the cache on web1');
      demo.proposeMemory(d, v, ['web1']);
      await d.reject(v, {
        by: (await d.card(v)).asker,
        eventId: null,
        reason: 'Not during the sale; ask again tomorrow',
      });
    },
    long: async (d) => {
      const t = await demo.ask(d, 'show the last log lines of nginx on web1');
      d.propose(t, {
        texts: [
          {
            text:
              Array.from({ length: 45 }, (_, i) =>
                i % 9 === 0
                  ? `# part ${i / 9}`
                  : `journalctl --unit nginx --lines ${i} --no-pager --output short-iso${i === 13 ? ' --since "2 hours ago" --grep "upstream timed out|connection refused|no live upstreams" \u202e --quiet' : ''}`,
              ).join('\n') + '\n',
            platforms: ['linux'],
          },
        ],
        on: ['web1'],
        summary: 'Shows the last lines of the log of nginx.',
      });
      await demo.approve(d, t);
      d.run(t, 'web1', { state: 'running' });
      d.write(
        t,
        'web1',
        'stdout',
        Array.from(
          { length: 2000 },
          (_, i) =>
            `2026-11-21T14:${String(i % 60).padStart(2, '0')}:07 web1 nginx[812]: \u001b[32m10.0.0.${i % 255}\u001b[0m - GET /api/v1/items/${i} 200`,
        ).join('\n') + '\n',
      );
      d.write(t, 'web1', 'stderr', 'Warning: journal files were rotated\n');
    },
  };
  const only = process.env.SCENES?.split(',');
  for (const [name, play] of Object.entries(scenes)) {
    if (only && !only.includes(name)) continue;
    for (const dark of [false, true])
      for (const width of [1280, 390]) {
        if (process.env.QUICK && dark !== (width === 390)) continue;
        const h = await startConsole({ clock: realClock });
        h.desk.agentList = demo.demoAgents();
        await play(h.desk);
        const ctx = await browser.newContext({
          viewport: { width, height: width === 390 ? 844 : 860 },
          colorScheme: dark ? 'dark' : 'light',
          hasTouch: width === 390,
          isMobile: width === 390,
        });
        const page = await ctx.newPage();
        page.on('console', (m) => console.log(name, m.type(), m.text()));
        page.on('pageerror', (e) => console.log(name, 'pageerror', e.message));
        await page.goto(h.sessions.create(h.base));
        await page.waitForSelector('[data-page=console]');
        await page.waitForTimeout(500);
        await page.screenshot({ path: `/tmp/shots/${name}-${width}${dark ? '-dark' : ''}.png` });
        await ctx.close();
        await h.stop();
      }
  }
  await browser.close();
});
