import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outputHeadBytesMax, outputTailBytesMax } from '../../src/core/limits.ts';
import type { Run } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import { greet } from '../../src/flow/greet.ts';
import { FakeInterpreter } from './fake-mind.ts';
import {
  act,
  agentIdOf,
  approved,
  greetingOf,
  joined,
  makeRig,
  type Rig,
  reached,
  sentRun,
  sentTo,
  stateOf,
  wentWell,
} from './rig.ts';

let rig: Rig;
let run: Run;
const db1 = agentIdOf('db1');
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1', 'db2');
  run = await sentRun(rig, 'uptime on db1', 'db1');
});
afterEach(() => rig.dispose());

const says = (text: string, offset: number, stream: 'stdout' | 'stderr' = 'stdout') =>
  rig.reports.output(db1, run.id, stream, offset, Buffer.from(text));
const kept = async (stream: 'stdout' | 'stderr' = 'stdout') =>
  (await rig.store.readOutput(run.id, stream, 0, 10_000_000)).toString();
const keptBytesMax = outputHeadBytesMax + outputTailBytesMax;

describe('the way of a run', () => {
  it('goes from accepted over started to its end, which moves the task', async () => {
    expect(await rig.reports.accepted(db1, run.id)).toBe('moved');
    expect(await stateOf(rig, run.id)).toBe('accepted');
    expect(await rig.reports.started(db1, run.id)).toBe('moved');
    expect(await stateOf(rig, run.id)).toBe('running');
    expect(await rig.reports.finished(db1, run.id, wentWell)).toBe('moved');
    expect(await rig.store.getTask(run.task)).toMatchObject({
      task: { state: 'answering', runsOpen: 0 },
      runs: [{ state: 'succeeded', exitCode: 0, endedAt: rig.clock.now() }],
    });
  });

  it('may skip what an agent had no time to say', async () => {
    expect(await rig.reports.started(db1, run.id)).toBe('moved');
    expect(await stateOf(rig, run.id)).toBe('running');
  });

  it.each([
    ['accepted', () => rig.reports.accepted(db1, run.id)],
    ['started', () => rig.reports.started(db1, run.id)],
    ['finished', () => rig.reports.finished(db1, run.id, wentWell)],
  ])('%s that comes again is stale and changes nothing', async (_, say) => {
    await say();
    const before = await rig.store.getTask(run.task);
    expect(await say()).toBe('stale');
    expect(await rig.store.getTask(run.task)).toEqual(before);
  });

  it('that has ended does not move again, whatever the agent says then', async () => {
    await rig.reports.finished(db1, run.id, wentWell);
    expect(await rig.reports.started(db1, run.id)).toBe('stale');
    expect(await rig.reports.refused(db1, run.id, sentence('refused_signature', {}))).toBe('stale');
    expect(await rig.reports.finished(db1, run.id, { ...wentWell, end: 'failed', exitCode: 1 })).toBe(
      'stale',
    );
    expect(await stateOf(rig, run.id)).toBe('succeeded');
  });

  it('that the agent refused ends with its sentence', async () => {
    const why = sentence('refused_signature', {});
    expect(await rig.reports.refused(db1, run.id, why)).toBe('moved');
    expect(await rig.store.getRun(run.id)).toMatchObject({ state: 'refused', sentence: why });
  });

  it('of another agent is unknown, and stays as it is', async () => {
    const other = agentIdOf('db2');
    expect(await rig.reports.accepted(other, run.id)).toBe('unknown');
    expect(await rig.reports.finished(other, run.id, wentWell)).toBe('unknown');
    expect(await rig.reports.output(other, run.id, 'stdout', 0, Buffer.from('x'))).toEqual({
      kind: 'unknown',
    });
    expect(await stateOf(rig, run.id)).toBe('sent');
  });

  it('that nobody knows is unknown', async () => {
    expect(await rig.reports.accepted(db1, 'f'.repeat(64))).toBe('unknown');
  });

  it('of two hundred that end at once each counts, and the last moves the task', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `web${i}`);
    await joined(rig, ...names);
    const { task } = await approved(rig, 'uptime on web*');
    const runs = await Promise.all(names.map((name) => sentTo(rig, name)));
    const ends = runs.flat().map((r) => rig.reports.finished(r.agentId, r.id, wentWell));
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['moved']));
    expect((await rig.store.getTask(task.number))?.task).toMatchObject({ state: 'answering', runsOpen: 0 });
  });
});

describe('output', () => {
  it('is kept byte by byte, and acknowledged up to where it is committed', async () => {
    expect(await says('one\n', 0)).toEqual({ kind: 'committed', offset: 4 });
    expect(await says('two\n', 4)).toEqual({ kind: 'committed', offset: 8 });
    expect(await says('bad\n', 0, 'stderr')).toEqual({ kind: 'committed', offset: 4 });
    expect([await kept(), await kept('stderr')]).toEqual(['one\ntwo\n', 'bad\n']);
  });

  it('that comes again is acknowledged and kept once', async () => {
    await says('one\n', 0);
    await says('two\n', 4);
    expect(await says('one\n', 0)).toEqual({ kind: 'committed', offset: 8 });
    expect(await kept()).toBe('one\ntwo\n');
  });

  it('that overlaps adds only what is new', async () => {
    await says('one\n', 0);
    expect(await says('ne\ntwo\n', 1)).toEqual({ kind: 'committed', offset: 8 });
    expect(await kept()).toBe('one\ntwo\n');
  });

  it('after a gap is refused, so that nothing stands in the wrong place', async () => {
    await says('one\n', 0);
    expect(await says('three\n', 7)).toEqual({ kind: 'gap' });
    expect(await kept()).toBe('one\n');
  });

  it('over the kept bounds is dropped, and acknowledged all the same so that the end can come', async () => {
    await says('x'.repeat(keptBytesMax - 2), 0);
    expect(await says('yyyyyy', keptBytesMax - 2)).toMatchObject({ kind: 'committed' });
    expect(await says('zz', keptBytesMax + 4)).toEqual({ kind: 'committed', offset: keptBytesMax + 6 });
    expect(await kept()).toBe(`${'x'.repeat(keptBytesMax - 2)}yy`);
    const end = { ...wentWell, stdoutBytes: keptBytesMax + 6 };
    expect(await rig.reports.finished(db1, run.id, end)).toBe('moved');
  });

  it('after the end is dropped: what was answered with stays as it was', async () => {
    await says('all of it', 0);
    await rig.reports.finished(db1, run.id, { ...wentWell, stdoutBytes: 9 });
    expect(await says(' and more', 9)).toEqual({ kind: 'committed', offset: 18 });
    expect(await kept()).toBe('all of it');
  });

  it('of a run that was never sent is no output of ours', async () => {
    const { runs } = await approved(rig, 'memory on db1');
    await rig.reports.output(db1, runs[0]?.id ?? '', 'stdout', 0, Buffer.from('x'));
    expect(await rig.store.getRun(runs[0]?.id ?? '')).toMatchObject({ state: 'queued', stdoutBytes: 0 });
  });

  it('wakes those who watch, without being an entry of the log', async () => {
    const before = await rig.store.lastSeq();
    const seen: number[] = [];
    rig.desk.watch(({ outputs }) => seen.push(...outputs));
    await says('x\n', 0);
    expect(seen).toEqual([run.task]);
    expect(await rig.store.lastSeq()).toBe(before);
  });
});

describe('an end', () => {
  it('before its output is refused until the output is there', async () => {
    const end = { ...wentWell, stdoutBytes: 3 };
    expect(await rig.reports.finished(db1, run.id, end)).toBe('unknown');
    await says('abc', 0);
    expect(await rig.reports.finished(db1, run.id, end)).toBe('moved');
  });

  it('in one frame with its output is taken in the order of the frame', async () => {
    const [output, end] = await Promise.all([
      says('abc', 0),
      rig.reports.finished(db1, run.id, { ...wentWell, stdoutBytes: 3 }),
    ]);
    expect([output, end]).toEqual([{ kind: 'held' }, 'moved']);
    expect(await kept()).toBe('abc');
  });

  it('that says where the middle was cut keeps that', async () => {
    await says('headtail', 0);
    await rig.reports.finished(db1, run.id, { ...wentWell, stdoutBytes: 8, stdoutCutAt: 4 });
    expect(await rig.store.getRun(run.id)).toMatchObject({ stdoutCutAt: 4, stdoutBytes: 8 });
  });
});

describe('a lost run', () => {
  /** The agent comes back without the run that it had accepted. */
  const lose = async (): Promise<void> => {
    await rig.reports.accepted(db1, run.id);
    await greet(rig.store, rig.check, greetingOf('db1'));
  };

  it('is corrected by its true end, and the answer is written anew', async () => {
    await lose();
    expect(await stateOf(rig, run.id)).toBe('lost');
    const interpreter = new FakeInterpreter();
    interpreter.say = ({ runs }) => `It ${runs[0]?.run.state}: ${runs[0]?.stdout}`;
    await rig.answering(interpreter);
    expect((await reached(rig, run.task, 'done')).task.answer?.words).toBe('It lost: ');
    await says('found', 0);
    expect(await rig.reports.finished(db1, run.id, { ...wentWell, stdoutBytes: 5 })).toBe('moved');
    await rig.until(async () => {
      const record = await rig.store.getTask(run.task);
      return record?.task.state === 'done' && record.task.answer?.words === 'It succeeded: found'
        ? true
        : null;
    });
  });

  it('is not corrected by anything less than an end', async () => {
    await lose();
    expect(await rig.reports.started(db1, run.id)).toBe('stale');
    expect(await rig.reports.finished(db1, run.id, { ...wentWell, end: 'lost', exitCode: null })).toBe(
      'stale',
    );
    expect(await stateOf(rig, run.id)).toBe('lost');
  });

  it('of a cancelled task keeps its true end, and the task stays cancelled', async () => {
    await rig.desk.cancel(run.task, act);
    await lose();
    expect((await rig.store.getTask(run.task))?.task.state).toBe('cancelled');
    await rig.reports.finished(db1, run.id, wentWell);
    expect(await rig.store.getTask(run.task)).toMatchObject({
      task: { state: 'cancelled' },
      runs: [{ state: 'succeeded' }],
    });
  });
});
