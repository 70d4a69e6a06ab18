import type { Agent } from '../../src/core/agent.ts';
import type { Proposal } from '../../src/core/proposal.ts';
import { classify } from '../../src/core/risk/classify.ts';
import type { Run } from '../../src/core/run.ts';
import { Interpreter, makeScript, proposalDigest } from '../../src/core/script.ts';
import type { Actor, Platform, Task } from '../../src/core/task.ts';
import { bareAgent, bareRun, bareTask } from '../fakes/rows.ts';

/** Rows for the tests of core: ordinary ones, of which each test says only what it is about. */

export const now = Date.UTC(2026, 0, 1);

export const ada: Actor = { kind: 'person', surface: 'slack', id: 'U1', name: 'ada' };

export const taskWith = (fields: Partial<Task> = {}): Task => ({
  ...bareTask,
  ...{ revision: 7, asker: ada, createdAt: now, updatedAt: now },
  ...fields,
});

export const runWith = (fields: Partial<Run> = {}): Run => ({
  ...bareRun,
  id: `run-${fields.agentName ?? 'db1'}`,
  agentId: `id-${fields.agentName ?? 'db1'}`,
  ...{ runBy: now + 1, timeoutMs: 1 },
  ...fields,
});

/** An agent whose id is `id-` and its name. */
export const agentWith = (
  name: string,
  labels: Record<string, string> = {},
  platform: Platform = 'linux',
): Agent => ({
  ...bareAgent,
  id: `id-${name}`,
  name,
  labels,
  facts: { ...bareAgent.facts, platform, hostname: name },
  ...{ lastSeenAt: now, createdAt: now },
});

export const proposalOf = (text: string): Proposal => {
  const made = makeScript(Interpreter.bash, text);
  if (!made.ok) throw new Error(made.sentence.text);
  const risk = classify(Interpreter.bash, made.script.text);
  const scripts = [{ ...made.script, platforms: ['linux' as const], risk }];
  return {
    task: 1042,
    revision: 1,
    digest: proposalDigest(scripts, [], 1),
    scripts,
    summary: 'Shows the memory',
    timeoutMs: 1,
    drafter: 'person',
    author: null,
    editors: [],
    typedByAsker: true,
    runbook: null,
    followUps: [],
    createdAt: now,
  };
};
