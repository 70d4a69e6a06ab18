import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptsMax, outputHeadBytesMax } from '../../src/core/limits.ts';
import type { Run } from '../../src/core/run.ts';
import type { DeskNews } from '../../src/flow/desk.ts';
import { greet } from '../../src/flow/greet.ts';
import { answerBytesMax } from '../../src/flow/limits.ts';
import { FakeInterpreter, held } from './fake-mind.ts';
import {
  agentIdOf,
  approved,
  greetingOf,
  joined,
  makeRig,
  type Rig,
  reached,
  sentRun,
  sentTo,
  wentWell,
} from './rig.ts';

let rig: Rig;
let interpreter: FakeInterpreter;
beforeEach(async () => {
  rig = await makeRig();
  interpreter = new FakeInterpreter();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

/** One machine's run that printed this and ended well. */
const ended = async (stdout: Buffer | string, cutAt: number | null = null): Promise<Run> => {
  const run = await sentRun(rig, 'uptime on db1', 'db1');
  await rig.reports.output(run.agentId, run.id, 'stdout', 0, Buffer.from(stdout));
  const stdoutBytes = Buffer.from(stdout).length;
  await rig.reports.finished(run.agentId, run.id, { ...wentWell, stdoutBytes, stdoutCutAt: cutAt });
  return run;
};
const readOf = async (run: Run): Promise<string> => {
  await rig.answering(interpreter);
  await reached(rig, run.task, 'done');
  return interpreter.requests[0]?.runs[0]?.stdout ?? '';
};

describe('what is read', () => {
  it('is the request, the script and what each machine printed', async () => {
    const run = await ended('up 3 days\n');
    await readOf(run);
    expect(interpreter.requests).toMatchObject([
      {
        request: 'uptime on db1',
        language: 'en',
        proposal: { task: run.task, revision: 1 },
        runs: [{ run: { agentName: 'db1', state: 'succeeded' }, stdout: 'up 3 days\n', stderr: '' }],
      },
    ]);
  });

  it('shows bytes that are no text as replacement characters, and the card says so', async () => {
    const run = await ended(Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]));
    expect(await readOf(run)).toBe('caf\ufffd\n');
    expect((await rig.desk.card(run.task))?.notices).toMatchObject([{ code: 'not_utf8' }]);
  });

  it('marks the place where the middle was left out', async () => {
    expect(await readOf(await ended('headtail', 4))).toBe('head\n[…]\ntail');
  });

  it('leaves out the halves of a character that the cut went through: the machine printed it whole', async () => {
    const bytes = Buffer.from('한국');
    const run = await ended(Buffer.concat([bytes.subarray(0, 4), bytes.subarray(5)]), 4);
    expect(await readOf(run)).toBe('한\n[…]\n');
    expect((await rig.desk.card(run.task))?.notices).toEqual([]);
  });

  it('of many machines is beginning and end of each, with a mark between them', async () => {
    const names = Array.from({ length: 64 }, (_, i) => `web${i}`);
    await joined(rig, ...names);
    const { task } = await approved(rig, 'uptime on web*');
    const share = Math.floor(answerBytesMax / names.length / 2);
    const text = `BEGIN${'x'.repeat(outputHeadBytesMax - 8)}END`;
    expect(share).toBeLessThan(text.length);
    for (const name of names) {
      const [run] = await sentTo(rig, name);
      const id = run?.id ?? '';
      const long = name === 'web7' ? text : 'short';
      await rig.reports.output(agentIdOf(name), id, 'stdout', 0, Buffer.from(long));
      await rig.reports.finished(agentIdOf(name), id, { ...wentWell, stdoutBytes: long.length });
    }
    await rig.answering(interpreter);
    await reached(rig, task.number, 'done');
    const of = (name: string) => interpreter.requests[0]?.runs.find((r) => r.run.agentName === name)?.stdout;
    expect(of('web7')).toMatch(/^BEGINx+\n\[…\]\nx+END$/);
    expect(of('web7')?.length).toBeLessThanOrEqual(share + 10);
    expect(of('web8')).toBe('short');
  });
});

describe('an answer', () => {
  it('ends the task, and is told while it is written', async () => {
    const run = await ended('up 3 days\n');
    const told: DeskNews['words'][] = [];
    rig.desk.watch(({ words }) => words && told.push(words));
    await readOf(run);
    expect((await rig.store.getTask(run.task))?.task.answer).toMatchObject({ words: 'All is well.' });
    expect(told).toEqual([{ task: run.task, text: 'All is well.' }]);
  });

  it('that throws is tried again', async () => {
    const run = await ended('x');
    interpreter.say = () => {
      if (interpreter.requests.length < attemptsMax) throw new Error('a fault of ours');
      return 'At last.';
    };
    await readOf(run);
    expect((await rig.store.getTask(run.task))?.task.answer?.words).toBe('At last.');
  });

  it('that throws every time is given up with a sentence, and the output stays', async () => {
    const run = await ended('kept all the same');
    interpreter.say = () => Promise.reject(new Error('a fault of ours'));
    await readOf(run);
    const { task } = (await rig.store.getTask(run.task)) ?? {};
    expect(task).toMatchObject({ state: 'done', answer: { reader: 'plain' } });
    expect(task?.answer?.words).toContain('its output is kept');
    expect(interpreter.requests).toHaveLength(attemptsMax);
    expect((await rig.store.readOutput(run.id, 'stdout', 0, 99)).toString()).toBe('kept all the same');
  });
});

describe('a run that is corrected while its answer is written', () => {
  /** Two machines, both lost; each correction makes the answer under way old. */
  const lost = async (count: number): Promise<Run[]> => {
    const names = Array.from({ length: count }, (_, i) => `web${i}`);
    await joined(rig, ...names);
    await approved(rig, 'uptime on web*');
    const runs = (await Promise.all(names.map((name) => sentTo(rig, name)))).flat();
    for (const run of runs) await rig.reports.accepted(run.agentId, run.id);
    for (const name of names) await greet(rig.store, rig.check, greetingOf(name));
    return runs;
  };

  it('makes the answer old: it is written again, from what is true then', async () => {
    const [run] = await lost(1);
    if (!run) throw new Error('no run');
    const first = held<string>();
    interpreter.say = ({ runs }) =>
      interpreter.requests.length === 1 ? first.promise : `${runs[0]?.run.state}`;
    await rig.answering(interpreter);
    await interpreter.asked.until(1);
    await rig.reports.finished(run.agentId, run.id, wentWell);
    first.give('It is lost.');
    expect((await reached(rig, run.task, 'done')).task.answer?.words).toBe('succeeded');
  });

  it('again and again is no fault of ours, and nothing is given up for it', async () => {
    const runs = await lost(attemptsMax + 2);
    interpreter.say = async () => {
      const next = runs.pop();
      if (next) await rig.reports.finished(next.agentId, next.id, wentWell);
      return 'Read to the end.';
    };
    const task = runs[0]?.task ?? 0;
    await rig.answering(interpreter);
    expect((await reached(rig, task, 'done')).task.answer?.words).toBe('Read to the end.');
    expect(interpreter.requests).toHaveLength(attemptsMax + 3);
  });
});
