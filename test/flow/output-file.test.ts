import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/core/run.ts';
import { outputFile } from '../../src/flow/output-file.ts';
import type { Finish } from '../../src/flow/report.ts';
import { approved, joined, makeRig, type Rig, sentTo, wentWell } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.dispose());

const report = async (run: Run, stdout: string, stderr = '', finish: Partial<Finish> = {}): Promise<void> => {
  await rig.reports.started(run.agentId, run.id);
  await rig.reports.output(run.agentId, run.id, 'stdout', 0, Buffer.from(stdout));
  await rig.reports.output(run.agentId, run.id, 'stderr', 0, Buffer.from(stderr));
  rig.clock.step(1_500);
  const bytes = { stdoutBytes: Buffer.byteLength(stdout), stderrBytes: Buffer.byteLength(stderr) };
  await rig.reports.finished(run.agentId, run.id, { ...wentWell, ...bytes, ...finish });
};
/** Asks these machines, and has each report. */
const ran = async (request: string, ...reports: ((run: Run) => Promise<void>)[]): Promise<number> => {
  const names = reports.map((_, i) => `db${i + 1}`);
  await joined(rig, ...names);
  const { task } = await approved(rig, `${request} on ${names.join(' and ')}`);
  for (const [i, name] of names.entries()) {
    const [run] = await sentTo(rig, name);
    if (run) await reports[i]?.(run);
  }
  return task.number;
};
const fileOf = async (task: number, bytesMax?: number): Promise<string> => {
  const record = await rig.store.getTask(task);
  if (!record) throw new Error('no task');
  const file = await outputFile(rig.store, record, 'nerdy-1', bytesMax);
  expect(file).toMatchObject({ name: 'nerdy-1.txt', title: `Output of #${task}` });
  return file.bytes.toString();
};

describe('the file of a task’s output', () => {
  it('has a heading for each machine with how it ended, and its streams whole', async () => {
    const task = await ran(
      'uptime',
      (run) => report(run, 'up 3 days\n', 'a warning'),
      (run) => report(run, '', '', { end: 'failed', exitCode: 3 }),
    );
    expect(await fileOf(task)).toBe(
      [
        `Output of #${task}: uptime on db1 and db2`,
        'Asked by Ada, 2026-01-01T00:00:00.000Z',
        '',
        '==== db1: done, 1.5 s ====',
        '---- stdout, 10 bytes ----',
        'up 3 days',
        '---- stderr, 9 bytes ----',
        'a warning',
        '',
        '==== db2: failed, exit code 3, 1.5 s ====',
        '(no output)',
        '',
      ].join('\n'),
    );
  });

  it('says where the machine printed more than is kept', async () => {
    const task = await ran('uptime', (run) => report(run, 'head\ntail\n', '', { stdoutCutAt: 5 }));
    expect(await fileOf(task)).toContain('head\n[the machine printed more here than is kept]\ntail\n');
  });

  it('of many machines is bounded over all of them, and says how much of each is left out', async () => {
    const long = (letter: string) => `${letter.repeat(999)}\n`;
    const task = await ran(
      'uptime',
      (run) => report(run, 'short\n'),
      (run) => report(run, long('a'), long('e')),
      (run) => report(run, long('b')),
    );
    const text = await fileOf(task, 606);
    expect(text).toContain('short\n');
    // What db1 left is there for the others: 300 bytes each.
    expect(text.match(/[abe]/g)?.length).toBeGreaterThan(560);
    const shown = (letter: string) =>
      text.split('\n').filter((line) => new RegExp(`^${letter}+$`).test(line));
    expect(shown('a').map((line) => line.length)).toEqual([75, 74]);
    expect(shown('b').map((line) => line.length)).toEqual([150, 149]);
    expect(text).toContain('[700 bytes are left out here, to keep this file short');
    expect(text.length).toBeLessThan(606 + 1_000);
  });

  it('goes through no character where it leaves something out', async () => {
    const task = await ran('uptime', (run) => report(run, '한글'.repeat(100)));
    expect(await fileOf(task, 101)).not.toContain('\ufffd');
  });

  it('has what was asked in one line, and nothing hidden in it', async () => {
    await joined(rig, 'db1');
    const { task } = await approved(rig, 'uptime on db1\n==== db9: succeeded ====\u202e');
    const text = await fileOf(task.number);
    expect(text.split('\n')[0]).toBe(
      `Output of #${task.number}: uptime on db1 ==== db9: succeeded ====⟨U+202E⟩`,
    );
  });
});
