import type { Agent } from '../../src/core/agent.ts';
import type { Proposal } from '../../src/core/proposal.ts';
import type { Run } from '../../src/core/run.ts';
import { Interpreter, makeScript, proposalDigest } from '../../src/core/script.ts';
import type { Actor, Platform, Task } from '../../src/core/task.ts';

/** Rows for the tests of core: ordinary ones, of which each test says only what it is about. */

export const now = Date.UTC(2026, 0, 1);

export const ada: Actor = { kind: 'person', surface: 'slack', id: 'U1', name: 'ada' };

export const taskWith = (fields: Partial<Task> = {}): Task => ({
  number: 1042,
  state: 'drafting',
  revision: 7,
  request: 'check memory on db1',
  language: 'en',
  on: null,
  asker: ada,
  place: { surface: 'slack', channel: 'C1', thread: '1' },
  targets: [],
  proposalRevision: 0,
  decideBy: null,
  runsOpen: 0,
  runsHeld: 0,
  runsTotal: 0,
  question: null,
  decision: null,
  sentence: null,
  answer: null,
  suggestions: [],
  createdAt: now,
  updatedAt: now,
  ...fields,
});

export const runWith = (fields: Partial<Run> = {}): Run => ({
  id: `run-${fields.agentName ?? 'db1'}`,
  task: 1042,
  agentId: `id-${fields.agentName ?? 'db1'}`,
  agentName: 'db1',
  platform: 'linux',
  approvalId: 'approval',
  scriptDigest: 'digest',
  state: 'queued',
  wave: 0,
  runBy: now + 1,
  timeoutMs: 1,
  exitCode: null,
  stdoutBytes: 0,
  stderrBytes: 0,
  stdoutCutAt: null,
  stderrCutAt: null,
  cancelAskedAt: null,
  sentAt: null,
  startedAt: null,
  endedAt: null,
  sentence: null,
  ...fields,
});

/** An agent whose id is `id-` and its name. */
export const agentWith = (
  name: string,
  labels: Record<string, string> = {},
  platform: Platform = 'linux',
): Agent => ({
  id: `id-${name}`,
  name,
  labels,
  facts: {
    platform,
    arch: 'x64',
    hostname: name,
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
  lastSeenAt: now,
  load: null,
  createdAt: now,
});

export const proposalOf = (text: string): Proposal => {
  const made = makeScript(Interpreter.bash, text);
  if (!made.ok) throw new Error(made.sentence.text);
  const scripts = [{ ...made.script, platforms: ['linux' as const] }];
  return {
    task: 1042,
    revision: 1,
    digest: proposalDigest(scripts, [], 1),
    scripts,
    summary: 'Shows the memory',
    timeoutMs: 1,
    drafter: 'person',
    author: null,
    runbook: null,
    followUps: [],
    createdAt: now,
  };
};
