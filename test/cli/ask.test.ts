import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentence } from '../../src/core/sentences.ts';
import type { Finish } from '../../src/flow/report.ts';
import { draftOf } from '../flow/fake-mind.ts';
import { agentIdOf, askFor, cardOf, joined, proposed, reached, sentTo, wentWell } from '../flow/rig.ts';
import { type CliRig, makeCliRig, nerdy } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
});
afterEach(() => rig.dispose());

/** The next order for the machine: it looks when the queue rings, as the gateway does. */
const nextOrder = async (): Promise<string> => {
  for (;;) {
    let end = (): void => {};
    const rung = new Promise<void>((resolve) => {
      end = rig.queue.onPush(agentIdOf('db1'), resolve);
    });
    const [run] = await sentTo(rig, 'db1');
    if (!run) await rung;
    end();
    if (run) return run.id;
  }
};
/** The machine: runs the next order that comes, prints this and ends so. */
const runNext = async (printed = '', over: Partial<Finish> = {}): Promise<void> => {
  const id = await nextOrder();
  await rig.reports.started(agentIdOf('db1'), id);
  await rig.reports.output(agentIdOf('db1'), id, 'stdout', 0, Buffer.from(printed));
  const stdoutBytes = Buffer.byteLength(printed);
  await rig.reports.finished(agentIdOf('db1'), id, { ...wentWell, stdoutBytes, ...over });
};
/** A proposal, as somebody else's request left it. */
const proposal = async (request = 'uptime'): Promise<number> => {
  const { task } = cardOf(await rig.desk.ask(askFor(request)));
  await reached(rig, task, 'proposed');
  return task;
};

it('asks for what is written without quotes too', async () => {
  await rig.nerdy(['ask', 'uptime', 'on', 'db1']);
  expect((await rig.store.getTask(1001))?.task.request).toBe('uptime on db1');
});

describe('the exit code of ask', () => {
  it('is 4 where a person must decide: the whole script is shown, and how to approve it', async () => {
    const { code, out } = await rig.nerdy(['ask', 'uptime on db1']);
    expect(code).toBe(4);
    expect(out).toContain('│ echo linux');
    expect(out).toContain('Nothing has run. Approve it with: npx nerdy approve 1001');
    expect(out).toContain('Say no with: npx nerdy reject 1001');
    expect((await rig.store.getTask(1001))?.task.state).toBe('proposed');
  });

  it('is 0 where it went well, and the answer is there', async () => {
    const [{ code, out }] = await Promise.all([
      rig.nerdy(['ask', 'uptime', '--on', 'db1', '--yes']),
      runNext(),
    ]);
    expect(out).toContain('All is well.');
    expect(code).toBe(0);
  });

  it('is 1 where the script failed', async () => {
    const [{ code, out }] = await Promise.all([
      rig.nerdy(['ask', 'uptime', '--yes']),
      runNext('', { end: 'failed', exitCode: 7 }),
    ]);
    expect([code, out]).toEqual([1, expect.stringContaining('Done, with a problem on 1 machine')]);
  });

  it('is 1 where there is no script for it, with the sentence', async () => {
    const why = sentence('runbook_none', { nearest: ['check memory'] });
    rig.drafter.say = () => ({ kind: 'nothing', sentence: why, language: 'en', nearest: [] });
    const { code, out } = await rig.nerdy(['ask', 'sing a song']);
    expect([code, out]).toEqual([1, expect.stringContaining('No runbook fits that request')]);
  });

  it('is 4 where it must be said which machine is meant', async () => {
    await joined(rig, 'db2');
    const { code, out } = await rig.nerdy(['ask', 'uptime']);
    expect(code).toBe(4);
    expect(out).toContain('Which machine?');
    expect(out).toMatch(/db1\n {2}db2/);
  });

  it('is 2 for a request that says nothing, with the sentence on stderr', async () => {
    expect(await rig.nerdy(['ask', '  '])).toEqual({
      code: 2,
      out: '',
      err: expect.stringContaining('The request is empty'),
    });
  });
});

describe('the exit code of approve', () => {
  it('is 4 without a yes: the script is shown, and nothing runs', async () => {
    const task = await proposal();
    const { code, out, err } = await rig.nerdy(['approve', `#${task}`]);
    expect([code, out, err]).toEqual([
      4,
      expect.stringContaining('echo linux'),
      expect.stringContaining('Nothing was approved'),
    ]);
    expect((await rig.store.getTask(task))?.runs).toEqual([]);
  });

  it('is 0 with --yes, where it went well', async () => {
    const task = await proposal();
    const [{ code }] = await Promise.all([rig.nerdy(['approve', String(task), '--yes']), runNext()]);
    expect(code).toBe(0);
  });

  it('is 4 where the canary has run and the others wait', async () => {
    await joined(rig, 'db2');
    const task = await proposal('uptime on all machines');
    const [{ code, out }] = await Promise.all([
      rig.nerdy(['approve', String(task), '--yes', '--canary']),
      runNext(),
    ]);
    expect([code, out]).toEqual([4, expect.stringContaining('then run on the other 1')]);
  });

  it('is 1 for what is decided already', async () => {
    const task = await proposal();
    await rig.nerdy(['reject', String(task), '--reason', 'no']);
    const { code, err } = await rig.nerdy(['approve', String(task), '--yes']);
    expect([code, err]).toEqual([1, expect.stringContaining('is already rejected')]);
  });

  it.each([
    ['a person says yes', 'y\n', 0, 'All is well.'],
    ['a person says ja', 'ja\n', 0, 'All is well.'],
    ['a person says no', 'n\n', 4, 'Run this on db1? [y/N]'],
    ['a person presses return', '\n', 4, 'Run this on db1? [y/N]'],
    ['a person leaves at the question', '', 4, 'Run this on db1? [y/N]'],
  ])('at a terminal, where %s', async (_, input, code, said) => {
    const task = await proposal();
    const machine = code === 0 ? runNext() : Promise.resolve();
    const [ended] = await Promise.all([
      rig.nerdy(['approve', String(task)], { input, isTerminal: true, env: { NO_COLOR: '1' } }),
      machine,
    ]);
    expect([ended.code, ended.out]).toEqual([code, expect.stringContaining(said)]);
  });
});

describe('the exit code of the rest', () => {
  it('is 2 for what can not be meant', async () => {
    for (const args of [
      ['no-such-command'],
      ['ask'],
      ['approve', 'x'],
      ['task', '0'],
      ['tasks', '--limit', 'x'],
      ['tasks', '--limit', '0'],
      ['ask', ''],
      ['edit', 'x'],
      ['--server', 'nowhere', 'tasks'],
      ['tasks', '--state', 'nowhere'],
      ['ask', 'uptime', '--no-such-option'],
      ['agent', '--label', 'no pair'],
      ['agent', '--name', 'a b'],
    ]) {
      const { code, err } = await rig.nerdy(args);
      expect([args.join(' '), code]).toEqual([args.join(' '), 2]);
      // A sentence of ours, and none of a library's about its inputs.
      expect(err).toMatch(/[.:?)]\n/);
      expect(err).not.toMatch(/Invalid input|expected|zod|NaN/);
    }
  });

  it('is 1 for a task that does not exist, be it watched or not', async () => {
    for (const more of [[], ['--watch']]) {
      const { code, err } = await rig.nerdy(['task', '99', ...more]);
      expect([code, err]).toEqual([1, expect.stringContaining('There is no task #99')]);
    }
  });

  it('is 3 where no server answers, and it is said how to start one', async () => {
    const env = { NERDY_HTTP_PORT: '1' };
    const { code, err } = await rig.nerdy(['tasks'], { env });
    expect([code, err]).toEqual([3, expect.stringContaining('Start it with `npm start`')]);
  });

  it('is 0 for help and version', async () => {
    const help = await nerdy(['--help']);
    expect([help.code, help.out]).toEqual([0, expect.stringMatching(/Exit codes:\n {2}0 {2}done/)]);
    expect(await nerdy(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('--json', () => {
  it('prints one line that a program can read, for each command', async () => {
    const task = await proposal();
    for (const args of [
      ['ask', 'uptime'],
      ['task', String(task)],
      ['tasks'],
      ['agents'],
      ['runbooks'],
      ['reject', String(task)],
      ['cancel', '1002'],
    ]) {
      const { out, err } = await rig.nerdy([...args, '--json']);
      expect([args[0], out.trimEnd().split('\n').length, err]).toEqual([args[0], 1, '']);
      expect(JSON.parse(out)).toBeTypeOf('object');
    }
  });

  it('of a whole way prints the last card alone', async () => {
    const [{ code, out }] = await Promise.all([
      rig.nerdy(['ask', 'uptime', '--yes', '--json', '--watch']),
      runNext('up 3 days\n'),
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'done', runs: [{ state: 'succeeded' }] });
  });
});

it('--in goes on with the conversation of an earlier task, wherever that began', async () => {
  await proposed(rig, 'uptime on db1', { place: { surface: 'web', channel: 'console', thread: null } });
  const { out } = await rig.nerdy(['ask', 'uptime', '--in', '#1001', '--json']);
  const thread = { surface: 'web', channel: 'console', thread: '1001' };
  expect(JSON.parse(out)).toMatchObject({ task: 1002, place: thread, targets: [{ name: 'db1' }] });
});

it('a paused task says how to look, go on and stop; its output can be printed', async () => {
  await joined(rig, 'db2');
  const [{ out }] = await Promise.all([
    rig
      .nerdy(['ask', 'uptime on all machines'])
      .then(() => rig.nerdy(['approve', '1001', '--canary', '--yes'])),
    runNext('all is well\n'),
  ]);
  for (const command of ['output 1001', 'continue 1001', 'stop 1001'])
    expect(out).toContain(`npx nerdy ${command}`);
  expect((await rig.nerdy(['output', '1001'])).out).toContain('all is well');
});

it('--watch shows the output line by line, the last line too', async () => {
  const [{ out, code }] = await Promise.all([
    rig.nerdy(['ask', 'uptime', '--yes', '--watch']),
    runNext('one\r\ntwo\nlast'),
  ]);
  expect(code).toBe(0);
  expect(out).toContain('one\ntwo\nlast\n');
});

it('a script of a model is shown with its hidden characters written out', async () => {
  rig.drafter.say = () => draftOf(['linux'], 'echo \u202e\u001b[8m');
  const { out } = await rig.nerdy(['ask', 'uptime']);
  expect(out).toContain('echo ⟨U+202E⟩⟨U+001B⟩[8m linux');
  expect(out).toContain("characters that a reader can't see");
});
