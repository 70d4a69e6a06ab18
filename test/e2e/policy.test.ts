import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { auditOf } from './attack-scene.ts';
import { askedBy, type Member, sendAs, writePolicy, yesBy } from './crew.ts';
import { effectsIn, joined, KeptAgent, KeptServer, reached } from './loop.ts';
import { makeDir, packageDir } from './processes.ts';

/**
 * The rules of nerdyops.yml with a real server, real agents and people who come with tokens of their own. What ran is
 * counted by what the scripts did.
 */
const dir = makeDir();
const dataDir = join(dir.path, 'data');
const file = join(dir.path, 'nerdyops.yml');
const agents = new Map<string, KeptAgent>();
let server: KeptServer;

const rules = [
  { name: 'look around', risk: 'read-only', decision: 'auto', askers: 'role:operator' },
  { name: 'two for db2', agents: 'db2', decision: 'approve', approvals: 2 },
];

beforeAll(async () => {
  writePolicy(file, rules);
  const env = { NERDY_CONFIG: file, NERDY_RUNBOOKS_DIR: join(packageDir, 'test/e2e/fixtures/policy') };
  server = new KeptServer(dataDir, {}, env);
  await server.call((client) => client.agents());
  for (const name of ['db1', 'db2']) {
    const options = { serverDataDir: dataDir, dataDir: join(dir.path, name), name };
    agents.set(name, new KeptAgent({ ...options, wanted: null, recordTo: null }));
    await joined(server, name);
  }
});

afterAll(async () => {
  for (const agent of agents.values()) await agent.stop();
  await server?.kill();
  dir.remove();
});

let marks = 0;
const newMark = (): string => join(dir.path, `mark-${++marks}`);
const ended = ({ task }: Card): Promise<Card> =>
  reached(server, task, (card) => !['proposed', 'running', 'answering'].includes(card.state));
const refusedYes = (task: number): unknown[] =>
  auditOf(dataDir, 'approve.refused')
    .filter((e) => e.task === task)
    .map((e) => e.detail.code);
const runsOnce = async (card: Card, mark: string): Promise<void> => {
  expect(await ended(card)).toMatchObject({ state: 'done', runs: [{ state: 'succeeded' }] });
  expect(effectsIn(mark)).toBe(1);
};

describe('a dangerous task', () => {
  test('is not approved by who asked, by the local token, a viewer, an operator or a stranger, and each is noted', async () => {
    const mark = newMark();
    const card = await askedBy(server, 'ada', `burn the file ${mark} on db1`);
    expect(card).toMatchObject({ state: 'proposed', risk: { risk: 'dangerous' } });
    expect(await yesBy(server, 'ada', card)).toMatchObject({ status: 403, code: 'approver_own' });
    expect(await yesBy(server, 'local', card)).toMatchObject({ status: 403, code: 'approver_local' });
    for (const who of ['eve', 'dan'] as const) {
      expect(await yesBy(server, who, card)).toMatchObject({ status: 403, code: 'approver_not_named' });
    }
    expect(await yesBy(server, 'stranger', card)).toMatchObject({ status: 401, code: 'access_denied' });
    for (const typed of [null, 'yes', String(card.task + 1)]) {
      expect(await yesBy(server, 'bob', card, typed)).toMatchObject({
        status: 422,
        code: 'confirm_dangerous',
      });
    }
    expect((await server.call((client) => client.card(card.task))).state).toBe('proposed');
    expect(effectsIn(mark)).toBe(0);
    expect(refusedYes(card.task)).toEqual([
      'approver_own',
      'approver_local',
      ...Array(2).fill('approver_not_named'),
      ...Array(3).fill('confirm_dangerous'),
    ]);
    expect(await yesBy(server, 'bob', card)).toMatchObject({ status: 200, card: { state: 'running' } });
    await runsOnce(card, mark);
  });

  test('is the editor’s own too: neither who asked nor who edited it says yes', async () => {
    const mark = newMark();
    const card = await askedBy(server, 'ada', `burn the file ${mark} on db1`);
    const [script] = card.scripts;
    const texts = [{ digest: script?.digest ?? '', text: `${script?.text}true\n` }];
    const path = `/tasks/${card.task}/edit`;
    const { card: edited } = await sendAs(server, 'bob', path, { proposal: 1, texts });
    if (!edited) throw new Error('not edited');
    for (const who of ['ada', 'bob'] as const) {
      expect(await yesBy(server, who, edited)).toMatchObject({ status: 403, code: 'approver_own' });
    }
    expect(await yesBy(server, 'cleo', card)).toMatchObject({ status: 409, code: 'card_outdated' });
    expect(effectsIn(mark)).toBe(0);
    expect(await yesBy(server, 'cleo', edited)).toMatchObject({ status: 200 });
    await runsOnce(edited, mark);
  });
});

describe('a rule that takes two people', () => {
  test('starts with the second of them, and neither one person twice nor the local token is two', async () => {
    const mark = newMark();
    const card = await askedBy(server, 'dan', `mark the file ${mark} on db2`);
    expect(await yesBy(server, 'bob', card)).toMatchObject({ status: 200, card: { state: 'proposed' } });
    expect(await yesBy(server, 'bob', card)).toMatchObject({ status: 409, code: 'vote_given' });
    expect(await yesBy(server, 'local', card)).toMatchObject({ status: 403, code: 'approver_local' });
    expect(effectsIn(mark)).toBe(0);
    expect(await yesBy(server, 'cleo', card)).toMatchObject({ status: 200, card: { state: 'running' } });
    await runsOnce(card, mark);
  });

  test('counts all who click at once, and runs once', async () => {
    const mark = newMark();
    const card = await askedBy(server, 'dan', `mark the file ${mark} on db2`);
    const people: Member[] = ['ada', 'bob', 'cleo', 'ada', 'bob', 'cleo'];
    const said = await Promise.all(people.map((who) => yesBy(server, who, card)));
    expect(said.filter((s) => s.status === 200)).toHaveLength(2);
    expect(said.filter((s) => s.status === 409)).toHaveLength(4);
    await runsOnce(card, mark);
    const entries = auditOf(dataDir, 'task.approve').filter((e) => e.task === card.task);
    expect(entries.filter((e) => e.detail.to === 'running')).toHaveLength(1);
  });
});

describe('a rule that lets what only reads run by itself', () => {
  const held = join(dir.path, 'held');

  test('runs a kept runbook with nobody asked, and says by which rule', async () => {
    writeFileSync(held, 'held water\n');
    const { task } = await askedBy(server, 'dan', `peek into the file ${held} on db1`);
    const card = await reached(server, task, (c) => c.state === 'done');
    expect(card).toMatchObject({
      decision: { by: 'the rule "look around"' },
      answer: { words: 'It holds water.' },
    });
  });

  test('lets nobody ask who may only look, or nobody knows', async () => {
    const request = { request: `peek into the file ${held} on db1` };
    const tasks = async (): Promise<number> =>
      (await server.call((client) => client.cards(new URLSearchParams()))).length;
    const before = await tasks();
    expect(await sendAs(server, 'eve', '/tasks', request)).toMatchObject({
      status: 403,
      code: 'role_missing',
    });
    expect(await sendAs(server, 'stranger', '/tasks', request)).toMatchObject({ status: 401 });
    expect(await tasks()).toBe(before);
  });

  test('leaves what changes anything to people', async () => {
    const mark = newMark();
    const card = await askedBy(server, 'dan', `mark the file ${mark} on db1`);
    expect(card.state).toBe('proposed');
    expect(effectsIn(mark)).toBe(0);
  });
});

/** A server's second life and an agent's; on a busy machine that takes its time. */
const sceneMs = 60_000;

test('rules that became stricter while an order waits: it is refused, and nothing runs', {
  timeout: sceneMs,
}, async () => {
  const mark = newMark();
  const probe = await askedBy(server, 'dan', `mark the file ${newMark()} on db1`);
  await agents.get('db1')?.pause();
  await reached(server, probe.task, (c) => c.targets[0]?.online === false);
  const card = await askedBy(server, 'dan', `mark the file ${mark} on db1`);
  expect(await yesBy(server, 'bob', card)).toMatchObject({ status: 200, card: { state: 'running' } });

  writePolicy(file, [
    { name: 'freeze', agents: 'db1', decision: 'refuse', reason: 'Change freeze' },
    ...rules,
  ]);
  await server.kill();
  agents.get('db1')?.resume();
  const refused = await ended(card);
  expect(refused.runs).toMatchObject([{ state: 'refused', sentence: { code: 'policy_changed' } }]);
  expect(refused.runs[0]?.sentence?.text).toContain('"freeze"');
  expect(effectsIn(mark)).toBe(0);
  // What waited for a decision is refused the same way.
  expect(await yesBy(server, 'bob', probe)).toMatchObject({ status: 403, code: 'policy_refused' });
});
