import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, agentIdOf, askFor, cardOf, joined, proposed, reached } from '../flow/rig.ts';
import { type CliRig, makeCliRig } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
});
afterEach(() => rig.dispose());

const scriptOf = async (task: number): Promise<string | undefined> =>
  (await rig.store.getTask(task))?.proposal?.scripts[0]?.text;
const fileWith = (text: string): string => {
  const path = join(rig.dataDir, 'new-text.sh');
  writeFileSync(path, text);
  return path;
};
const asking = async (): Promise<number> => {
  await joined(rig, 'db2');
  const { task } = cardOf(await rig.desk.ask(askFor('uptime')));
  await reached(rig, task, 'asking');
  return task;
};
const offline = (name: string): Promise<void> =>
  rig.store.change({ agent: agentIdOf(name) }, ({ agent }) => ({
    result: undefined,
    writes: agent ? { agent: { ...agent, online: false } } : {},
  }));

describe('choose', () => {
  it('stays until there is a script, and shows it', async () => {
    const { code, out } = await rig.nerdy(['choose', String(await asking()), 'db2']);
    expect(code).toBe(4);
    expect(out).toContain('│ echo linux');
    expect(out).toContain('npx nerdy approve 1001');
  });

  it('returns at once with --no-wait', async () => {
    const { code, out } = await rig.nerdy(['choose', String(await asking()), 'db2', '--no-wait', '--json']);
    expect([code, JSON.parse(out).state]).toEqual([0, 'drafting']);
  });
});

describe('edit', () => {
  it('takes the new text from a file, and shows the card that comes of it', async () => {
    const { task } = await proposed(rig, 'uptime on db1');
    const { code, out } = await rig.nerdy(['edit', String(task), '--file', fileWith('echo edited\n')]);
    expect([code, out]).toEqual([4, expect.stringContaining('│ echo edited')]);
    expect(await scriptOf(task)).toContain('echo edited');
    expect((await rig.store.getTask(task))?.proposal?.revision).toBe(2);
  });

  it('of a task that asks which machine says how to get to a script', async () => {
    const task = await asking();
    const { code, err } = await rig.nerdy(['edit', String(task), '--file', fileWith('echo edited\n')]);
    expect([code, err]).toEqual([1, expect.stringContaining(`npx nerdy choose ${task}`)]);
  });

  it('takes it from standard input', async () => {
    const { task } = await proposed(rig, 'uptime on db1');
    await rig.nerdy(['edit', String(task), '--file', '-'], { input: 'echo piped\n' });
    expect(await scriptOf(task)).toContain('echo piped');
  });

  it('opens the editor that the person has, with its options', async () => {
    const { task } = await proposed(rig, 'uptime on db1');
    const env = { EDITOR: 'sed -i.old s/echo/printf/', NO_COLOR: '1' };
    const { code, out } = await rig.nerdy(['edit', String(task)], { isTerminal: true, env });
    expect([code, out]).toEqual([4, expect.stringContaining('│ printf linux')]);
  });

  it.each([
    [['--file', '/nonexistent/x'], 2, "can't be read (ENOENT)"],
    [[], 2, 'Without a terminal there is no editor'],
    [['--script', 'powershell', '--file', '-'], 2, 'has no script for "powershell"'],
  ])('%j is told what to do', async (more, code, words) => {
    const { task } = await proposed(rig, 'uptime on db1');
    const ended = await rig.nerdy(['edit', String(task), ...more]);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(words)]);
  });

  it('changes nothing where the editor changed nothing, or failed', async () => {
    const { task } = await proposed(rig, 'uptime on db1');
    const edit = (editor: string) =>
      rig.nerdy(['edit', String(task)], { isTerminal: true, env: { VISUAL: editor } });
    expect(await edit('true')).toMatchObject({ code: 4, err: expect.stringContaining('same as before') });
    expect(await edit('false')).toMatchObject({ code: 2, err: expect.stringContaining('"false" failed') });
    expect((await rig.store.getTask(task))?.proposal?.revision).toBe(1);
  });

  it('is too late for a script that is decided', async () => {
    const { task } = await proposed(rig, 'uptime on db1');
    await rig.desk.reject(task, { ...act, reason: null });
    const { code, err } = await rig.nerdy(['edit', String(task), '--file', fileWith('echo late\n')]);
    expect([code, err]).toEqual([1, expect.stringContaining('there is no script to edit')]);
  });
});

describe('approve where a machine is offline', () => {
  it('returns at once with --no-wait, and the card says it', async () => {
    const { task } = await proposed(rig, 'uptime on db1');
    await offline('db1');
    const { code, out } = await rig.nerdy(['approve', String(task), '--yes', '--no-wait']);
    expect([code, out]).toEqual([0, expect.stringContaining('db1 is offline. The order waits for it until')]);
  });
});

it('cancel stays until the task is cancelled, and that is what was wanted', async () => {
  const { task } = await proposed(rig, 'uptime on db1');
  await offline('db1');
  await rig.nerdy(['approve', String(task), '--yes', '--no-wait']);
  const { code, out } = await rig.nerdy(['cancel', String(task)]);
  expect([code, out]).toEqual([0, expect.stringMatching(/Cancelled by .* before it started/)]);
});

it('tasks says how long ago each was asked', async () => {
  await proposed(rig, 'uptime on db1');
  expect((await rig.nerdy(['tasks'])).out).toMatch(/ · db1 · (just now|\d+ (min|h|d) ago)\n/);
});
