/**
 * From a person's Approve to the first byte of output that is committed, against the floor: a bare grpc-js round
 * trip, a bare spawn of the same script and one durable SQLite commit, measured in turn with it.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { ApiClient } from '../src/cli/client.ts';
import { readConfig } from '../src/config.ts';
import type { Card } from '../src/core/card.ts';
import type { Desk } from '../src/flow/desk.ts';
import { SqliteStore } from '../src/sql/sqlite-store.ts';
import { benchAgentIdle } from './agent-idle.ts';
import { benchClassify } from './classify.ts';
import type { FloorRound } from './floor.ts';

const rounds = 60;
const queue = process.argv.includes('--redis') ? 'Redis' : 'embedded';
const warmUps = 10;
/** Between two approvals, so that each meets an agent at rest, with its next wrapper waiting: people are not faster. */
const restMs = 40;
const packageDir = process.cwd();
// Beside the product's own data, so that both sides write to the same disk.
mkdirSync(join(packageDir, 'data'), { recursive: true, mode: 0o700 });
const dir = mkdtempSync(join(packageDir, 'data/bench-'));
const silent = () => {};
const log = { debug: silent, info: silent, warn: console.error, error: console.error };

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const runbook = `name: bench
title: { en: b, fr: b, de: b, ko: b }
summary: { en: b, fr: b, de: b, ko: b }
examples: { en: [bench first byte], fr: [bench premier], de: [bench erstes], ko: [벤치 첫 바이트] }
scripts: { linux: "echo first", windows: "echo first" }
reading: { facts: {}, words: { en: "x", fr: "x", de: "x", ko: "x" } }
`;

const main = async (): Promise<void> => {
  const runbooks = join(dir, 'runbooks');
  mkdirSync(runbooks);
  writeFileSync(join(runbooks, 'bench.yml'), runbook);
  const dataDir = join(dir, 'd');
  let store: SqliteStore | null = null;
  const app = await createApp({
    config: readConfig({
      env: {
        NERDY_DATA_DIR: dataDir,
        NERDY_HTTP_PORT: '0',
        NERDY_RUNBOOKS_DIR: runbooks,
        ...(queue === 'Redis' ? { REDIS_URL: 'redis://127.0.0.1:6379' } : {}),
      },
      packageDir,
    }),
    packageDir,
    log,
    decorate: (_, part) => {
      if (part instanceof SqliteStore) store = part;
      return part;
    },
  });
  await app.start();
  const agent = spawn(
    process.execPath,
    [
      'agent/dist/nerdy-agent.cjs',
      'run',
      '--socket',
      join(dataDir, 'gateway.sock'),
      '--name',
      'b1',
      '--data',
      join(dir, 'a'),
    ],
    { cwd: packageDir, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const floor = fork(join(packageDir, 'dist/bench/floor.js'), [dir, packageDir]);
  await once(floor, 'message');
  const client = new ApiClient({ url: app.url(), token: readFileSync(join(dataDir, 'local-token'), 'utf8') });
  try {
    while ((await client.agents()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const ours: number[] = [];
    const overHttp: number[] = [];
    const database = store as unknown as SqliteStore;
    const floors: FloorRound[] = [];
    for (let i = 0; i < warmUps + rounds; i++) {
      const ms = await approveToFirstByte(app.desk, database, (task, what) =>
        app.desk.approve(task, { ...what, by, eventId: null }),
      );
      const httpMs = await approveToFirstByte(app.desk, database, (task, what) =>
        client.act(task, 'approve', what),
      );
      floor.send(restMs);
      const [round] = (await once(floor, 'message')) as [FloorRound];
      if (i < warmUps) continue;
      ours.push(ms);
      overHttp.push(httpMs);
      floors.push(round);
    }
    report(ours, overHttp, floors);
  } finally {
    floor.disconnect();
    agent.kill('SIGTERM');
    await app.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

/** The console's own person, who may approve where nobody is configured. */
const by = { kind: 'person' as const, surface: 'web', id: 'local', name: 'bench' };

type Yes = Pick<Parameters<Desk['approve']>[1], 'proposal' | 'digest' | 'canary' | 'confirm'>;

/** @param approve how the yes arrives: straight at the desk, or through the HTTP API. */
const approveToFirstByte = async (
  desk: Desk,
  store: SqliteStore,
  approve: (task: number, what: Yes) => Promise<unknown>,
): Promise<number> => {
  const place = { surface: 'bench', channel: 'bench', thread: null };
  const asked = await desk.ask({ request: 'bench first byte', on: null, asker: by, place, eventId: null });
  if (asked.kind === 'refused') throw new Error(asked.sentence.text);
  const { task } = asked.card;
  const reached = async (isThere: (card: Card) => boolean): Promise<Card> => {
    for (;;) {
      const card = await desk.card(task);
      if (card && isThere(card)) return card;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const card = await reached((c) => c.state !== 'drafting');
  if (!card.proposal) throw new Error(`no proposal: ${card.headline}`);
  const { revision, digest } = card.proposal;
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const firstByte = new Promise<number>((resolve) => {
    const end = store.onCommit(({ outputs }) => {
      if (!outputs.has(task)) return;
      end();
      resolve(performance.now());
    });
  });
  const from = performance.now();
  const approved = approve(task, { proposal: revision, digest, canary: false, confirm: null });
  const at = await firstByte;
  await approved;
  await reached((c) => c.state === 'done');
  return at - from;
};

const report = (ours: number[], overHttp: number[], floors: FloorRound[]): void => {
  const parts = {
    roundTrip: median(floors.map((f) => f.roundTrip)),
    spawn: median(floors.map((f) => f.spawn)),
    commit: median(floors.map((f) => f.commit)),
  };
  const floorMs = parts.roundTrip + parts.spawn + parts.commit;
  const oursMs = median(ours);
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  console.log(
    `approve → first byte of output, committed: ${ms(oursMs)} (median of ${ours.length}, ${queue} queue)`,
  );
  console.log(`the same with the yes coming over HTTP: ${ms(median(overHttp))}`);
  console.log(
    `floor: ${ms(floorMs)} = grpc-js round trip ${ms(parts.roundTrip)} + bare spawn ${ms(parts.spawn)} + SQLite commit ${ms(parts.commit)}`,
  );
  console.log(`ratio: ${(oursMs / floorMs).toFixed(2)}`);
};

await main();
benchClassify(packageDir);
await benchAgentIdle(packageDir);
