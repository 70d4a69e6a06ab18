import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { RedisServer } from '../fakes/redis-server.ts';
import { editRows } from '../sql/edit-rows.ts';
import { approvedOn, auditOf, proposedOn, yesTo } from './attack-scene.ts';
import { effectsIn, joined, KeptAgent, KeptServer, reached } from './loop.ts';
import { makeDir } from './processes.ts';

/**
 * Attacks on the server's side, each with a real server, real agents and a real Redis. What ran is counted by what the
 * scripts did. What a gateway can do to an agent stands in attacks-stream.test.ts.
 */
const dir = makeDir();
const dataDir = join(dir.path, 'data');
const redis = await RedisServer.make();
const agents = new Map<string, KeptAgent>();
let server: KeptServer;

beforeAll(async () => {
  server = new KeptServer(dataDir, {}, { REDIS_URL: redis.url });
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
  await redis.stop();
  dir.remove();
});

/** Ten tasks while an agent is away and back; on a busy machine that takes its time. */
const sceneMs = 90_000;

let marks = 0;
const newMark = (): string => join(dir.path, `mark-${++marks}`);
const ended = (task: number): Promise<Card> =>
  reached(server, task, (card) => !['running', 'answering'].includes(card.state));
const agentIdOf = async (name: string): Promise<string> =>
  (await server.call((client) => client.agents())).find((a) => a.name === name)?.id ?? '';

/** What happens while db1 is away: what is approved for it waits. Then it is back. */
const whileAway = async <T>(what: () => Promise<T>): Promise<T> => {
  const agent = agents.get('db1');
  await agent?.pause();
  const probe = await proposedOn(server, `mark the file ${newMark()} on db1`);
  await reached(server, probe.task, (card) => card.targets[0]?.online === false);
  try {
    return await what();
  } finally {
    agent?.resume();
    await joined(server, 'db1');
  }
};

interface Attack {
  name: string;
  edit: (task: number, card: Card) => void | Promise<void>;
}

const other = 'f'.repeat(64);
const update = (table: string, set: string, task: number, ...values: unknown[]): void =>
  editRows(dataDir, `update ${table} set ${set} where task = ?`, ...values, task);
const inText = (column: string, from: string, to: string): string =>
  `${column} = replace(${column}, '${from}', '${to}')`;

const rowAttacks: Attack[] = [
  { name: 'the script', edit: (task) => update('proposal', inText('body', 'echo ran', 'echo bad'), task) },
  {
    name: 'the script with every digest of it',
    edit: (task, card) => {
      const digest = card.scripts[0]?.digest ?? '';
      update('proposal', inText('body', 'echo ran', 'echo bad'), task);
      update('proposal', inText('body', digest, other), task);
      update('run', 'script_digest = ?', task, other);
    },
  },
  {
    name: 'the machine',
    edit: async (task) => update('run', 'agent_id = ?', task, await agentIdOf('db2')),
  },
  { name: 'the time limit', edit: (task) => update('run', 'timeout_ms = timeout_ms * 100', task) },
  { name: 'the latest start', edit: (task) => update('run', 'run_by = run_by + 86400000', task) },
  { name: 'the digest of the script', edit: (task) => update('run', 'script_digest = ?', task, other) },
  { name: 'the digest of the proposal', edit: (task) => update('proposal', 'digest = ?', task, other) },
  {
    name: 'the document',
    edit: (task) => {
      const text = 'cast(document as text), \'"killGraceMs":5000\', \'"killGraceMs":5001\'';
      update('approval', `document = cast(replace(${text}) as blob)`, task);
    },
  },
  { name: 'the signature', edit: (task) => update('approval', 'signature = randomblob(64)', task) },
];

describe('a row that somebody edits after the yes', () => {
  const told = new Map<string, { card: Card; effects: number }>();
  let untouched: { card: Card; effects: number };

  beforeAll(async () => {
    const waiting: { name: string; task: number; mark: string }[] = [];
    await whileAway(async () => {
      for (const { name, edit } of [...rowAttacks, { name: 'untouched', edit: () => {} }]) {
        const mark = newMark();
        const card = await approvedOn(server, `mark the file ${mark} on db1`);
        await edit(card.task, card);
        waiting.push({ name, task: card.task, mark });
      }
    });
    for (const { name, task, mark } of waiting) {
      const card = await ended(task);
      told.set(name, { card, effects: effectsIn(mark) });
    }
    untouched = told.get('untouched') as typeof untouched;
  }, sceneMs);

  test.each(rowAttacks.map(({ name }) => name))(
    '%s: nothing runs, the card says why, the audit log has it',
    (name) => {
      const { card, effects } = told.get(name) as typeof untouched;
      expect(effects).toBe(0);
      expect(card.runs).toMatchObject([{ state: 'refused', sentence: { code: 'refused_rows' } }]);
      const entries = auditOf(dataDir, 'run.distrust').filter((e) => e.task === card.task);
      expect(entries).toMatchObject([{ run: card.runs[0]?.id, detail: { differs: expect.any(String) } }]);
    },
  );

  test('harms no other order that waited beside it', () => {
    expect(untouched.effects).toBe(1);
    expect(untouched.card).toMatchObject({ state: 'done', runs: [{ state: 'succeeded' }] });
  });
});

describe('an id that somebody writes into Redis', () => {
  const forge = async (name: string, runId: string): Promise<void> => {
    const agentId = await agentIdOf(name);
    await redis.send('ZADD', `nerdyops:queue:{${agentId}}:waiting`, '1', runId);
    await redis.send('PUBLISH', 'nerdyops:bell', `+${agentId}`);
  };

  test('of no run: nothing runs, the audit log has it', async () => {
    await forge('db1', 'e'.repeat(64));
    await expect
      .poll(() => auditOf(dataDir, 'queue.foreign'))
      .toContainEqual(
        expect.objectContaining({
          run: 'e'.repeat(64),
          detail: expect.objectContaining({ reason: 'there is no such run' }),
        }),
      );
  });

  test("of another agent's run: it runs where it was approved, once, and the audit log has it", async () => {
    const mark = newMark();
    const { task } = await whileAway(async () => {
      const card = await approvedOn(server, `mark the file ${mark} on db1`);
      const runId = card.runs[0]?.id ?? '';
      await forge('db2', runId);
      await expect
        .poll(() => auditOf(dataDir, 'queue.foreign').map((e) => [e.run, e.detail.reason]))
        .toContainEqual([runId, 'the run is of another agent']);
      expect(effectsIn(mark)).toBe(0);
      return card;
    });
    expect((await ended(task)).runs).toMatchObject([{ name: 'db1', state: 'succeeded' }]);
    expect(effectsIn(mark)).toBe(1);
  });

  test('of a run that has ended: it does not run again', async () => {
    const mark = newMark();
    const { task, runs } = await approvedOn(server, `mark the file ${mark} on db1`);
    await ended(task);
    await forge('db1', runs[0]?.id ?? '');
    // What comes after it in the same queue has passed it.
    const next = await approvedOn(server, `mark the file ${newMark()} on db1`);
    await ended(next.task);
    expect(effectsIn(mark)).toBe(1);
  });
});

describe('people who click', () => {
  test('two at once: one approves, the other is told, and it runs once', async () => {
    const mark = newMark();
    const card = await proposedOn(server, `mark the file ${mark} on db1`);
    const clicks = await Promise.allSettled(
      ['a', 'b'].map((key) =>
        server.call((client) => client.act(card.task, 'approve', yesTo(card), `${key}${card.task}`)),
      ),
    );
    expect(clicks.map((c) => c.status).sort()).toEqual(['fulfilled', 'rejected']);
    await ended(card.task);
    expect(effectsIn(mark)).toBe(1);
    const entriesOf = (kind: string) => auditOf(dataDir, kind).filter((e) => e.task === card.task);
    expect(entriesOf('task.approve')).toHaveLength(1);
    expect(entriesOf('approve.refused')).toMatchObject([{ detail: { code: 'task_decided' } }]);
  });

  test('on the card from before an edit: it approves nothing, and the audit log has it', async () => {
    const mark = newMark();
    const card = await proposedOn(server, `mark the file ${mark} on db1`);
    const texts = [{ digest: card.scripts[0]?.digest ?? '', text: `echo edited >> ${mark}` }];
    const edit = { proposal: card.proposal?.revision, texts };
    const edited = await server.call((client) => client.act(card.task, 'edit', edit));
    const old = server.call((client) => client.act(card.task, 'approve', yesTo(card)));
    await expect(old).rejects.toThrow('has changed');
    expect(effectsIn(mark)).toBe(0);
    expect(auditOf(dataDir, 'approve.refused').at(-1)).toMatchObject({
      task: card.task,
      detail: { code: 'card_outdated' },
    });
    await server.call((client) => client.act(card.task, 'approve', yesTo(edited)));
    await ended(card.task);
    expect(effectsIn(mark)).toBe(1);
  });
});
