import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/core/answer.ts';
import { type Card, type CardSource, cardOf, isBadEnd } from '../../src/core/card.ts';
import { endedRunStates, type Run, type RunState } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import { type Decision, isTaskEnded, type Target, type Task, TaskState } from '../../src/core/task.ts';
import { ada, agentWith, now, proposalOf, runWith, taskWith } from './rows.ts';

const states = Object.values(TaskState);
const proposal = proposalOf('free -m');
const decision: Decision = { verdict: 'approved', by: ada, at: now, reason: null };
const target = (name: string): Target => ({ agentId: `id-${name}`, name, platform: 'linux' });
const answer: Answer = {
  words: 'There is room',
  hosts: [],
  followUps: [{ label: 'disk', request: 'check disk' }],
  language: 'en',
  reader: 'runbook',
};

const card = (task: Partial<Task>, rest: Partial<Omit<CardSource, 'task'>> = {}): Card =>
  cardOf({ task: taskWith(task), proposal: null, runs: [], agents: [], terms: null, ...rest });
const actionsOf = (...args: Parameters<typeof card>): string[] => card(...args).actions.map((a) => a.kind);
const runsIn = (...ends: RunState[]): Run[] =>
  ends.map((state, i) => runWith({ state, agentName: `db${i + 1}` }));

describe('what a person can do', () => {
  it('while a script is looked for or running: stop it', () => {
    expect(actionsOf({ state: 'drafting' })).toEqual(['cancel']);
    expect(actionsOf({ state: 'running' })).toEqual(['cancel']);
  });

  it('when asked for the machine: choose one of the options', () => {
    const question = { sentence: sentence('machine_missing', { count: 2 }), options: ['db1', 'db2'] };
    const asking = card({ state: 'asking', question });
    expect(asking.actions).toEqual([
      { kind: 'choose', option: 'db1' },
      { kind: 'choose', option: 'db2' },
      { kind: 'cancel' },
    ]);
    expect(asking.question).toEqual({ text: question.sentence.text, options: question.options });
  });

  it('when the script is shown: approve exactly it, reject it, or edit it', () => {
    const shown = card({ state: 'proposed', targets: [target('db1')] }, { proposal });
    const about = { proposal: proposal.revision, digest: proposal.digest };
    expect(shown.actions).toEqual([
      { kind: 'approve', ...about, canary: false, typed: null },
      { kind: 'reject' },
      { kind: 'edit' },
    ]);
  });

  it('with several machines: also try it on one of them first', () => {
    const shown = card({ state: 'proposed', targets: [target('db1'), target('db2')] }, { proposal });
    expect(shown.actions).toContainEqual({
      kind: 'approve',
      proposal: proposal.revision,
      digest: proposal.digest,
      canary: true,
      typed: null,
    });
  });

  it('between waves: go on with the number of machines that the button says, or leave it', () => {
    expect(card({ state: 'paused', runsHeld: 9 }).actions).toEqual([
      { kind: 'continue', runs: 9 },
      { kind: 'stop' },
    ]);
  });

  it.each(states.filter((s) => isTaskEnded(s) || s === 'answering' || s === 'cancelling'))(
    'nothing more in %s',
    (state) => {
      expect(actionsOf({ state, targets: [target('db1')] }, { proposal })).toEqual([]);
    },
  );
});

describe('the headline', () => {
  it.each<[Partial<Task>, Run[], string]>([
    [{ state: 'drafting' }, [], 'Looking for a script'],
    [{ state: 'asking' }, [], 'Which machine?'],
    [{ state: 'proposed', targets: [target('db1')] }, [], 'Ready to run on 1 machine'],
    [{ state: 'proposed', targets: [target('db1'), target('db2')] }, [], 'Ready to run on 2 machines'],
    [{ state: 'running', runsOpen: 1, runsTotal: 1 }, runsIn('queued'), 'Waiting for db1'],
    [{ state: 'running', runsOpen: 1, runsTotal: 1 }, runsIn('sent'), 'Waiting for db1'],
    [{ state: 'running', runsOpen: 1, runsTotal: 1 }, runsIn('running'), 'Running on db1'],
    [{ state: 'running', runsOpen: 1, runsHeld: 3, runsTotal: 5 }, runsIn('running', 'succeeded'), '1 of 5'],
    [
      { state: 'paused', runsHeld: 9, runsTotal: 10 },
      [],
      'Paused after 1 machine: look, then run on the other 9',
    ],
    [{ state: 'cancelling', runsOpen: 2 }, [], '2 machines still busy'],
    [{ state: 'answering' }, [], 'Reading the output'],
    [{ state: 'done', runsTotal: 2 }, runsIn('succeeded', 'succeeded'), 'Done on 2 machines'],
    [{ state: 'done', runsTotal: 2 }, runsIn('succeeded', 'lost'), 'Done, with a problem on 1 machine'],
    [{ state: 'done', runsTotal: 3 }, runsIn('succeeded', 'skipped', 'skipped'), 'Done on db1'],
    [{ state: 'cancelled', decision: { ...decision, verdict: 'cancelled' } }, [], 'Cancelled by ada'],
    [{ state: 'rejected', decision: { ...decision, verdict: 'rejected' } }, [], 'Rejected by ada'],
    [{ state: 'expired' }, [], 'Nobody decided in time'],
    [{ state: 'refused' }, [], 'Refused by policy'],
    [{ state: 'failed' }, [], 'No script for this'],
  ])('of %j', (task, runs, headline) => {
    expect(card(task, { runs }).headline).toContain(headline);
  });

  it('says where there is something to look at although every script went well', () => {
    const host = { agentName: 'db1', words: 'The disk is full.', facts: [], evidence: [], ok: false };
    const answer = {
      words: host.words,
      hosts: [host],
      followUps: [],
      language: 'en',
      reader: 'runbook',
    } as const;
    const shown = card(
      { state: 'done', runsTotal: 1, answer: { ...answer, hosts: [host], followUps: [] } },
      { runs: runsIn('succeeded') },
    );
    expect(shown).toMatchObject({ tone: 'bad', headline: 'Done, with something to look at on 1 machine' });
  });

  it('is one line in every state, for a phone at night', () => {
    for (const state of states) expect(card({ state }).headline).toMatch(/^[^\n]{1,80}$/);
  });
});

describe('the tone', () => {
  it.each<[TaskState, Card['tone']]>([
    ['drafting', 'working'],
    ['asking', 'waiting'],
    ['proposed', 'waiting'],
    ['running', 'working'],
    ['paused', 'waiting'],
    ['cancelling', 'working'],
    ['answering', 'working'],
    ['done', 'good'],
    ['cancelled', 'quiet'],
    ['rejected', 'quiet'],
    ['expired', 'quiet'],
    ['refused', 'bad'],
    ['failed', 'bad'],
  ])('of %s is %s', (state, tone) => {
    expect(card({ state }).tone).toBe(tone);
  });

  it('of done is bad when a run ended badly, or when a machine is not well', () => {
    expect(card({ state: 'done' }, { runs: runsIn('succeeded', 'undelivered') }).tone).toBe('bad');
    const host = { agentName: 'db1', words: 'full', facts: [], evidence: [], ok: false };
    expect(card({ state: 'done', answer: { ...answer, hosts: [host] } }).tone).toBe('bad');
  });
});

describe('the runs', () => {
  it('stand with the interesting ones first: bad ends, then running, then waiting, then good', () => {
    const runs = runsIn('succeeded', 'queued', 'running', 'lost', 'failed', 'held', 'skipped', 'running');
    expect(card({}, { runs }).runs.map((r) => r.name)).toEqual([
      'db4',
      'db5',
      'db3',
      'db8',
      'db2',
      'db6',
      'db1',
      'db7',
    ]);
  });

  it('stand in the order in which people count', () => {
    const runs = ['db10', 'db9', 'db1'].map((agentName) => runWith({ agentName }));
    expect(card({}, { runs }).runs.map((r) => r.name)).toEqual(['db1', 'db9', 'db10']);
  });

  it('are all there, however they ended', () => {
    const shown = card(
      { state: 'done', runsTotal: endedRunStates.length },
      { runs: runsIn(...endedRunStates) },
    );
    expect(new Set(shown.runs.map((r) => r.state))).toEqual(new Set(endedRunStates));
  });

  it.each<RunState>(['failed', 'timed_out', 'refused', 'unstarted', 'undelivered', 'lost'])(
    'that %s want a look',
    (state) => {
      expect(isBadEnd(state)).toBe(true);
    },
  );

  it.each<RunState>(['succeeded', 'cancelled', 'skipped', 'running', 'queued'])(
    'that are %s do not',
    (state) => {
      expect(isBadEnd(state)).toBe(false);
    },
  );
});

describe('the progress', () => {
  it('is none before an approval', () => {
    expect(card({ state: 'proposed' }).progress).toBeNull();
  });

  it('counts what has ended, what ended badly, and what waits for its wave', () => {
    const runs = runsIn('succeeded', 'failed', 'running', 'held', 'held');
    expect(card({ state: 'running', runsTotal: 5, runsHeld: 2 }, { runs }).progress).toEqual({
      total: 5,
      ended: 2,
      bad: 1,
      held: 2,
    });
  });
});

describe('what is shown', () => {
  it('of a script is all of it, with what hides in it made visible', () => {
    const [script] = card({}, { proposal: proposalOf('echo a\u202eb\nls') }).scripts;
    expect(script).toMatchObject({ text: 'echo a⟨U+202E⟩b\nls\n', hasHidden: true, lines: 2 });
    expect(card({}, { proposal }).scripts[0]).toMatchObject({
      text: 'free -m\n',
      hasHidden: false,
      lines: 1,
    });
  });

  it('of a request too', () => {
    expect(card({ request: 'a\u200bb' }).request).toBe('a⟨U+200B⟩b');
  });

  it('of a target is whether it is there now; one that left is still named', () => {
    const targets = [target('db1'), target('db2'), target('gone')];
    const agents = [agentWith('db1', { role: 'db' }), { ...agentWith('db2'), online: false }];
    expect(card({ targets }, { agents }).targets).toEqual([
      { name: 'db1', platform: 'linux', online: true, labels: { role: 'db' } },
      { name: 'db2', platform: 'linux', online: false, labels: {} },
      { name: 'gone', platform: 'linux', online: false, labels: {} },
    ]);
  });

  it('of a decision is who and why', () => {
    expect(card({ state: 'running', decision: { ...decision, reason: 'go' } }).decision).toEqual({
      verdict: 'approved',
      by: 'ada',
      at: now,
      reason: 'go',
    });
  });

  it('of a failure is its sentence and the ways out of it', () => {
    const why = sentence('runbook_none', { nearest: ['disk'] });
    const suggestions = [{ label: 'disk', request: 'check disk' }];
    expect(card({ state: 'failed', sentence: why, suggestions })).toMatchObject({
      notices: [why],
      followUps: suggestions,
    });
  });

  it("of an answer are its own follow-ups, no longer the drafter's", () => {
    const suggestions = [{ label: 'old', request: 'old' }];
    expect(card({ state: 'done', answer, suggestions })).toMatchObject({
      answer,
      followUps: answer.followUps,
    });
  });

  it('is the same for the same rows', () => {
    const source = {
      task: taskWith(),
      proposal,
      runs: runsIn('lost', 'running'),
      agents: [agentWith('db1')],
      terms: null,
    };
    expect(cardOf(structuredClone(source))).toEqual(cardOf(source));
  });
});

it('says that a secret was taken out of the request, whatever became of it', () => {
  const task = taskWith({ request: 'log in with [redacted: password]', state: 'failed' });
  const card = cardOf({ task, proposal: null, runs: [], agents: [], terms: null });
  expect(card.notices.map((n) => n.code)).toEqual(['request_redacted']);
});

describe('a machine whose own policy binds only by consent', () => {
  const on = (state: 'none' | 'read-only', isBinding: boolean) => {
    const agent = agentWith('db1');
    return { ...agent, facts: { ...agent.facts, policy: { state, isBinding } } };
  };
  const codes = (task: Partial<Task>, agent: ReturnType<typeof on>) =>
    card(
      { proposalRevision: 1, targets: [target('db1'), target('db2')], ...task },
      { proposal, agents: [agent] },
    ).notices.map((n) => n.code);

  it('says so while something is to be decided, and only then', () => {
    expect(codes({ state: 'proposed' }, on('read-only', false))).toEqual(['policy_by_consent']);
    expect(codes({ state: 'paused' }, on('read-only', false))).toEqual(['policy_by_consent']);
    expect(codes({ state: 'running' }, on('read-only', false))).toEqual([]);
    expect(codes({ state: 'proposed' }, on('read-only', true))).toEqual([]);
    expect(codes({ state: 'proposed' }, on('none', false))).toEqual([]);
  });

  it('is named', () => {
    const { notices } = card(
      { state: 'proposed', targets: [target('db1')] },
      { agents: [on('read-only', false)] },
    );
    expect(notices[0]?.text).toMatch(/^db1 has a policy of its own that binds only by consent: /);
  });
});
