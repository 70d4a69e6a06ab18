// `npm run screenshots`: the pictures in docs/, taken of the real page with a real server and real agents behind it.
// They live in a directory of their own under /tmp, on a free port, and are gone afterwards. Needs Debian's Chromium.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from './build.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Debian's default sans is wider than what the page meets on people's machines; this one has the usual widths. */
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include>/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test qual="any" name="family" compare="contains"><string>sans</string></test>
    <test qual="all" name="family" compare="not_contains"><string>Mono</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Liberation Sans</string></edit>
  </match>
</fontconfig>
`;

/** A README is read on trains. */
const pictureBytesMax = 200 * 1024;

/** Alerts may look by themselves, as docs/incidents.md has it. */
const settings = `rules:
  - name: alerts may look
    askers: [alerts]
    risk: read-only
    runbooks: [disk-usage, memory]
    decision: auto
`;

const nerdy = (dataDir, args, stdout) => {
  const own = { NERDY_DATA_DIR: dataDir, NERDY_CONFIG: join(dataDir, 'pictures.yml') };
  // A command finds the server by its data.
  const port = args[0] === 'serve' ? { NERDY_HTTP_PORT: '0' } : {};
  const env = { ...process.env, ...own, ...port, NERDY_LOG_LEVEL: 'warn' };
  return spawn(process.execPath, ['dist/nerdy.js', ...args], { env, stdio: ['ignore', stdout, 'ignore'] });
};

/** Makes an address for Alertmanager's alerts; each call posts one group of them. */
const hookOf = async (dataDir) => {
  const added = nerdy(dataDir, ['hooks', 'add', 'alertmanager'], 'pipe');
  let url = '';
  for await (const line of createInterface({ input: added.stdout })) url ||= /^http\S+/.exec(line)?.[0] ?? '';
  return async (status, labels, summary, minutesAgo) => {
    const startsAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const alerts = [{ status, labels, annotations: { summary }, startsAt, endsAt: new Date().toISOString() }];
    const body = { version: '4', status, groupKey: JSON.stringify(labels), groupLabels: labels, alerts };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The alert was not taken: ${answer.status} ${await answer.text()}`);
  };
};

/** What a night brings: one that is over, one without a machine, one that was looked into by itself. */
const incidents = async (page, dataDir) => {
  const tell = await hookOf(dataDir);
  const nginx = { alertname: 'NginxDown', severity: 'critical', instance: 'web2:9113' };
  await tell('firing', nginx, 'nginx does not answer on port 80', 52);
  await tell('resolved', nginx, 'nginx does not answer on port 80', 52);
  const backup = { alertname: 'BackupTooOld', severity: 'warning', job: 'backup' };
  await tell('firing', backup, 'the last backup is 31 hours old', 34);
  const memory = { alertname: 'HighMemory', severity: 'warning', instance: 'cache1:9100' };
  await tell('firing', memory, 'memory is over 90 %', 21);
  const disk = { alertname: 'DiskFull', severity: 'critical', instance: 'db1:9100', mountpoint: '/' };
  await tell('firing', disk, 'the disk is 94 % full', 6);
  await page.getByRole('link', { name: 'Incidents' }).click();
  await page.locator('#incident-row-4').waitFor();
};

/** A server with these machines joined to it: its link, its data, and the way to end it all. */
const serve = async (machines) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'nerdy-pictures-'));
  await writeFile(join(dataDir, 'pictures.yml'), settings);
  const server = nerdy(dataDir, ['serve'], 'pipe');
  const children = [server];
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await rm(dataDir, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const link = /Open the console: .*?(http:\S+#key=[\w-]+)/.exec(line)?.[1];
    if (!link) continue;
    for (const [name, ...labels] of machines) {
      const flags = labels.flatMap((label) => ['--label', label]);
      children.push(nerdy(dataDir, ['agent', '--name', name, ...flags], 'ignore'));
    }
    return { link, dataDir, stop };
  }
  await stop();
  throw new Error('The server ended before it was ready; run `npm start` to see why.');
};

const open = async (browser, link, machines, options) => {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(link);
  // Loads come with the second heartbeat; a column without them is not what people see.
  const loads = page.locator('.agent .loads');
  await loads.nth(machines.length - 1).waitFor({ state: 'attached' });
  return page;
};

const ask = async (page, request) => {
  const before = await page.locator('article').count();
  await page.locator('#request').fill(request);
  await page.locator('#request').press('Enter');
  const card = page.locator('article').nth(before);
  await card.locator('[data-act=approve]').waitFor();
  return card;
};

const finish = async (card) => {
  await card.locator('[data-act=approve]').click();
  await card.locator('.answer:not(.writing)').waitFor();
};

/** Starting all this keeps a small machine busy; a red meter would say so. Where others keep it busy, it may. */
const calm = (page) =>
  page
    .locator('.load-full')
    .first()
    .waitFor({ state: 'detached', timeout: 20_000 })
    .catch(() => console.log('This machine is busy, and the picture says so.'));

const picture = async (page, name) => {
  await calm(page);
  // Neither caret nor focus belong into a picture.
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  const path = `docs/${name}.png`;
  await page.screenshot({ path });
  const { size } = await stat(path);
  console.log(`${path}  ${Math.round(size / 1024)} KiB`);
  if (size > pictureBytesMax) throw new Error(`${path} is larger than ${pictureBytesMax / 1024} KiB.`);
  await page.context().close();
};

const one = [['local']];
const several = [
  ['web1', 'role=web', 'env=prod'],
  ['web2', 'role=web', 'env=prod'],
  ['db1', 'role=db', 'env=prod'],
  ['cache1', 'role=cache', 'env=staging'],
];

const clean = `find /var/log/app -name '*.gz' -mtime +30 -delete
rm -rf /srv/releases/old
systemctl restart app
`;

const pictures = [
  [
    'console',
    one,
    { viewport: { width: 1280, height: 840 }, deviceScaleFactor: 1.5 },
    async (page) => {
      const card = await ask(page, 'check memory on local');
      await finish(card);
      await card.locator('.script-fold summary').click();
    },
  ],
  [
    'console-dark',
    several,
    { viewport: { width: 1280, height: 720 }, colorScheme: 'dark', deviceScaleFactor: 1.5 },
    async (page) => finish(await ask(page, 'how full are the disks on env=prod?')),
  ],
  [
    'console-phone',
    several,
    { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
    async (page) => ask(page, 'check memory on db1'),
  ],
  [
    'console-incidents',
    several,
    { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 },
    incidents,
  ],
  [
    'console-dangerous',
    one,
    { viewport: { width: 1280, height: 820 }, deviceScaleFactor: 1.5 },
    async (page) => {
      const card = await ask(page, 'how long has local been up?');
      await edit(card, clean);
      await card.locator('.confirm').scrollIntoViewIfNeeded();
    },
  ],
];

/** An edit, as somebody makes it who wants more than the runbook does. */
const edit = async (card, text) => {
  await card.locator('[data-act=edit]').click();
  const field = card.locator('textarea.code-edit');
  await field.fill(`${await field.inputValue()}${text}`);
  await card.getByRole('button', { name: 'Save as next revision' }).click();
  await card.getByText('revision 2').waitFor();
};

const take = async (browser, [name, machines, options, act]) => {
  const { link, dataDir, stop } = await serve(machines);
  try {
    const page = await open(browser, link, machines, options);
    await act(page, dataDir);
    await picture(page, name);
  } finally {
    await stop();
  }
};

await build();
const fontsDir = await mkdtemp(join(tmpdir(), 'nerdy-fonts-'));
const fontsFile = join(fontsDir, 'fonts.conf');
await writeFile(fontsFile, fonts);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  env: { ...process.env, FONTCONFIG_FILE: fontsFile },
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  // `npm run screenshots console-phone` takes that one alone.
  const wanted = process.argv.slice(2);
  for (const each of pictures) if (wanted.length === 0 || wanted.includes(each[0])) await take(browser, each);
} finally {
  await browser.close();
  await rm(fontsDir, { recursive: true, force: true });
}
