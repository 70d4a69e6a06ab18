/**
 * Alerts through the hook's own address: how many a second are accepted, stored and grouped, how long an answer takes,
 * and how many messages a storm of them ends as on a chat that keeps its pace. A 2xx is told after the commit.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { ChatSurface, PostOutcome } from '../src/ports/chat.ts';
import { tokenFileName } from '../src/system/data-files.ts';
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

const measure = async (name: string, load: Omit<Load, 'url'>, until: 'stored' | 'shown'): Promise<void> => {
  const chat = new PacedChat();
  const { app, url, incidents } = await startApp(name, chat);
  const cpu = process.cpuUsage();
  const sender = fork(join(packageDir, 'dist/bench/alert-load.js'));
  sender.send({ ...load, url } satisfies Load);
  const [loaded] = (await once(sender, 'message')) as [Loaded];
  sender.kill();
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = ((user + system) / 1_000 / load.alerts).toFixed(2);
  const { ms, latenciesMs, refused } = loaded;
  const found = await incidents();
  const kept = found.reduce((sum, i) => sum + i.firing, 0);
  const perSecond = Math.round((load.alerts / ms) * 1_000);
  console.log(
    `${load.alerts} alerts, ${load.together} in a delivery: ${perSecond} alerts/s accepted, stored and grouped ` +
      `(answer: median ${quantile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${quantile(latenciesMs, 0.99).toFixed(1)} ms; ` +
      `${refused} refused; ${kept} kept in ${found.length} incidents; ${cpuMs} ms of one core each)`,
  );
  if (until === 'shown') {
    const start = performance.now();
    const isShown = () =>
      chat.messages.size >= load.incidents &&
      [...chat.messages.values()].reduce((sum, m) => sum + m.firing, 0) >= load.alerts;
    while (!isShown()) await new Promise((resolve) => setTimeout(resolve, 100));
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    console.log(
      `shown as ${chat.messages.size} messages and ${chat.updates} updates of them, all true ${seconds} s after the last alert, ` +
        `at ${paceMs / 1_000} call a second and channel (${chat.tooFast} were put off)`,
    );
  }
  await app.stop();
};

try {
  await measure('alone', { alerts: 10_000, incidents: 50, together: 1, atOnce: 32 }, 'stored');
  await measure('grouped', { alerts: 10_000, incidents: 50, together: 20, atOnce: 8 }, 'shown');
} finally {
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);
