import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentIdOf, approved, reached, sentTo, wentWell } from '../flow/rig.ts';
import { type CliRig, makeCliRig } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
});
afterEach(() => rig.dispose());

/** Clears the screen, sets the title, changes colours in eight bits, turns the reading direction, rings, goes back. */
const attack = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eevil\u0008\rover';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

/** A task whose machine printed this, and whose answer quotes it. */
const printed = async (text: string): Promise<number> => {
  rig.interpreter.say = ({ runs }) => `It says: ${runs[0]?.stdout}`;
  const { task } = await approved(rig, 'uptime on db1');
  const [run] = await sentTo(rig, 'db1');
  const id = run?.id ?? '';
  await rig.reports.output(agentIdOf('db1'), id, 'stdout', 0, Buffer.from(text));
  await rig.reports.finished(agentIdOf('db1'), id, { ...wentWell, stdoutBytes: Buffer.byteLength(text) });
  await reached(rig, task.number, 'done');
  return task.number;
};

describe('what a machine prints', () => {
  it.each([
    ['an answer', ['task']],
    ['an answer that was watched', ['task', '--watch']],
  ])('is shown written out in %s, and obeyed by no terminal', async (_, [verb = '', ...more]) => {
    const task = await printed(attack);
    const { out } = await rig.nerdy([verb, String(task), ...more]);
    expect(out).not.toMatch(obeyed);
    expect(out).toContain('⟨U+001B⟩[2J⟨U+001B⟩]0;owned⟨U+0007⟩⟨U+009B⟩31m⟨U+202E⟩evil⟨U+0008⟩⟨U+000D⟩over');
  });

  it('is the same in JSON, where it is escaped and not changed', async () => {
    const task = await printed(attack);
    const { out } = await rig.nerdy(['task', String(task), '--json']);
    expect(out).not.toMatch(/[\u007f-\u009f]/);
    expect(JSON.parse(out).answer.words).toBe(`It says: ${attack}`);
  });
});

it('a mistake that is repeated in a sentence is written out too', async () => {
  const { err, code } = await rig.nerdy(['--server', `${rig.url}/${attack}`, 'tasks']);
  expect(code).not.toBe(0);
  expect(err).not.toMatch(obeyed);
});

describe('colours', () => {
  const env = { TERM: 'xterm-256color' };
  const run = (more: Record<string, string>, isTerminal: boolean) =>
    rig.nerdy(['agents'], { env: { ...env, ...more }, isTerminal });

  it('are for a person at a terminal', async () => {
    expect((await run({}, true)).out).toContain('\u001b[');
  });

  it('are not for a pipe, whatever the environment says', async () => {
    for (const more of [{}, { FORCE_COLOR: '1' }, { CLICOLOR_FORCE: '1' }]) {
      expect((await run(more as Record<string, string>, false)).out).not.toContain('\u001b');
    }
  });

  it('are not for a person who wants none', async () => {
    expect((await run({ NO_COLOR: '1' }, true)).out).not.toContain('\u001b');
  });
});
