import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SyntaxChecker } from '../../agent/src/run/syntax-checker.ts';
import { scriptBytesMax } from '../../src/core/limits.ts';
import { isRunning, makeScene, makeTestDir, thisMachine } from './start-agent.ts';

describe('a script that Bash rejects', () => {
  const rejected: [string, (mark: string) => string, string][] = [
    [
      'for an unclosed quote at its end',
      (mark) => `echo x >> ${mark}\necho "open\n`,
      'line 2: unexpected EOF while looking for matching `"\'',
    ],
    [
      'for what stands after its exit',
      (mark) => `echo x >> ${mark}\nexit 0\n) payload\n`,
      "line 3: syntax error near unexpected token `)'",
    ],
    [
      'for a pattern whose option it never sets',
      (mark) => `echo x >> ${mark}\nls !(a)\n`,
      "line 2: syntax error near unexpected token `('",
    ],
  ];

  test.each(rejected)('%s never runs, not even the lines before', async (_, script, said) => {
    const { gateway, agent, dir } = await makeScene();
    await agent();
    const mark = join(dir, 'mark');
    // The first one finds a waiting wrapper, the others of the frame don't.
    const made = await Promise.all([1, 2, 3].map((n) => gateway.order(`# ${n}\n${script(mark)}`)));
    gateway.send(...made.map(({ order }) => ({ order })));
    for (const { runId } of made) {
      const finished = await gateway.finished(runId);
      expect(finished).toMatchObject({ end: 'FINISHED_END_UNSTARTED', reason: 'REASON_SYNTAX' });
      expect(finished.detail).toBe(said.replace(/\d+/, (line) => String(Number(line) + 1)));
      expect(gateway.run(runId)).toMatchObject({ accepted: 1, started: 0 });
    }
    expect(existsSync(mark)).toBe(false);
    const next = await gateway.send1(`echo y >> ${mark}\n`);
    expect(await gateway.finished(next)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(mark, 'utf8')).toBe('y\n');
  });

  test('and comes again is answered with the same end', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    const { runId, order } = await gateway.order('echo "open\n');
    gateway.send({ order });
    await gateway.finished(runId);
    await first.stop();
    await agent();
    const finishes = gateway.run(runId).finishes;
    gateway.send({ order });
    await gateway.until(() => gateway.run(runId).finishes > finishes);
    expect(gateway.run(runId)).toMatchObject({ started: 0, refused: null });
  });
});

describe('a script that Bash accepts runs', () => {
  const longest = 'echo ok\n'.padEnd(scriptBytesMax, 'echo "a b" >/dev/null # long\n').slice(0, -30);
  const accepted: [string, string, string][] = [
    [
      'with patterns that it switches on itself',
      'shopt -s extglob\ncase ab in !(c)) echo ok ;; esac\n',
      'ok\n',
    ],
    ['with here-documents', "cat <<'A'\n\"open\nA\ncat <<-B\n\t(\n\tB\n", '"open\n(\n'],
    ['with a here-document that its end closes', 'cat <<A\nok\n', 'ok\n'],
    ['of the greatest length', `${longest.slice(0, longest.lastIndexOf('\n'))}\n`, 'ok\n'],
    ['of other alphabets', 'x="日本 é"\necho ok\n', 'ok\n'],
    ['that is empty', '', ''],
  ];

  test.each(accepted)('%s', async (_, script, out) => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1(script);
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 0 });
    expect(gateway.stdout(run)).toBe(out);
  });
});

/** A Bash that does something else when it is asked to check only. */
const otherBash = async (dir: string, instead: string): Promise<string> => {
  const file = join(dir, 'bash');
  const { bash } = await thisMachine();
  writeFileSync(file, `#!${bash}\ncase " $* " in *" -n "*) ${instead} ;; esac\nexec ${bash} "$@"\n`);
  chmodSync(file, 0o700);
  return file;
};

test('a run whose check is killed each time does not run, and says so', async () => {
  const { gateway, agent, dir } = await makeScene();
  const bash = await otherBash(dir, 'read -r line; kill -KILL $$');
  await agent({ machine: { ...(await thisMachine()), bash } });
  const mark = join(dir, 'mark');
  const run = await gateway.send1(`echo x >> ${mark}\n`);
  expect(await gateway.finished(run)).toMatchObject({
    end: 'FINISHED_END_UNSTARTED',
    reason: 'REASON_FAULT',
    detail: 'the check of its syntax was ended by SIGKILL',
  });
  expect(existsSync(mark)).toBe(false);
});

describe('the checker', () => {
  const makeChecker = async (bash?: string): Promise<SyntaxChecker> => {
    const machine = await thisMachine();
    const checker = new SyntaxChecker({ bash: bash ?? machine.bash ?? '', env: machine.env });
    onTestFinished(() => checker.stop());
    return checker;
  };

  test('that waited and ended unread is no yes: a new one is asked', async () => {
    const dir = makeTestDir();
    const seen = join(dir, 'seen');
    const bash = await otherBash(
      dir,
      `if [ ! -e ${seen} ]; then echo $$ >${seen}.new; mv ${seen}.new ${seen}; exit 0; fi`,
    );
    const checker = await makeChecker(bash);
    checker.prepare();
    while (!existsSync(seen)) await new Promise((resolve) => setImmediate(resolve));
    const pid = Number(readFileSync(seen, 'utf8'));
    while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
    expect(await checker.check(Buffer.from('echo "open\n'))).toMatchObject({ kind: 'rejected' });
  });

  test('that never ends is killed with all that it started, when the agent stops', async () => {
    const dir = makeTestDir();
    const pids = join(dir, 'pids');
    const bash = await otherBash(dir, `sleep 600 & echo "$! $$" >${pids}.new; mv ${pids}.new ${pids}; wait`);
    const checker = await makeChecker(bash);
    const verdict = checker.check(Buffer.from('echo x\n'));
    while (!existsSync(pids)) await new Promise((resolve) => setImmediate(resolve));
    checker.stop();
    expect(await verdict).toMatchObject({ kind: 'unchecked' });
    const found = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    while (found.some(isRunning)) await new Promise((resolve) => setImmediate(resolve));
  });

  test('executes nothing of what it reads', async () => {
    const mark = join(makeTestDir(), 'mark');
    const checker = await makeChecker();
    const script = `: >${mark}\nset +n\n: >${mark}\nx=$(: >${mark})\n[[ -v a[$(: >${mark})] ]]\n`;
    expect(await checker.check(Buffer.from(script))).toEqual({ kind: 'accepted' });
    expect(existsSync(mark)).toBe(false);
  });
});
