/**
 * Alerts through the hook's own address: how many a second are accepted, stored and grouped, how long an answer takes,
 * and how many messages a storm of them ends as on a chat that keeps its pace. A 2xx is told after the commit.
 * Before each, the floor: the same load on a bare server that only stores the bytes.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { ChatSurface, PostOutcome } from '../src/ports/chat.ts';
import { tokenFileName } from '../src/system/data-files.ts';
import { startAlertFloor } from './alert-floor.ts';
import type { Load, Loaded } from './alert-load.ts';

const packageDir = process.cwd();
mkdirSync(join(packageDir, 'data'), { recursive: true, mode: 0o700 });
const dir = mkdtempSync(join(packageDir, 'data/bench-'));
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: console.error };

/** Slack's own pace, of new messages: one a second for each channel. Updates: about one a second (Tier 3). */
const paceMs = 1_000;

/** A chat that refuses whatever comes faster than its pace. */
class PacedChat implements ChatSurface {
  readonly surface = 'chat';
  readonly messages = new Map<string, { channel: string; firing: number }>();
  updates = 0;
  tooFast = 0;
  readonly #last = new Map<string, number>();

  async post(...[postId, { channel }, content]: Parameters<ChatSurface['post']>): Promise<PostOutcome> {
    const wait = this.#wait(channel);
    if (wait) return wait;
    const firing = content.kind === 'incident' ? content.incident.firing : 0;
    this.messages.set(postId, { channel, firing });
    return { kind: 'posted', message: { channel, id: postId } };
  }

  async update(...[message, content]: Parameters<ChatSurface['update']>): Promise<PostOutcome> {
    const wait = this.#wait(message.channel);
    if (wait) return wait;
    this.updates++;
    const firing = content.kind === 'incident' ? content.incident.firing : 0;
    this.messages.set(message.id, { channel: message.channel, firing });
    return { kind: 'posted', message };
  }

  async find(): Promise<null> {
    return null;
  }

  async whisper(): Promise<void> {}

  #wait(channel: string): PostOutcome | null {
    const now = performance.now();
    const since = now - (this.#last.get(channel) ?? Number.NEGATIVE_INFINITY);
    if (since < paceMs) {
      this.tooFast++;
      return { kind: 'later', retryAfterMs: Math.ceil(paceMs - since), reason: 'rate limit' };
    }
    this.#last.set(channel, now);
    return null;
  }
}

const localTokenIn = (dataDir: string): string => readFileSync(join(dataDir, tokenFileName), 'utf8').trim();

const startApp = async (name: string, chat: PacedChat) => {
  const settings = join(dir, `${name}.yml`);
  writeFileSync(
    settings,
    JSON.stringify({
      hooks: { perSecond: 100_000, burst: 1_000_000 },
      alerts: {
        // Five channels, ten incidents each: within the bounds of a storm.
        routes: Array.from({ length: 10 }, (_, n) => ({
          match: { alertname: `*${n}` },
          channel: `chat:C${n % 5}`,
        })),
      },
    }),
  );
  const dataDir = join(dir, name);
  const app = await createApp({
    config: readConfig({
      env: { NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
      file: settings,
      packageDir,
    }),
    packageDir,
    log,
    chats: [chat],
  });
  await app.start();
  const made = await fetch(`${app.url()}/api/v1/hooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${localTokenIn(dataDir)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ source: 'alertmanager' }),
  });
  const { url } = (await made.json()) as { url: string };
  const incidents = async () => {
    const answer = await fetch(`${app.url()}/api/v1/alerts?state=all&limit=100`, {
      headers: { authorization: `Bearer ${localTokenIn(dataDir)}` },
    });
    return ((await answer.json()) as { incidents: { firing: number }[] }).incidents;
  };
  return { app, url: `${app.url()}${new URL(url).pathname}`, incidents };
};

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;

interface Took {
  perSecond: number;
  medianMs: number;
  p99Ms: number;
  refused: number;
  /** Of one core for each alert: the server's, and the sender's on the same two cores. */
  serverMs: number;
  senderMs: number;
}

/** Sends the load from a process of its own. */
const loaded = async (load: Load): Promise<Took> => {
  const sender = fork(join(packageDir, 'dist/bench/alert-load.js'));
  await once(sender, 'spawn');
  const cpu = process.cpuUsage();
  sender.send(load);
  const [{ ms, latenciesMs, refused, cpuMs }] = (await once(sender, 'message')) as [Loaded];
  const { user, system } = process.cpuUsage(cpu);
  sender.kill();
  return {
    perSecond: Math.round((load.alerts / ms) * 1_000),
    medianMs: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    refused,
    serverMs: (user + system) / 1_000 / load.alerts,
    senderMs: cpuMs / load.alerts,
  };
};

const inWords = ({ perSecond, medianMs, p99Ms, serverMs, senderMs }: Took): string =>
  `${perSecond} alerts/s (answer: median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; ` +
  `${serverMs.toFixed(2)} ms of one core each, and ${senderMs.toFixed(2)} ms of the sender's)`;

const measureFloor = async (name: string, load: Omit<Load, 'url'>): Promise<Took> => {
  const floor = await startAlertFloor(join(dir, `${name}.db`));
  try {
    return await loaded({ ...load, url: floor.url });
  } finally {
    await floor.stop();
  }
};

const measure = async (name: string, load: Omit<Load, 'url'>, until: 'stored' | 'shown'): Promise<void> => {
  const floor = await measureFloor(name, load);
  const chat = new PacedChat();
  const { app, url, incidents } = await startApp(name, chat);
  const took = await loaded({ ...load, url });
  const found = await incidents();
  const kept = found.reduce((sum, i) => sum + i.firing, 0);
  console.log(`${load.alerts} alerts, ${load.together} in a delivery, ${load.atOnce} deliveries at once`);
  console.log(`  accepted, stored and grouped: ${inWords(took)}`);
  console.log(`  the floor, the bytes stored alone: ${inWords(floor)}`);
  console.log(`  ratio: ${(floor.perSecond / took.perSecond).toFixed(1)} times the floor's time`);
  console.log(`  ${took.refused} refused; ${kept} kept in ${found.length} incidents`);
  if (until === 'shown') await untilShown(chat, load);
  await app.stop();
};

const untilShown = async (chat: PacedChat, load: Omit<Load, 'url'>): Promise<void> => {
  const start = performance.now();
  const isShown = () =>
    chat.messages.size >= load.incidents &&
    [...chat.messages.values()].reduce((sum, m) => sum + m.firing, 0) >= load.alerts;
  while (!isShown()) await new Promise((resolve) => setTimeout(resolve, 100));
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(
    `  shown as ${chat.messages.size} messages and ${chat.updates} updates of them, all true ${seconds} s after the last alert, ` +
      `at ${paceMs / 1_000} call a second and channel (${chat.tooFast} were put off)`,
  );
};

/** What a server that has run for a while has behind it; untold. */
const warmUp = async (): Promise<void> => {
  const load = { alerts: 2_000, incidents: 50, together: 1, atOnce: 32 };
  await measureFloor('warm-floor', load);
  const { app, url } = await startApp('warm', new PacedChat());
  await loaded({ ...load, url });
  await app.stop();
};

try {
  await warmUp();
  await measure('alone', { alerts: 10_000, incidents: 50, together: 1, atOnce: 32 }, 'stored');
  await measure('grouped', { alerts: 10_000, incidents: 50, together: 20, atOnce: 8 }, 'shown');
} finally {
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);
