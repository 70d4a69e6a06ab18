import type { Agent } from '../../src/core/agent.ts';
import { noRedaction, type Run } from '../../src/core/run.ts';
import type { Actor, Task } from '../../src/core/task.ts';

/**
 * A row of each kind with nothing in it that anybody tests: every suite says on top of it what its own rows are like.
 * A field that is added to a row is added here, once.
 */

const nobody: Actor = { kind: 'person', surface: 'web', id: 'U1', name: 'Ada' };

/** A task as it is when it was asked a moment ago. */
export const bareTask: Task = {
  number: 1042,
  state: 'drafting',
  revision: 1,
  request: 'check memory on db1',
  language: 'en',
  on: null,
  asker: nobody,
  place: { surface: 'slack', channel: 'C1', thread: 'T1' },
  targets: [],
  proposalRevision: 0,
  decideBy: null,
  runsOpen: 0,
  runsHeld: 0,
  runsTotal: 0,
  question: null,
  votes: [],
  decision: null,
  sentence: null,
  answer: null,
  suggestions: [],
  kept: null,
  context: null,
  createdAt: 1,
  updatedAt: 1,
};

/** A run as it is when it was approved a moment ago. */
export const bareRun: Run = {
  id: 'run-db1',
  task: 1042,
  agentId: 'id-db1',
  agentName: 'db1',
  platform: 'linux',
  approvalId: 'approval',
  scriptDigest: 'digest',
  state: 'queued',
  wave: 0,
  runBy: 10_000,
  timeoutMs: 60_000,
  exitCode: null,
  stdoutBytes: 0,
  stderrBytes: 0,
  stdoutRedaction: noRedaction,
  stderrRedaction: noRedaction,
  stdoutCutAt: null,
  stderrCutAt: null,
  cancelAskedAt: null,
  sentAt: null,
  startedAt: null,
  endedAt: null,
  sentence: null,
};

/** An agent that is there, and of which little is known. */
export const bareAgent: Agent = {
  id: 'id-db1',
  name: 'db1',
  labels: {},
  facts: {
    platform: 'linux',
    arch: 'x64',
    hostname: 'db1',
    osVersion: '',
    kernel: '',
    privateIps: [],
    shells: [],
    cpus: 1,
    memoryBytes: 1,
    agentVersion: '0',
  },
  spoolId: 'spool',
  bootId: 'boot',
  online: true,
  lastSeenAt: 1,
  load: null,
  createdAt: 1,
  identity: null,
};
