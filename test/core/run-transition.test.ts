import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRunEnded, type Run, RunState } from '../../src/core/run.ts';
import {
  type FinishFacts,
  type RunEvent,
  type RunEventKind,
  reportableEnds,
  runTable,
  transitionRun,
} from '../../src/core/run-transition.ts';
import { sentence } from '../../src/core/sentences.ts';
import { now, runWith } from './rows.ts';

const states = Object.values(RunState);
const why = sentence('undelivered', { name: 'db1' });
const later = now + 1_000;

const finish = (facts: Partial<FinishFacts> = {}): RunEvent => ({
  kind: 'finish',
  end: RunState.succeeded,
  exitCode: 0,
  stdoutCutAt: null,
  stderrCutAt: null,
  sentence: null,
  ...facts,
});

/** Every event of each kind: a finish in all its ends. */
const eventsOf: { readonly [K in RunEventKind]: readonly RunEvent[] } = {
  release: [{ kind: 'release' }],
  skip: [{ kind: 'skip' }],
  send: [{ kind: 'send' }],
  resend: [{ kind: 'resend' }],
  accept: [{ kind: 'accept' }],
  start: [{ kind: 'start' }],
  finish: reportableEnds.map((end) => finish({ end })),
  refuse: [{ kind: 'refuse', sentence: why }],
  distrust: [{ kind: 'distrust', sentence: why }],
  forbid: [{ kind: 'forbid', sentence: why }],
  undeliver: [{ kind: 'undeliver', sentence: why }],
  lose: [{ kind: 'lose', sentence: why }],
  cancel: [{ kind: 'cancel' }],
};
const kinds = Object.keys(eventsOf) as RunEventKind[];

const moved = (run: Run, event: RunEvent): Run => {
  const step = transitionRun(run, event, later);
  if (!step.moved) throw new Error(`${event.kind} did not move a run in ${run.state}`);
  return step.run;
};

describe.each(states)('a run in %s', (state) => {
  const allowed = kinds.filter((kind) => runTable[state][kind]);
  const refused = kinds.filter((kind) => !runTable[state][kind]);

  it.each(allowed)('is led by %s to every state of the table, and to no other', (kind) => {
    const steps = eventsOf[kind].map((event) => transitionRun(runWith({ state }), event, later));
    const reached = steps.flatMap((step) => (step.moved ? [step.run.state] : []));
    expect(new Set(reached)).toEqual(new Set(runTable[state][kind]));
  });

  it.each(refused)('takes %s for a repetition or a lost race', (kind) => {
    for (const event of eventsOf[kind]) {
      expect(transitionRun(runWith({ state }), event, later)).toEqual({ moved: false, from: state });
    }
  });
});

describe('the way of a run', () => {
  it('carries the instants of what happened', () => {
    const sent = moved(runWith({ state: 'queued' }), { kind: 'send' });
    expect(sent).toMatchObject({ state: 'sent', sentAt: later, startedAt: null });
    const running = moved(moved(sent, { kind: 'accept' }), { kind: 'start' });
    expect(running).toMatchObject({ state: 'running', startedAt: later, endedAt: null });
    const facts = {
      end: RunState.failed,
      exitCode: 3,
      stdoutCutAt: 10,
      stderrCutAt: null,
      sentence: why,
    } as const;
    const { end, ...shown } = facts;
    expect(moved(running, finish(facts))).toMatchObject({ ...shown, state: end, endedAt: later });
  });

  it('may be over before the news of its acceptance or start arrives', () => {
    for (const state of [RunState.sent, RunState.accepted]) {
      expect(moved(runWith({ state }), finish()).state).toBe('succeeded');
    }
  });

  it('is stamped when it ends, in every way of ending', () => {
    for (const state of states.filter((s) => !isRunEnded(s))) {
      for (const event of Object.values(eventsOf).flat()) {
        const step = transitionRun(runWith({ state }), event, later);
        if (step.moved) expect(step.run.endedAt).toBe(isRunEnded(step.run.state) ? later : null);
      }
    }
  });
});

describe('a cancel', () => {
  it('ends a run that has not left', () => {
    expect(moved(runWith({ state: 'queued' }), { kind: 'cancel' }).state).toBe('cancelled');
  });

  it.each(['sent', 'accepted', 'running'] as const)(
    'only marks a run that is %s: its end comes from the agent',
    (state) => {
      expect(moved(runWith({ state }), { kind: 'cancel' })).toMatchObject({
        state,
        cancelAskedAt: later,
        endedAt: null,
      });
    },
  );
});

describe('a lost run', () => {
  it.each(reportableEnds.filter((end) => end !== 'lost'))('is corrected by the news that it %s', (end) => {
    expect(moved(runWith({ state: 'lost' }), finish({ end })).state).toBe(end);
  });

  it('is not moved by the agent saying that it is lost', () => {
    expect(transitionRun(runWith({ state: 'lost' }), finish({ end: 'lost' }), later).moved).toBe(false);
  });

  it('is the only end that anything corrects', () => {
    const correctable = states.filter((s) => isRunEnded(s) && Object.keys(runTable[s]).length > 0);
    expect(correctable).toEqual([RunState.lost]);
  });
});

describe('whatever happens, in whatever order', () => {
  it('a run ends once, and only from lost again', () => {
    const anyEvent = fc.constantFrom(...Object.values(eventsOf).flat());
    fc.assert(
      fc.property(
        fc.constantFrom('held', 'queued'),
        fc.array(anyEvent, { maxLength: 30 }),
        (state, events) => {
          let run = runWith({ state });
          for (const event of events) {
            const step = transitionRun(run, event, later);
            if (!step.moved) continue;
            expect(runTable[run.state][event.kind]).toContain(step.run.state);
            if (isRunEnded(run.state)) {
              expect(run.state).toBe('lost');
              expect(isRunEnded(step.run.state)).toBe(true);
            }
            run = step.run;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
