import { createHash } from 'node:crypto';
import type { Agent } from '../../src/core/agent.ts';
import type { Card } from '../../src/core/card.ts';
import type { KeepWish } from '../../src/core/keep.ts';
import { soloPolicy } from '../../src/core/policy/policy.ts';
import type { Proposal } from '../../src/core/proposal.ts';
import { classify } from '../../src/core/risk/classify.ts';
import { isRunEnded, type Run, RunState } from '../../src/core/run.ts';
import { Interpreter, interpreterOf, makeScript, proposalDigest } from '../../src/core/script.ts';
import { type Sentence, sentence } from '../../src/core/sentences.ts';
import type { Actor, Place, Platform, Task } from '../../src/core/task.ts';
import { isTaskEnded, TaskState } from '../../src/core/task.ts';
import { cardFor } from '../../src/flow/card-for.ts';
import type { Act, Ask, CardFilter, Desk, DeskNews, Outcome } from '../../src/flow/desk.ts';
import type { FormOutcome } from '../../src/flow/runbook-desk.ts';
import { Terms } from '../../src/flow/terms.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { OutputStream, TaskRecord } from '../../src/ports/store.ts';
import { consolePlace } from '../../src/web/threads.ts';
import { bareAgent, bareRun, bareTask } from '../fakes/rows.ts';
import { keepForm } from '../fakes/runbooks.ts';

export const you: Actor = { kind: 'person', surface: 'web', id: 'local', name: 'you' };

/** The place of a console's thread by the task that heads it, or the console's top. */
export const consoleThread = (head: number | null): Place => ({
  ...consolePlace,
  thread: head === null ? null : String(head),
});

/**
 * A desk in memory that does at once what the real one does in workers: the acts change rows and tell the watchers,
 * and the test plays the workers and the machines with `propose`, `run`, `output`, `end` and `finish`.
 */
export class FakeDesk implements Desk {
  readonly #clock: Clock;
  readonly rows = new Map<number, TaskRecord>();
  readonly acts: { verb: string; task: number; eventId: string | null }[] = [];
  readonly #outputs = new Map<string, { bytes: Buffer; cutAt: number | null }>();
  readonly #listeners = new Set<(news: DeskNews) => void>();
  readonly #seen = new Map<string, number>();
  agentList: Agent[] = [];
  readonly wishes: KeepWish[] = [];
  /** The rules, which a test may replace. */
  terms = new Terms(soloPolicy, classify);
  seq = 500;
  #next = 1042;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  async ask({ request, on, asker, place, eventId }: Ask): Promise<Outcome> {
    if (request.trim() === '') return { kind: 'refused', sentence: sentence('request_empty', {}) };
    const known = eventId === null ? undefined : this.#seen.get(eventId);
    if (known !== undefined) return this.#done(known);
    const now = this.#clock.now();
    const number = this.#next++;
    if (eventId !== null) this.#seen.set(eventId, number);
    const task: Task = {
      ...bareTask,
      ...{ number, request, on, asker },
      place: { ...place, thread: place.thread ?? String(number) },
      ...{ createdAt: now, updatedAt: now },
    };
    this.rows.set(number, { task, proposal: null, runs: [] });
    this.acts.push({ verb: 'ask', task: number, eventId });
    this.tell({ tasks: [number] });
    return this.#done(number);
  }

  async approve(number: number, act: Parameters<Desk['approve']>[1]) {
    const row = this.rows.get(number);
    if (!row) return refused('task_unknown', { number });
    if (row.task.state !== TaskState.proposed) {
      return refused('task_decided', { number, state: row.task.state });
    }
    if (row.proposal?.digest !== act.digest) return refused('card_outdated', {});
    const confirmation = this.#cardOf(row).terms?.confirmation;
    if (confirmation && confirmation.text !== act.confirm?.trim().replace(/^#/, ''))
      return { kind: 'refused' as const, sentence: confirmation.why };
    this.#acted('approve', number, act);
    row.runs = row.task.targets.map((target, at) => this.#runOf(row, target, act.canary && at > 0));
    this.change(number, {
      state: TaskState.running,
      decision: { verdict: 'approved', by: act.by, at: this.#clock.now(), reason: null },
    });
    return this.#done(number);
  }

  async reject(number: number, act: Act & { reason: string | null }) {
    return this.#decide(number, act, 'reject', TaskState.rejected, 'rejected', act.reason);
  }

  async cancel(number: number, act: Act) {
    return this.#decide(number, act, 'cancel', TaskState.cancelled, 'cancelled', null);
  }

  async edit(number: number, act: Act & { proposal: number; texts: { digest: string; text: string }[] }) {
    const proposal = this.rows.get(number)?.proposal;
    if (!proposal) return refused('task_unknown', { number });
    if (act.texts.some((t) => !proposal.scripts.some((s) => s.digest === t.digest))) {
      return refused('card_outdated', {});
    }
    this.#acted('edit', number, act);
    const texts = proposal.scripts.map((s) => ({
      platforms: s.platforms,
      text: act.texts.find((t) => t.digest === s.digest)?.text ?? s.text,
    }));
    this.propose(number, { texts, drafter: 'person', summary: proposal.summary });
    return this.#done(number);
  }

  async choose(number: number, act: Act & { option: string }) {
    this.#acted('choose', number, act);
    this.change(number, { state: TaskState.drafting, question: null, on: act.option });
    return this.#done(number);
  }

  keepForm = async (): Promise<FormOutcome> => ({ kind: 'form', form: keepForm });

  async keep(number: number, act: Act & { wish: KeepWish }) {
    this.#acted('keep', number, act);
    this.wishes.push(act.wish);
    this.change(number, { kept: { name: act.wish.name, version: 1, by: act.by, at: this.#clock.now() } });
    return this.#done(number);
  }

  async continue(number: number, act: Act) {
    this.#acted('continue', number, act);
    const row = this.#row(number);
    for (const run of row.runs) if (run.state === RunState.held) run.state = RunState.queued;
    this.change(number, { state: TaskState.running });
    return this.#done(number);
  }

  async stop(number: number, act: Act) {
    this.#acted('stop', number, act);
    for (const run of this.#row(number).runs) if (run.state === RunState.held) run.state = RunState.skipped;
    this.change(number, { state: TaskState.answering });
    return this.#done(number);
  }

  /** The console shows every task; nothing is posted. */
  async show(number: number, act: Act) {
    this.#acted('show', number, act);
    return this.#done(number);
  }

  #cardOf(row: TaskRecord): Card {
    return cardFor(this.terms, row, this.agentList);
  }

  async card(number: number): Promise<Card | null> {
    const row = this.rows.get(number);
    return row ? this.#cardOf(row) : null;
  }

  async cards({ states, before, place, limit }: CardFilter): Promise<Card[]> {
    return [...this.rows.values()]
      .filter(({ task }) => !states || states.includes(task.state))
      .filter(({ task }) => before === undefined || task.number < before)
      .filter(({ task }) => !place || JSON.stringify(task.place) === JSON.stringify(place))
      .sort((a, b) => b.task.number - a.task.number)
      .slice(0, limit)
      .map((row) => this.#cardOf(row));
  }

  /** What the person's own clicks would be refused for, the real desk knows; here it waits for everybody. */
  /** Who may not even look, by their ids. */
  readonly shutOut = new Set<string>();

  lookRefusal({ id }: Pick<Actor, 'surface' | 'id'>): Sentence | null {
    return this.shutOut.has(id) ? sentence('access_denied', {}) : null;
  }

  async awaits(_who: Pick<Actor, 'surface' | 'id'>, limit: number): Promise<Card[]> {
    const open = await this.cards({ states: [TaskState.proposed, TaskState.paused], limit });
    return open.reverse();
  }

  async usage({ surface, id }: Pick<Actor, 'surface' | 'id'>) {
    const tasks = [...this.rows.values()].map(({ task }) => task);
    return {
      windowMs: 7 * 24 * 3_600_000,
      asked: tasks.length,
      askedByThem: tasks.filter(({ asker }) => asker.surface === surface && asker.id === id).length,
      answered: tasks.filter(({ state }) => state === TaskState.done).length,
    };
  }

  async agents(): Promise<Agent[]> {
    return this.agentList;
  }

  async output(task: number, runId: string, stream: OutputStream, offset: number, bytesMax: number) {
    if (!this.rows.get(task)?.runs.some((r) => r.id === runId)) return null;
    const kept = this.#outputs.get(`${runId}/${stream}`) ?? { bytes: Buffer.alloc(0), cutAt: null };
    return {
      bytes: kept.bytes.subarray(offset, offset + bytesMax),
      total: kept.bytes.length,
      cutAt: kept.cutAt,
    };
  }

  watch(listener: (news: DeskNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // The test's part: workers and machines.

  tell(news: { [K in 'tasks' | 'outputs' | 'incidents']?: number[] } & Partial<Told>): void {
    this.seq += 1;
    const [tasks, outputs, incidents] = [new Set(news.tasks), new Set(news.outputs), new Set(news.incidents)];
    const agents = new Set(news.agents);
    const told = { seq: this.seq, tasks, outputs, incidents, agents, words: news.words ?? null };
    for (const listener of this.#listeners) listener(told);
  }

  change(number: number, changes: Partial<Task>): void {
    const row = this.#row(number);
    row.task = {
      ...row.task,
      ...changes,
      revision: row.task.revision + 1,
      updatedAt: this.#clock.now(),
      runsOpen: row.runs.filter((r) => !isRunEnded(r.state) && r.state !== RunState.held).length,
      runsHeld: row.runs.filter((r) => r.state === RunState.held).length,
      runsTotal: row.runs.length,
    };
    this.tell({ tasks: [number] });
  }

  propose(
    number: number,
    to: {
      texts: { text: string; platforms: Platform[] }[];
      on?: string[];
      drafter?: Proposal['drafter'];
      summary?: string;
    },
  ): void {
    const row = this.#row(number);
    const targets = to.on
      ? this.agentList
          .filter((a) => to.on?.includes(a.name))
          .map((a) => ({ agentId: a.id, name: a.name, platform: a.facts.platform }))
      : row.task.targets;
    const scripts = to.texts.map(({ text, platforms }) => {
      const made = makeScript(interpreterOf(platforms[0] ?? 'linux'), text);
      if (!made.ok) throw new Error(made.sentence.text);
      return { ...made.script, platforms, risk: this.terms.riskOf(made.script) };
    });
    const timeoutMs = 60_000;
    const revision = (row.proposal?.revision ?? 0) + 1;
    row.proposal = {
      task: number,
      revision,
      digest: proposalDigest(scripts, targets, timeoutMs),
      scripts,
      summary: to.summary ?? 'Shows how much memory is used and which processes use the most.',
      timeoutMs,
      drafter: to.drafter ?? 'runbook',
      author: null,
      editors: [],
      typedByAsker: true,
      runbook:
        to.drafter === undefined
          ? { name: 'memory', title: 'Memory', digest: 'a'.repeat(64), parameters: {}, verbatim: true }
          : null,
      followUps: [],
      createdAt: this.#clock.now(),
    };
    this.change(number, {
      state: TaskState.proposed,
      targets,
      proposalRevision: revision,
      decideBy: this.#clock.now() + 8 * 3_600_000,
    });
  }

  /** Moves one run on. */
  run(number: number, name: string, changes: Partial<Run>): void {
    const run = this.runOn(number, name);
    Object.assign(run, changes);
    if (changes.state === RunState.running) run.startedAt = this.#clock.now();
    if (changes.state && isRunEnded(changes.state)) run.endedAt = this.#clock.now();
    this.change(number, {});
  }

  write(number: number, name: string, stream: OutputStream, text: string, cutAt: number | null = null): void {
    const run = this.runOn(number, name);
    const key = `${run.id}/${stream}`;
    const bytes = Buffer.concat([this.#outputs.get(key)?.bytes ?? Buffer.alloc(0), Buffer.from(text)]);
    this.#outputs.set(key, { bytes, cutAt });
    run[stream === 'stdout' ? 'stdoutBytes' : 'stderrBytes'] = bytes.length;
    this.tell({ outputs: [number] });
  }

  runOn(number: number, name: string): Run {
    const run = this.#row(number).runs.find((r) => r.agentName === name);
    if (!run) throw new Error(`no run on ${name}`);
    return run;
  }

  #row(number: number): TaskRecord {
    const row = this.rows.get(number);
    if (!row) throw new Error(`no task ${number}`);
    return row;
  }

  #runOf({ task, proposal }: TaskRecord, target: Task['targets'][number], held: boolean): Run {
    const script = proposal?.scripts.find((s) => s.platforms.includes(target.platform));
    return {
      ...bareRun,
      id: createHash('sha256').update(`${task.number} ${target.agentId}`).digest('hex'),
      task: task.number,
      agentId: target.agentId,
      agentName: target.name,
      platform: target.platform,
      approvalId: 'approval',
      scriptDigest: script?.digest ?? '',
      state: held ? RunState.held : RunState.queued,
      wave: held ? 1 : 0,
      runBy: this.#clock.now() + 3_600_000,
    };
  }

  #decide(
    number: number,
    act: Act,
    verb: string,
    state: TaskState,
    verdict: 'rejected' | 'cancelled',
    reason: string | null,
  ): Promise<Outcome> | Outcome {
    const row = this.rows.get(number);
    if (!row) return refused('task_unknown', { number });
    if (isTaskEnded(row.task.state)) return refused('task_decided', { number, state: row.task.state });
    this.#acted(verb, number, act);
    this.change(number, { state, decision: { verdict, by: act.by, at: this.#clock.now(), reason } });
    return this.#done(number);
  }

  #acted(verb: string, task: number, { eventId }: Act): void {
    this.acts.push({ verb, task, eventId });
  }

  async #done(number: number): Promise<Outcome> {
    const card = await this.card(number);
    if (!card) throw new Error(`no task ${number}`);
    return { kind: 'done', card };
  }
}

/** What else a test tells. */
type Told = { agents: string[]; words: DeskNews['words'] };

const refused = (...said: Parameters<typeof sentence>): Outcome => {
  return { kind: 'refused', sentence: sentence(...said) };
};

/** A machine as the desk knows it. */
export const agentOf = (name: string, changes: Partial<Agent> & { platform?: Platform } = {}): Agent => {
  const { platform = 'linux', ...rest } = changes;
  return {
    ...bareAgent,
    id: `id-${name}`,
    name,
    facts: {
      platform,
      arch: 'x64',
      hostname: name,
      osVersion: platform === 'windows' ? 'Windows Server 2022' : 'Debian GNU/Linux 12',
      kernel: '6.1.0',
      privateIps: ['10.0.0.7'],
      shells: [{ interpreter: Interpreter.bash, version: '5.2', path: '/bin/bash' }],
      cpus: 8,
      memoryBytes: 16 * 1024 ** 3,
      agentVersion: '0.1.0',
    },
    lastSeenAt: Date.UTC(2026, 10, 21, 14, 1),
    load: {
      at: 0,
      cpuFraction: 0.23,
      memoryUsedBytes: 11 * 1024 ** 3,
      memoryTotalBytes: 16 * 1024 ** 3,
      diskUsedBytes: 41 * 1024 ** 3,
      diskTotalBytes: 100 * 1024 ** 3,
      load1: 0.84,
      uptimeSeconds: 86_400,
    },
    ...rest,
  };
};
