import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outputHeadBytesMax, outputTailBytesMax } from '../../src/core/limits.ts';
import type { Run } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import { withheldText } from '../../src/flow/careful-redactor.ts';
import { Reports } from '../../src/flow/report.ts';
import type { Redactor } from '../../src/ports/redactor.ts';
import { windowBytesMax } from '../../src/redaction/limits.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import { keyBody, pemLines, tokens } from '../redaction/samples.ts';
import { FakeInterpreter } from './fake-mind.ts';
import { agentIdOf, joined, makeRig, type Rig, reached, sentRun, wentWell } from './rig.ts';

/** The real one, until it is told to fail. */
class FailingRedactor extends SecretRedactor {
  isBroken = false;

  override release(...given: Parameters<Redactor['release']>) {
    if (this.isBroken) throw new Error(`a fault that quotes ${given[1].toString()}`);
    return super.release(...given);
  }
}

let rig: Rig;
let run: Run;
let redactor: FailingRedactor;
const db1 = agentIdOf('db1');
beforeEach(async () => {
  redactor = new FailingRedactor();
  rig = await makeRig((store) => store, redactor);
  await joined(rig, 'db1');
  run = await sentRun(rig, 'uptime on db1', 'db1');
  await rig.reports.started(db1, run.id);
});
afterEach(() => rig.dispose());

const says = (text: string, offset: number, reports = rig.reports) =>
  reports.output(db1, run.id, 'stdout', offset, Buffer.from(text));
const kept = async () => (await rig.store.readOutput(run.id, 'stdout', 0, 10_000_000)).toString();
const now = async (): Promise<Run> => (await rig.store.getRun(run.id)) as Run;
const ends = (stdoutBytes: number, more: object = {}, reports = rig.reports) =>
  reports.finished(db1, run.id, { ...wentWell, stdoutBytes, ...more });
/** Everything on the disk, the write-ahead log too. */
const onDisk = (): string =>
  ['nerdyops.db', 'nerdyops.db-wal'].map((name) => readFileSync(join(rig.dataDir, name), 'latin1')).join('');

const key = pemLines();
const text = `begin\n${key.join('\n')}\nPASSWORD=geheim123 ${tokens.github}\nend without a line feed`;
const redacted =
  'begin\n[redacted: private key]\nPASSWORD=[redacted: password] [redacted: GitHub token]\nend without a line feed';
const secrets = [...keyBody, 'geheim123', tokens.github];

describe('output', () => {
  it('is redacted before it is stored, in whatever pieces it comes, and no secret is on the disk', async () => {
    for (let at = 0; at < text.length; at += 7) await says(text.slice(at, at + 7), at);
    expect(await ends(text.length)).toBe('moved');
    expect(await kept()).toBe(redacted);
    expect(await now()).toMatchObject({ state: 'succeeded', stdoutBytes: redacted.length });
    const disk = onDisk();
    expect(disk).toContain('[redacted: private key]');
    for (const secret of secrets) expect(disk).not.toContain(secret);
  });

  it('is acknowledged up to the raw byte whose redacted form is committed', async () => {
    const first = `${key[0]}\n`;
    expect(await says(first, 0)).toEqual({ kind: 'committed', offset: first.length });
    expect(await says('PASSW', first.length + 5)).toEqual({ kind: 'gap' });
    expect(await says('all is well\nPASSW', first.length)).toEqual({
      kind: 'committed',
      offset: first.length + 12,
    });
    expect(await says('ORD', first.length + 17)).toEqual({ kind: 'held' });
    expect((await now()).stdoutRedaction.rawBytes).toBe(first.length + 12);
  });

  it('goes on after a crash anywhere as if nothing had been', async () => {
    for (const cut of [3, 10, 40, 70, 150, 260, 300, 330, text.length]) {
      run = await sentRun(rig, 'uptime on db1', 'db1');
      const before = new Reports(rig.store, rig.redactor);
      await says(text.slice(0, cut), 0, before);
      const { rawBytes } = (await now()).stdoutRedaction;
      const after = new Reports(rig.store, rig.redactor);
      await says(text.slice(rawBytes), rawBytes, after);
      expect(await ends(text.length, {}, after)).toBe('moved');
      expect(await kept()).toBe(redacted);
    }
  });

  it('that was held when its stream ended comes again by the next one, and is kept once', async () => {
    await says('one\ntw', 0);
    rig.reports.forget([run.id]);
    expect(await says('o\n', 6)).toEqual({ kind: 'gap' });
    expect(await says('two\n', 4)).toEqual({ kind: 'committed', offset: 8 });
    expect(await kept()).toBe('one\ntwo\n');
  });

  it('that an agent never ends is released before its sending window is full', async () => {
    const runs = [run];
    for (let i = 0; i < 140; i++) runs.push(await sentRun(rig, `uptime on db1 ${i}`, 'db1'));
    const line = Buffer.alloc(windowBytesMax - 1, 'x ');
    const said = await Promise.all(runs.map((r) => rig.reports.output(db1, r.id, 'stdout', 0, line)));
    const heldBytes = said.filter((s) => s.kind === 'held').length * line.length;
    expect(heldBytes).toBeGreaterThan(0);
    expect(said.some((s) => s.kind === 'committed')).toBe(true);
    expect(heldBytes).toBeLessThan(600 * 1024);
  });

  it('cut in its middle says where in the kept bytes, and how many those are', async () => {
    const line = 'PASSWORD=geheim123\n';
    const head = `${line}${'x\n'.repeat((outputHeadBytesMax - line.length - 1) / 2)}y`;
    const tail = `${'z\n'.repeat(outputTailBytesMax / 2)}`;
    await says(head + tail, 0);
    const bytes = outputHeadBytesMax + outputTailBytesMax;
    const cut = { stdoutCutAt: outputHeadBytesMax, sentence: sentence('output_cut', { keptBytes: bytes }) };
    expect(await ends(bytes, cut)).toBe('moved');
    const shorter = 'geheim123'.length - '[redacted: password]'.length;
    const { stdoutCutAt, stdoutBytes, sentence: said } = await now();
    expect(stdoutCutAt).toBe(outputHeadBytesMax - shorter);
    expect(stdoutBytes).toBe(bytes - shorter);
    expect(said).toEqual(sentence('output_cut', { keptBytes: bytes - shorter }));
    expect((await kept()).slice(0, stdoutCutAt ?? 0).endsWith('x\ny')).toBe(true);
  });
});

describe('a redactor that fails', () => {
  it('withholds the rest of the stream, is acknowledged, and the run and its card say so', async () => {
    await says('before\n', 0);
    redactor.isBroken = true;
    expect(await says('PASSWORD=geheim123\n', 7)).toEqual({ kind: 'committed', offset: 26 });
    redactor.isBroken = false;
    expect(await says('after\n', 26)).toEqual({ kind: 'committed', offset: 32 });
    expect(await ends(32)).toBe('moved');
    expect(await kept()).toBe(`before\n${withheldText}\n`);
    expect((await now()).sentence?.code).toBe('output_withheld');
    await rig.answering(new FakeInterpreter());
    await reached(rig, run.task, 'done');
    expect((await rig.desk.card(run.task))?.runs[0]?.sentence?.code).toBe('output_withheld');
    expect(JSON.stringify(rig.lines)).not.toContain('geheim');
    expect(onDisk()).not.toContain('geheim');
  });
});

describe('what an agent says of its runs', () => {
  it('is redacted like output', async () => {
    const why = sentence('unstarted_fault', { reason: `no room for ${tokens.github}` });
    expect(await rig.reports.refused(db1, run.id, why)).toBe('stale');
    await ends(0, { end: 'unstarted', exitCode: null, sentence: why });
    expect((await now()).sentence?.text).toContain('no room for [redacted: GitHub token]');
  });
});
