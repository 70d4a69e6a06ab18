import { createHash } from 'node:crypto';
import type { Agent } from '../../src/core/agent.ts';
import type { AuditKind, AuditNote } from '../../src/core/audit.ts';
import type { Proposal } from '../../src/core/proposal.ts';
import { classify } from '../../src/core/risk/classify.ts';
import type { Run } from '../../src/core/run.ts';
import { scriptDigest } from '../../src/core/script.ts';
import { type Actor, type Place, type Task, TaskState } from '../../src/core/task.ts';
import type { Post, Store, StoredApproval, Writes } from '../../src/ports/store.ts';
import { bareAgent, bareRun, bareTask } from '../fakes/rows.ts';

export const somebody: Actor = { kind: 'person', surface: 'web', id: 'U1', name: 'Ada' };
export const somePlace: Place = { surface: 'slack', channel: 'C1', thread: 'T1' };

export const aTask = (number: number, over: Partial<Task> = {}): Task => ({
  ...bareTask,
  ...{ number, request: `check memory, number ${number}`, asker: somebody, place: somePlace },
  ...over,
});

const text = 'free -m\n';
export const aProposal = (task: number, revision = 1): Proposal => ({
  task,
  revision,
  digest: `digest of ${task}/${revision}`,
  scripts: [
    {
      text,
      interpreter: 'bash',
      digest: scriptDigest('bash', text),
      platforms: ['linux'],
      risk: classify('bash', text),
    },
  ],
  summary: 'Shows memory.',
  timeoutMs: 60_000,
  drafter: 'person',
  author: somebody,
  editors: [somebody],
  typedByAsker: true,
  runbook: null,
  followUps: [],
  createdAt: 1,
});

const hexOf = (words: string): string => createHash('sha256').update(words).digest('hex');

export const anApproval = (task: number, proposalRevision = 1): StoredApproval => ({
  id: hexOf(`approval ${task}/${proposalRevision}`),
  task,
  proposalRevision,
  document: Buffer.from(`document ${task}\0\xff`, 'latin1'),
  signature: Buffer.alloc(64, task % 256),
});

export const aRun = (task: number, agent: string, over: Partial<Run> = {}): Run => ({
  ...bareRun,
  id: hexOf(`run ${task} ${agent}`),
  task,
  ...{ agentId: agent, agentName: `name of ${agent}` },
  approvalId: anApproval(task).id,
  scriptDigest: scriptDigest('bash', text),
  ...over,
});

export const anAgent = (id: string, over: Partial<Agent> = {}): Agent => ({
  ...bareAgent,
  id,
  name: `name of ${id}`,
  labels: { role: 'db' },
  facts: {
    platform: 'linux',
    arch: 'x64',
    hostname: id,
    osVersion: 'Debian 13',
    kernel: '6.12',
    privateIps: ['10.0.0.1'],
    shells: [{ interpreter: 'bash', version: '5.2', path: '/bin/bash' }],
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    agentVersion: '0.1.0',
  },
  ...over,
});

export const aPost = (id: string, task: number, over: Partial<Post> = {}): Post => ({
  id,
  part: 'card',
  subject: { kind: 'task', number: task },
  place: somePlace,
  messageId: null,
  messageChannel: null,
  shownRevision: 0,
  retryAt: 0,
  timesAnew: 0,
  isQuiet: false,
  createdAt: 1,
  gone: null,
  isShut: false,
  refused: null,
  ...over,
});

export const aNote = (task: number | null, kind: AuditKind = 'task.create'): AuditNote => ({
  kind,
  actor: somebody,
  task,
  run: null,
  digest: null,
  detail: { words: 'as "they" were', count: 1, none: null, yes: true },
});

/** Makes the next task, and returns it as it was written. */
export const createTask = (store: Store, over: Partial<Task> = {}, more: Writes = {}): Promise<Task> =>
  store.change({}, (view) => {
    const task = aTask(view.nextTask, over);
    return { result: task, writes: { task, audit: [aNote(task.number)], ...more } };
  });

/** Makes a running task with an approved proposal and one run for each of these agents. */
export const createRunning = (store: Store, agents: string[], over: Partial<Run> = {}): Promise<Task> =>
  store.change({}, (view) => {
    const task = aTask(view.nextTask, {
      state: TaskState.running,
      proposalRevision: 1,
      runsOpen: agents.length,
      runsTotal: agents.length,
      targets: agents.map((agentId) => ({ agentId, name: `name of ${agentId}`, platform: 'linux' })),
    });
    return {
      result: task,
      writes: {
        task,
        proposal: aProposal(task.number),
        approvals: [anApproval(task.number)],
        runs: agents.map((agent) => aRun(task.number, agent, over)),
        audit: [aNote(task.number)],
      },
    };
  });

/** Moves a task to `state` as a worker would, one revision on. */
export const moveTo = (store: Store, number: number, over: Partial<Task>): Promise<void> =>
  store.change({ task: number }, (view) => {
    if (!view.task) throw new Error(`no task ${number}`);
    const task = { ...view.task, ...over, revision: view.task.revision + 1 };
    return { result: undefined, writes: { task, audit: [aNote(number, 'task.propose')] } };
  });
