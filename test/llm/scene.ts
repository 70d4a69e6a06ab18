import { LLMock } from '@copilotkit/aimock';
import type { Answer } from '../../src/core/answer.ts';
import { classify } from '../../src/core/risk/classify.ts';
import { noRedaction, type Run, RunState } from '../../src/core/run.ts';
import { makeScript } from '../../src/core/script.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { ModelSettings } from '../../src/llm/chat-model.ts';
import { ModelClient, type ModelHooks } from '../../src/llm/model-client.ts';
import type { Draft, DraftRequest } from '../../src/ports/drafter.ts';
import type { EndedRun, ReadRequest } from '../../src/ports/interpreter.ts';

/** A model's far end: real HTTP and SSE on a port of its own, refusing what no fixture answers. */
export const startModel = async (): Promise<LLMock> => {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', strict: true });
  await mock.start();
  return mock;
};

export const settingsFor = (url: string, more: Partial<ModelSettings> = {}): ModelSettings => ({
  apiKey: null,
  baseUrl: `${url}/v1`,
  model: 'gpt-4o-mini',
  timeoutMs: 5_000,
  retriesMax: 2,
  structuredOutput: 'json_schema',
  ...more,
});

/** A client whose waits are over at once and are written down. */
export const clientFor = (url: string, more: Partial<ModelSettings> = {}, hooks: ModelHooks = {}) => {
  const waits: number[] = [];
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms);
  };
  return { client: new ModelClient(settingsFor(url, more), { wait, ...hooks }), waits };
};

export const signal = (): AbortSignal => new AbortController().signal;

export const draftRequest = (more: Partial<DraftRequest> = {}): DraftRequest => ({
  words: 'which process holds port 8080',
  platforms: ['linux'],
  before: [],
  context: null,
  ...more,
});

/** What a model should reply to a draft, as the form's object. */
export const filled = (scripts: { platform: string; text: string }[], more: object = {}) => ({
  kind: 'scripts',
  scripts,
  summary: 'Shows what listens on port 8080.',
  language: 'en',
  why: '',
  ...more,
});

export const nothingFits: Extract<Draft, { kind: 'nothing' }> = {
  kind: 'nothing',
  sentence: sentence('runbook_none', { nearest: ['check memory'] }),
  language: 'en',
  nearest: [{ label: 'Memory', request: 'check memory' }],
};

export const runbookDraft = (score: number): Draft => {
  const made = makeScript('bash', 'free -m');
  if (!made.ok) throw new Error(made.sentence.text);
  return {
    kind: 'script',
    scripts: [{ ...made.script, platforms: ['linux'] }],
    summary: 'Shows the memory.',
    language: 'en',
    drafter: 'runbook',
    runbook: { name: 'memory', title: 'Memory', digest: 'd', parameters: {}, verbatim: true },
    followUps: [],
    score,
    notice: null,
  };
};

export const endedRun = (name: string, stdout: string, more: Partial<Run> = {}, stderr = ''): EndedRun => ({
  run: {
    id: `run-${name}`,
    task: 1042,
    agentId: `agent-${name}`,
    agentName: name,
    platform: 'linux',
    approvalId: 'approval',
    scriptDigest: 'digest',
    state: RunState.succeeded,
    wave: 0,
    runBy: 0,
    timeoutMs: 60_000,
    exitCode: 0,
    stdoutBytes: stdout.length,
    stderrBytes: stderr.length,
    stdoutRedaction: noRedaction,
    stderrRedaction: noRedaction,
    stdoutCutAt: null,
    stderrCutAt: null,
    cancelAskedAt: null,
    sentAt: 0,
    startedAt: 0,
    endedAt: 1,
    sentence: null,
    ...more,
  },
  stdout,
  stderr,
});

export const readRequest = (runs: EndedRun[], more: Partial<ReadRequest> = {}): ReadRequest => {
  const made = makeScript('bash', 'ss -ltnp');
  if (!made.ok) throw new Error(made.sentence.text);
  return {
    request: 'who listens on 8080?',
    language: 'en',
    proposal: {
      task: 1042,
      revision: 1,
      digest: 'digest',
      scripts: [{ ...made.script, platforms: ['linux'], risk: classify('bash', made.script.text) }],
      summary: 'Shows listeners.',
      timeoutMs: 60_000,
      drafter: 'model',
      author: null,
      editors: [],
      typedByAsker: true,
      runbook: null,
      followUps: [],
      createdAt: 0,
    },
    runs,
    ...more,
  };
};

/** What the runbooks' interpreter gives for these runs when it can't read them. */
export const plainAnswer = (runs: readonly EndedRun[], more: Partial<Answer> = {}): Answer => ({
  words: 'The output is shown as it is.',
  hosts: runs.map((r) => ({
    agentName: r.run.agentName,
    words: 'As it is.',
    facts: [],
    evidence: [],
    ok: true,
  })),
  followUps: [{ label: 'Memory', request: 'check memory' }],
  language: 'en',
  reader: 'plain',
  ...more,
});

/** The text of the person's message in a request that reached the model. */
export const userMessage = (mock: LLMock, at = -1): string => {
  const body = mock.getRequests().at(at)?.body as { messages?: { role: string; content: string }[] } | null;
  return body?.messages?.find((m) => m.role === 'user')?.content ?? '';
};
