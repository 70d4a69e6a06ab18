import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentQueries } from '../../src/sql/agent-rows.ts';
import { searchReads } from '../../src/sql/audit-search.ts';
import { inviteQueries } from '../../src/sql/invite-rows.ts';
import { logQueries } from '../../src/sql/log-rows.ts';
import { postQueries } from '../../src/sql/post-rows.ts';
import { proposalQueries } from '../../src/sql/proposal-rows.ts';
import { runQueries } from '../../src/sql/run-rows.ts';
import { sealQueries } from '../../src/sql/seal-rows.ts';
import { SqliteSession } from '../../src/sql/sqlite-session.ts';
import { type Read, read } from '../../src/sql/statement.ts';
import { taskQueries } from '../../src/sql/task-queries.ts';
import { makeDirectory } from './sqlite-rig.ts';

const page = { before: 9, limit: 5 };
const reads: [string, Read<unknown>][] = [
  ['a task', read(taskQueries.byNumber, { number: 1 })],
  ['the task of a run', read(taskQueries.byRun, { run: 'r' })],
  ['the next number', read(taskQueries.lastNumber, {})],
  ['what a worker may claim', read(taskQueries.claimable, { state: 'drafting', now: 1, limit: 5 })],
  ['what is due', read(taskQueries.due, { state: 'proposed', now: 1, limit: 5 })],
  ['the latest tasks', read(taskQueries.latest, page)],
  ['the latest tasks in a state', read(taskQueries.latestInState, { ...page, state: 'done' })],
  ['the latest tasks in a place', read(taskQueries.latestInPlace, { ...page, place: '' })],
  ['the last targets', read(taskQueries.lastTargets, { place: '' })],
  ['a proposal', read(proposalQueries.current, { number: 1 })],
  ['the proposal of a run', read(proposalQueries.currentByRun, { run: 'r' })],
  ['an order', read(proposalQueries.approvalWithScripts, { id: 'a' })],
  ['the runs of a task', read(runQueries.ofTask, { task: 1 })],
  ['the runs of a run’s task', read(runQueries.ofTaskOfRun, { run: 'r' })],
  ['runs in a state', read(runQueries.inState, { state: 'queued', limit: 5 })],
  ['runs of an agent', read(runQueries.inStateOnAgent, { state: 'queued', agent: 'a', limit: 5 })],
  ['output', read(runQueries.output, { run: 'r', stream: 'stdout', from: 0, to: 9 })],
  ['the machine of a name', read(agentQueries.byName, { name: 'db1' })],
  ['an invitation', read(inviteQueries.byId, { id: 'i' })],
  ['open invitations', read(inviteQueries.open, { now: 1, limit: 5 })],
  ['posts that are behind', read(postQueries.behind, { surface: 's', channel: 'c', now: 1, limit: 5 })],
  ['channels with posts that are behind', read(postQueries.channelsBehind, { now: 1 })],
  ['posts whose channel is closed', read(postQueries.shut, { surface: 's', channel: 'c', limit: 5 })],
  ['the posts of an incident', read(postQueries.ofIncident, { number: 1 })],
  ['the posts of an incident that moved', read(postQueries.incidentMoved, { number: 1, revision: 2 })],
  ['the post of a message', read(postQueries.byMessage, { surface: 's', channel: 'c', id: 'm' })],
  ['the posts of a task that moved', read(postQueries.taskMoved, { number: 1, revision: 2 })],
  ['the posts of a task', read(postQueries.ofTask, { number: 1 })],
  ['an event', read(logQueries.event, { id: 'e' })],
  ['old events', read(logQueries.pruneEvents, { before: 1, limit: 5 })],
  ...(
    [
      ['of a task', { task: 1 }],
      ['of an actor', { actor: 'ada' }],
      ['about a machine', { agent: 'db1' }],
      ['of a kind', { kind: 'task.approve' }],
      ['of an actor in a task since then', { actor: 'ada', task: 1, since: 1 }],
    ] as const
  ).flatMap(([name, filter]) =>
    searchReads({ ...filter, limit: 5 }).map((one): [string, Read<unknown>] => [`entries ${name}`, one]),
  ),
  ['what happened to a task', read(logQueries.ofTask, { task: 1 })],
  ['the signed head over an entry', read(sealQueries.from, { seq: 1 })],
  ['the newest signed head', read(sealQueries.latest, {})],
  ['the log', read(logQueries.after, { seq: 1, limit: 5 })],
];

describe('the queries of workers and views', () => {
  const directory = makeDirectory();
  let session: SqliteSession;
  beforeAll(async () => {
    const path = join(directory.path, 'plans.db');
    writeFileSync(path, '');
    session = new SqliteSession(path);
    await session.migrate();
  });
  afterAll(() => {
    session.close();
    directory.remove();
  });

  it.each(reads)('finds %s by an index that also gives the order', (name, one) => {
    const steps = session.planOf(one);
    expect(steps.length).toBeGreaterThan(0);
    // The last row of a table is found by walking it from its end.
    const isLast = name === 'the next number' || name === 'the newest signed head';
    const walksAll = isLast ? [] : steps.filter((s) => s.startsWith('SCAN'));
    expect(walksAll).toEqual([]);
    expect(steps.filter((s) => s.includes('TEMP B-TREE'))).toEqual([]);
  });
});
