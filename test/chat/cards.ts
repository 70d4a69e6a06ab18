import type { Agent } from '../../src/core/agent.ts';
import type { Answer, HostReading } from '../../src/core/answer.ts';
import { type Card, cardOf } from '../../src/core/card.ts';
import type { CardDemand, CardTerms } from '../../src/core/card-terms.ts';
import type { Proposal } from '../../src/core/proposal.ts';
import { classify } from '../../src/core/risk/classify.ts';
import type { Run, RunState } from '../../src/core/run.ts';
import { Interpreter, makeScript, proposalDigest } from '../../src/core/script.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { Decision, Platform, Task } from '../../src/core/task.ts';
import { ada, agentWith, now, runWith, taskWith } from '../core/rows.ts';

/** Cards of every state, as core makes them of rows: what people meet in a channel. */

const minute = 60_000;

/** The scripts as people get them; the text of one interpreter each. */
export const proposalWith = (
  texts: Partial<Record<Interpreter, string>>,
  fields: Partial<Proposal> = {},
): Proposal => {
  const platforms: Record<Interpreter, Platform[]> = { bash: ['linux'], powershell: ['windows'] };
  const scripts = Object.values(Interpreter).flatMap((interpreter) => {
    const text = texts[interpreter];
    if (text === undefined) return [];
    const made = makeScript(interpreter, text);
    if (!made.ok) throw new Error(made.sentence.text);
    return [
      { ...made.script, platforms: platforms[interpreter], risk: classify(interpreter, made.script.text) },
    ];
  });
  return {
    task: 1042,
    revision: 1,
    digest: proposalDigest(scripts, [], minute),
    scripts,
    summary: '',
    timeoutMs: minute,
    drafter: 'runbook',
    author: null,
    editors: [],
    typedByAsker: true,
    runbook: { name: 'memory', title: 'Memory', digest: 'd', parameters: {}, verbatim: true },
    followUps: [],
    createdAt: now,
    ...fields,
  };
};

export const machinesNamed = (
  names: readonly string[],
  labels: Record<string, string> = { role: 'db', env: 'prod' },
): Agent[] => names.map((name) => agentWith(name, labels));

export interface Scene {
  task?: Partial<Task>;
  machines?: readonly Agent[];
  proposal?: Proposal | null;
  runs?: readonly Run[];
  terms?: Partial<CardTerms> | null;
}

/** A card of these rows; the machines are its targets. */
export const cardWith = ({
  task = {},
  machines = [],
  proposal = null,
  runs = [],
  terms = null,
}: Scene): Card =>
  cardOf({
    task: taskWith({
      targets: machines.map(({ id, name, facts }) => ({ agentId: id, name, platform: facts.platform })),
      proposalRevision: proposal?.revision ?? 0,
      runsTotal: runs.length,
      ...task,
    }),
    proposal,
    runs,
    agents: machines,
    terms: terms === null ? null : { demands: [], confirmation: null, alone: false, ...terms },
  });

export const demand = (fields: Partial<CardDemand> = {}): CardDemand => ({
  rule: 'prod',
  reason: 'Production takes two',
  approvals: 2,
  given: 1,
  approvers: ['group:dba'],
  by: ['cleo'],
  names: ['bob', 'eve'],
  more: 2,
  nobody: false,
  unlisted: [],
  admins: [],
  ...fields,
});

const cleo = { kind: 'person' as const, surface: 'slack', id: 'U2', name: 'cleo' };
const decided = (verdict: Decision['verdict'], reason: string | null = null): Decision => ({
  verdict,
  by: cleo,
  at: now + 2 * minute,
  reason,
});

const free = proposalWith(
  { bash: 'free -m\nps aux --sort=-%mem | head -n 6\n' },
  { summary: 'Shows how much memory is used, and by what.' },
);
const clean = proposalWith(
  {
    bash: "cd /var/log/app\nfind . -name '*.gz' -mtime +30 -delete\nrm -rf /srv/releases/old\nsystemctl restart app\n",
  },
  { drafter: 'person', runbook: null, revision: 2, summary: 'Makes room on /var and restarts the app.' },
);
const restart = proposalWith(
  { bash: 'systemctl restart nginx\nsystemctl status nginx --no-pager\n' },
  { drafter: 'model', runbook: null, summary: 'Restarts nginx and shows whether it came back.' },
);
const mixed = proposalWith(
  { bash: 'df -h /\n', powershell: 'Get-PSDrive -PSProvider FileSystem\n' },
  { summary: 'Shows how full the disks are.' },
);
const long = proposalWith(
  { bash: Array.from({ length: 900 }, (_, i) => `echo "step ${i}"; sleep 0`).join('\n') },
  { drafter: 'model', runbook: null, summary: 'Walks through all steps of the migration.' },
);

const db1 = machinesNamed(['db1']);
const webs = machinesNamed(['web1', 'web2', 'web3'], { role: 'web', env: 'prod' });
const fleet = machinesNamed(
  Array.from({ length: 300 }, (_, i) => `web${i + 1}`),
  { role: 'web', env: 'prod' },
);

const runsOf = (machines: readonly Agent[], stateOf: (place: number) => RunState): Run[] =>
  machines.map(({ name }, place) => {
    const state = stateOf(place);
    const isBegun = !['queued', 'sent', 'held', 'skipped', 'undelivered'].includes(state);
    const isEnded = isBegun && !['running', 'accepted'].includes(state);
    return runWith({
      agentName: name,
      state,
      runBy: now + 60 * minute,
      startedAt: isBegun ? now : null,
      endedAt: isEnded ? now + 1_200 + place : null,
      exitCode: state === 'succeeded' ? 0 : state === 'failed' ? 2 : null,
      stdoutBytes: isBegun ? 900 : 0,
    });
  });

const running = runsOf(fleet, (i) =>
  i < 2 ? 'failed' : i < 120 ? 'succeeded' : i < 140 ? 'running' : 'queued',
);

const reading = (agentName: string, used: string, ok = true): HostReading => ({
  agentName,
  words: ok
    ? `${agentName} has room: ${used} of 16 GiB used.`
    : `${agentName} is nearly full: ${used} of 16 GiB.`,
  facts: [
    { label: 'Used', value: used },
    { label: 'Available', value: ok ? '11.2 GiB' : '0.4 GiB' },
    { label: 'Swap', value: '0 B' },
  ],
  evidence: ['              total        used        free', 'Mem:          15990        4210         812'],
  ok,
});

const answerOf = (words: string, hosts: HostReading[]): Answer => ({
  words,
  hosts,
  followUps: [
    { label: 'And the disk?', request: 'disk usage on db1' },
    { label: 'What uses the memory?', request: 'top processes by memory on db1' },
  ],
  language: 'en',
  reader: 'runbook',
});

const oneAnswer = answerOf('db1 has room: 4.2 GiB of 16 GiB are used, and nothing is swapped.', [
  reading('db1', '4.2 GiB'),
]);
const manyAnswer = answerOf('2 of 3 machines have room. web3 is nearly full.', [
  reading('web1', '4.2 GiB'),
  reading('web2', '4.4 GiB'),
  reading('web3', '15.6 GiB', false),
]);

const decideBy = now + 480 * minute;
const proposed = { state: 'proposed' as const, decideBy };
const approved = { decision: decided('approved') };
const typed = {
  text: '1042',
  why: sentence('confirm_dangerous', { number: 1042, count: 1 }),
};

/** Every state that a card can be in, by the name of its golden file. */
export const cards: Readonly<Record<string, Card>> = {
  drafting: cardWith({ task: { state: 'drafting' } }),
  asking: cardWith({
    task: {
      state: 'asking',
      question: { sentence: sentence('machine_missing', { count: 3 }), options: ['db1', 'db2', 'web1'] },
    },
  }),
  'asking-many': cardWith({
    task: {
      state: 'asking',
      question: {
        sentence: sentence('machine_missing', { count: 40 }),
        options: Array.from({ length: 40 }, (_, i) => `web${i + 1}`),
      },
    },
  }),
  proposed: cardWith({ task: proposed, machines: db1, proposal: free, terms: {} }),
  'proposed-changes': cardWith({
    task: { ...proposed, request: 'restart nginx on role=web' },
    machines: webs.map((web, i) => ({ ...web, online: i !== 1 })),
    proposal: restart,
    terms: {},
  }),
  'proposed-dangerous': cardWith({
    task: { ...proposed, request: 'make room on db1', votes: [{ by: cleo, at: now }] },
    machines: db1,
    proposal: clean,
    terms: { demands: [demand()], confirmation: typed },
  }),
  'proposed-alone': cardWith({
    task: { ...proposed, request: 'make room on db1' },
    machines: db1,
    proposal: clean,
    terms: { confirmation: typed, alone: true },
  }),
  'proposed-fleet': cardWith({
    task: { ...proposed, request: 'restart nginx on role=web' },
    machines: fleet,
    proposal: restart,
    terms: { confirmation: { text: '300', why: sentence('confirm_many', { count: 300 }) } },
  }),
  'proposed-mixed': cardWith({
    task: { ...proposed, request: 'how full are the disks on env=prod?' },
    machines: [...db1, agentWith('win1', { role: 'ad', env: 'prod' }, 'windows')],
    proposal: mixed,
    terms: {},
  }),
  'proposed-long': cardWith({
    task: { ...proposed, request: 'run the migration on db1' },
    machines: db1,
    proposal: long,
    terms: {},
  }),
  running: cardWith({
    task: { state: 'running', runsOpen: 1, ...approved },
    machines: db1,
    proposal: free,
    runs: runsOf(db1, () => 'running'),
  }),
  'running-fleet': cardWith({
    task: { state: 'running', runsOpen: 180, request: 'restart nginx on role=web', ...approved },
    machines: fleet,
    proposal: restart,
    runs: running,
  }),
  paused: cardWith({
    task: { state: 'paused', runsHeld: 2, request: 'restart nginx on role=web', ...approved },
    machines: webs,
    proposal: restart,
    runs: runsOf(webs, (i) => (i === 0 ? 'succeeded' : 'held')),
  }),
  cancelling: cardWith({
    task: { state: 'cancelling', runsOpen: 20, decision: decided('cancelled') },
    machines: fleet,
    proposal: restart,
    runs: running,
  }),
  answering: cardWith({
    task: { state: 'answering', ...approved },
    machines: db1,
    proposal: free,
    runs: runsOf(db1, () => 'succeeded'),
  }),
  done: cardWith({
    task: { state: 'done', answer: oneAnswer, ...approved },
    machines: db1,
    proposal: free,
    runs: runsOf(db1, () => 'succeeded'),
  }),
  'done-bad': cardWith({
    task: { state: 'done', answer: manyAnswer, request: 'check memory on role=web', ...approved },
    machines: webs,
    proposal: free,
    runs: runsOf(webs, (i) => (i === 2 ? 'failed' : 'succeeded')),
  }),
  cancelled: cardWith({
    task: { state: 'cancelled', decision: decided('cancelled', 'wrong cluster') },
    machines: webs,
    proposal: restart,
    runs: runsOf(webs, (i) => (i === 0 ? 'succeeded' : 'cancelled')),
  }),
  rejected: cardWith({
    task: { state: 'rejected', decision: decided('rejected', 'the releases are still needed') },
    machines: db1,
    proposal: clean,
  }),
  expired: cardWith({ task: { state: 'expired' }, machines: db1, proposal: free }),
  refused: cardWith({
    task: {
      state: 'refused',
      sentence: sentence('policy_refused', {
        rule: 'no deletes',
        machine: 'db1',
        reason: 'Deletes go through the runbook',
      }),
    },
    machines: db1,
    proposal: clean,
  }),
  failed: cardWith({
    task: {
      state: 'failed',
      request: 'make it faster',
      sentence: sentence('model_down_no_runbook', {
        reason: 'It answered 503',
        nearest: ['CPU', 'Memory', 'Disk'],
      }),
      suggestions: [{ label: 'CPU', request: 'cpu usage on db1' }],
    },
  }),
};

export { ada, cleo, manyAnswer, now, oneAnswer, reading };
