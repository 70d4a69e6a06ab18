import { cardOf } from '../../src/core/card.ts';
import { type IncidentEventKind, incidentTable } from '../../src/core/incident.ts';
import { IncidentState } from '../../src/core/incident-card.ts';
import { isRunEnded, RunState } from '../../src/core/run.ts';
import { runTable } from '../../src/core/run-transition.ts';
import { isTaskEnded, type Task, TaskState } from '../../src/core/task.ts';
import { taskTable } from '../../src/core/transition.ts';
import { proposalOf, taskWith } from './rows.ts';

/** Who takes a task on from each state. The diagrams and headlines come from the code; this is said here only. */
const taskOwners: { readonly [S in TaskState]: string } = {
  drafting: 'the drafter',
  asking: 'a person, until `decideBy`',
  proposed: 'a person, until `decideBy`',
  running: 'the dispatcher',
  paused: 'a person',
  cancelling: 'the dispatcher',
  answering: 'the interpreter',
  done: 'nobody',
  cancelled: 'nobody',
  rejected: 'nobody',
  expired: 'nobody',
  refused: 'nobody',
  failed: 'nobody',
};

const runOwners: { readonly [S in RunState]: readonly [owner: string, meaning: string] } = {
  held: ['a person', 'waits for its wave'],
  queued: ['the dispatcher, until `runBy`', 'approved, and waits for its agent'],
  sent: [
    'the gateway, until `runBy`',
    'written to the stream; sent again if the next hello does not name it',
  ],
  accepted: ['the agent', "on the agent's disk; from here the agent's spool decides what happens"],
  running: ['the agent', 'the script is running'],
  succeeded: ['nobody', 'exit code 0'],
  failed: ['nobody', 'another exit code'],
  timed_out: ['nobody', 'stopped at its time limit'],
  cancelled: ['nobody', 'stopped by a person'],
  refused: [
    'nobody',
    "by the agent's own policy, or because signature, rows and order did not fit each other; it did not run",
  ],
  unstarted: ['nobody', 'accepted, but it could not be started; it did not run'],
  undelivered: ['nobody', 'never accepted by `runBy`; it did not run'],
  skipped: ['nobody', 'its wave was never released; it did not run'],
  lost: ['later evidence, if any comes', 'nobody can say what became of it'],
};

const incidentMeanings: { readonly [S in IncidentState]: readonly [owner: string, meaning: string] } = {
  firing: ['a person', 'at least one of its alerts fires'],
  acknowledged: ['whoever said so', 'somebody looks at it, here or in the source itself'],
  silenced: ['the clock, until the silence is over', 'nothing is told of it but that it ends'],
  flapping: ['the clock, until it is quiet', 'came back so often that it is told once and counted'],
  resolved: ['nobody', 'all of its alerts have ended; soon after, the same group opens it again'],
};

const incidentEvents: { readonly [K in IncidentEventKind]: string } = {
  change: 'its alerts were told again, more of them or fewer',
  fire: 'it fires again after its end',
  resolve: 'the last of its alerts has ended',
  acknowledge: 'a person, or the source, says that somebody looks',
  silence: 'a person, until an instant',
  unsilence: 'a person',
  wake: 'the clock: the silence is over',
  close: 'its source will not end it: not heard of for days, past what it said, or a watch that was removed',
  calm: 'the clock: no turn for a while; of a storm: no new incident',
};

/** A task in this state as a card would show it: on three machines, of which the first is through. */
const example = (state: TaskState): Task =>
  taskWith({
    state,
    targets: ['db1', 'db2', 'db3'].map((name) => ({ agentId: name, name, platform: 'linux' })),
    runsTotal: 3,
    runsOpen: state === TaskState.running || state === TaskState.cancelling ? 2 : 0,
    runsHeld: state === TaskState.paused ? 2 : 0,
    question: null,
    decision: { verdict: 'cancelled', by: { ...taskWith().asker, name: 'ada' }, at: 0, reason: null },
  });

/** What a person reads and can press, from the card itself. */
const seenIn = (state: TaskState): [headline: string, buttons: string] => {
  const { headline, actions } = cardOf({
    task: example(state),
    proposal: proposalOf('free'),
    runs: [],
    agents: [],
    terms: null,
  });
  const buttons = [...new Set(actions.map((a) => a.kind))];
  // The options of the question are the buttons; this example has none.
  if (state === TaskState.asking) buttons.unshift('choose');
  return [headline, buttons.join(', ') || '–'];
};

type Table = Readonly<Record<string, Readonly<Record<string, readonly string[] | undefined>>>>;

/** Events that may lead to more than so many states go through a point of choice, which several states share. */
const arrowsMax = 3;

const diagram = (table: Table, starts: readonly string[], isEnded: (state: string) => boolean): string => {
  const lines = starts.map((state) => `[*] --> ${state}`);
  const choices = new Map<string, string>();
  const choiceOf = (event: string, tos: readonly string[]): string => {
    const key = `${event} ${tos}`;
    const known = choices.get(key);
    if (known) return known;
    const name = `${event}_${choices.size + 1}`;
    choices.set(key, name);
    lines.push(`state ${name} <<choice>>`, ...tos.map((to) => `${name} --> ${to}`));
    return name;
  };
  for (const [from, events] of Object.entries(table)) {
    const byTo = new Map<string, string[]>();
    for (const [event, tos = []] of Object.entries(events)) {
      const ends = tos.length > arrowsMax ? [choiceOf(event, tos)] : tos;
      for (const to of ends) byTo.set(to, [...(byTo.get(to) ?? []), event]);
    }
    for (const [to, by] of byTo) lines.push(`${from} --> ${to}: ${by.join(', ')}`);
    if (isEnded(from)) lines.push(`${from} --> [*]`);
  }
  return ['```mermaid', 'stateDiagram-v2', ...lines.map((line) => `  ${line}`), '```'].join('\n');
};

/** A Markdown table whose columns stand under each other, as the formatter wants it; the first row is its head. */
const table = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
};

/** docs/state-machine.md, drawn from the tables. */
export const stateMachinePage = (): string => `# The states of tasks, runs and incidents

This page is drawn from \`taskTable\` (src/core/transition.ts), \`runTable\` (src/core/run-transition.ts), \`incidentTable\`
(src/core/incident.ts) and the card (src/core/card.ts); a test holds it to them. After a change there, draw it again:

    npx vitest run test/core/state-machine.test.ts -u

Every arrow is one commit: the new state, its audit entry and what follows from it are stored together, or none of it
is. An event that has no arrow from the state in which it finds the task or run is a lost race: it changes nothing, and
nobody needs to be told.

## Task

${diagram(taskTable, [TaskState.drafting], (s) => isTaskEnded(s as TaskState))}

\`run-end\` counts the open runs down; what the last one leads to is \`paused\` while a wave is held, else \`answering\`, or
\`cancelled\` where someone had said stop. \`correct\` is a lost run's true end that came after all: an answer that was
given is written again.

${table([
  ['State', 'Who takes it on', 'Headline', 'Buttons'],
  ...Object.values(TaskState).map((s) => [s, taskOwners[s], ...seenIn(s)]),
])}

## Run

One script on one agent, once. Every run of a task ends in one of the ends and is shown; a machine that did not answer
is a line on the card, not an absence.

${diagram(runTable, [RunState.held, RunState.queued], (s) => isRunEnded(s as RunState))}

${table([
  ['State', 'Who takes it on', 'What it means'],
  ...Object.values(RunState).map((s) => [s, ...runOwners[s]]),
])}

## Incident

Alerts that a source keeps together, from their beginning to their end. What a delivery says of one group is one step;
a repetition leaves the state as it is.

${diagram(incidentTable, [IncidentState.firing, IncidentState.flapping], (s) => s === IncidentState.resolved)}

${table([
  ['State', 'Who takes it on', 'What it means'],
  ...Object.values(IncidentState).map((s) => [s, ...incidentMeanings[s]]),
])}

${table([['Event', 'What happened'], ...Object.entries(incidentEvents)])}
`;
