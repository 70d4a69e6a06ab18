import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { retryTroubleMs } from '../../src/slack/limits.ts';
import { SystemClock } from '../../src/system/system-clock.ts';
import { makeDir, packageDir } from '../e2e/processes.ts';
import { SlackWorkspace } from '../fakes/slack-workspace.ts';
import { manifestTerms } from './slack-driver.ts';

/** A whole server before a strict Slack whose token is revoked for a while, by a clock that can be set ahead. */
class AheadClock implements Clock {
  readonly #clock = new SystemClock();
  #aheadMs = 0;

  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#clock.after(delayMs, callback);
  }

  jump(ms: number): void {
    this.#aheadMs += ms;
  }
}

const dir = makeDir();
const clock = new AheadClock();
const workspace = new SlackWorkspace({
  ...manifestTerms(),
  people: ['ada'],
  channels: ['ops'],
  retrySecondMs: 10,
  deadlineSecondMs: 3_000,
});
let app: App;

beforeAll(async () => {
  await workspace.start();
  const file = join(dir.path, 'nerdyops.yml');
  const identity = `slack:${workspace.user('ada').id}`;
  writeFileSync(file, JSON.stringify({ people: { ada: { role: 'approver', identities: [identity] } } }));
  const { botToken, appToken } = workspace.access;
  const env = {
    ...{ NERDY_DATA_DIR: join(dir.path, 'data'), NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
    ...{ SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: workspace.apiUrl },
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  app = await createApp({ config: readConfig({ env, packageDir, file }), packageDir, log: silent, clock });
  await app.start();
});
afterAll(async () => {
  await app.stop();
  await workspace.stop();
  dir.remove();
});

const asks = (words: string) => workspace.user('ada').says('ops', `@nerdy ${words}`);
/** The requests whose cards stand in the channel, in order. */
const shown = (): string[] =>
  workspace
    .messages('ops')
    .filter(({ isOurs }) => isOurs)
    .flatMap(({ blocks }) => /(first|second|third) thing/.exec(JSON.stringify(blocks))?.[0] ?? []);
const refused = () =>
  workspace.calls.find((c) => c.method === 'chat.postMessage' && c.outcome === 'token_revoked');
/** Asks until it says so: what Slack was answered is noted a moment after. */
const readyUntil = async (status: number): Promise<string> => {
  for (;;) {
    const answer = await fetch(`${app.url()}/ready`);
    const body = await answer.text();
    if (answer.status === status) return body;
  }
};

it('a revoked token turns /ready red with the sentence, posts are kept, and follow in order once it is mended', async () => {
  asks('do the first thing');
  await workspace.until(() => (shown().length === 1 ? true : null));
  await readyUntil(200);

  workspace.access.isRevoked = true;
  asks('do the second thing');
  await workspace.until(refused);
  asks('do the third thing');
  const red = await readyUntil(503);
  expect(red).toContain('Slack refuses the bot token (token_revoked)');
  expect(red).toContain('npx nerdy doctor slack');
  const kept = await app.desk.cards({ limit: 9 });
  expect(kept.map(({ request }) => request)).toContain('do the second thing');
  expect(shown()).toEqual(['first thing']);

  workspace.access.isRevoked = false;
  clock.jump(retryTroubleMs);
  await workspace.until(() => (shown().length === 3 ? true : null));
  expect(shown()).toEqual(['first thing', 'second thing', 'third thing']);
  await readyUntil(200);
});
