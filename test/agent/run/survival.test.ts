import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { dayMs } from '../../../agent/src/core/limits.ts';
import { inspectMachine } from '../../../agent/src/run/machine.ts';
import { bornOf } from '../../../agent/src/run/wrapper-process.ts';
import { isRunning, killHard, makeScene, runFile, type Scene, thisMachine } from '../start-agent.ts';

const wrapperText = readFileSync(new URL('../../../agent/src/run/wrapper.sh', import.meta.url), 'utf8');

/** A script that puts out its number, waits, and goes on. */
const waiting = ({ dir }: Scene, after: string): { text: string; go: () => void } => {
  const go = join(dir, 'go');
  return {
    text: `echo $$\nwhile [ ! -e ${go} ] && [ -d ${dir} ]; do sleep 0.02; done\n${after}\n`,
    go: () => writeFileSync(go, ''),
  };
};

const ended = async (pid: number): Promise<void> => {
  while (isRunning(pid)) await new Promise(setImmediate);
};

describe('a script that runs while its agent', () => {
  test('is killed and upgraded is found again; sending goes on from the acknowledged byte', async () => {
    const scene = await makeScene();
    const { gateway } = scene;
    const { text, go } = waiting(scene, 'echo after; exit 9');
    const first = await scene.process();
    const run = await gateway.send1(text);
    await gateway.until(() => gateway.stdout(run).endsWith('\n'));
    const begun = gateway.stdout(run);
    await killHard(first);
    const machine = await thisMachine();
    await scene.agent({
      wrapperText: `# Another version.\n${wrapperText}`,
      machine: { ...machine, facts: { ...machine.facts, agentVersion: '99.0.0' } },
    });
    expect(gateway.hellos.at(-1)?.facts?.agentVersion).toBe('99.0.0');
    expect(await gateway.finished(await gateway.send1('echo new\n'))).toMatchObject({ exitCode: 0 });
    go();
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 9 });
    expect(gateway.stdout(run)).toBe(`${begun}after\n`);
    expect(gateway.run(run).offsets.stdout).toEqual([0, begun.length]);
  });

  test('is away, and whose wrapper’s number another process has by then, is lost', async () => {
    const scene = await makeScene();
    const { gateway, dataDir } = scene;
    const { text, go } = waiting(scene, '');
    const first = await scene.process();
    const run = await gateway.send1(text);
    await gateway.until(() => gateway.stdout(run).endsWith('\n'));
    await killHard(first);
    const [wrapper, born = ''] = runFile(dataDir, run, 'started').trim().split(' ');
    process.kill(Number(wrapper), 'SIGKILL');
    expect(born).not.toBe(bornOf(process.pid));
    writeFileSync(join(dataDir, 'spool', 'runs', run, 'started'), `${process.pid} ${born}\n`);
    await scene.agent();
    const lost = await gateway.finished(run);
    expect(lost).toMatchObject({ end: 'FINISHED_END_LOST', stdoutBytes: gateway.stdout(run).length });
    expect(lost.detail).toBe('the process that watched it is gone and left no exit code');
    go();
  });

  test('is down, and the machine is restarted, is lost with what it had put out', async () => {
    const scene = await makeScene();
    const { gateway, agent } = scene;
    gateway.ackOutput = false;
    const { text, go } = waiting(scene, '');
    const first = await agent();
    const run = await gateway.send1(`echo seen\n${text}`);
    await gateway.until(() => gateway.stdout(run).length > 5);
    await first.stop();
    await agent({ machine: { ...(await thisMachine()), bootId: 'another' } });
    expect(await gateway.finished(run)).toMatchObject({
      end: 'FINISHED_END_LOST',
      detail: 'the machine was restarted before the script had ended',
      stdoutBytes: gateway.stdout(run).length,
    });
    go();
  });
});

describe('a machine', () => {
  test.each([30 * dayMs, -30 * dayMs])(
    'whose clock jumps by %i ms runs what was approved, for as long as was approved',
    async (jumpMs) => {
      const { gateway, agent } = await makeScene();
      await agent();
      const now = Date.now();
      gateway.now = () => now;
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + jumpMs);
      onTestFinished(() => clock.mockRestore());
      expect(await gateway.finished(await gateway.send1('exit 3\n'))).toMatchObject({ exitCode: 3 });
      const late = await gateway.send1('sleep 1000\n', ({ limits }) => {
        Object.assign(limits, { timeoutMs: 300 });
      });
      expect(await gateway.finished(late)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT' });
    },
  );

  test('whose clock jumps days ahead gives a script without a wrapper its whole time, and no more', async () => {
    const { gateway, agent, dataDir, dir } = await makeScene();
    await agent();
    const text = `trap '' TERM\necho $$\nwhile [ -d ${dir} ]; do sleep 0.05; done\n`;
    const run = await gateway.send1(text, ({ limits }) => {
      Object.assign(limits, { timeoutMs: 1_500, killGraceMs: 100 });
    });
    await gateway.until(() => gateway.stdout(run).endsWith('\n'));
    const pid = Number(gateway.stdout(run));
    const startedAt = performance.now();
    while (!existsSync(join(dataDir, 'spool', 'runs', run, 'group'))) await new Promise(setImmediate);
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 30 * dayMs);
    onTestFinished(() => clock.mockRestore());
    process.kill(Number(runFile(dataDir, run, 'started').split(' ')[0]), 'SIGKILL');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    await ended(pid);
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
  });

  test('ends a script without a wrapper in time that has left its own group', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    await agent();
    const leave = 'setpgrp(0, getpgrp(getppid())) or die; $| = 1; print "$$\\n"; sleep 1000';
    const run = await gateway.send1(`exec perl -e '${leave}'\n`, ({ limits }) => {
      Object.assign(limits, { timeoutMs: 1_500, killGraceMs: 100 });
    });
    await gateway.until(() => gateway.stdout(run).endsWith('\n'));
    const pid = Number(gateway.stdout(run));
    onTestFinished(() => void (isRunning(pid) && process.kill(pid, 'SIGKILL')));
    while (!existsSync(join(dataDir, 'spool', 'runs', run, 'group'))) await new Promise(setImmediate);
    process.kill(Number(runFile(dataDir, run, 'started').split(' ')[0]), 'SIGKILL');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_LOST' });
    await ended(pid);
  }, 15_000);

  test('whose agent runs under a number without a name, as in a container, is an agent all the same', async () => {
    vi.spyOn(os, 'userInfo').mockImplementation(() => {
      throw new Error('uv_os_get_passwd returned ENOENT');
    });
    onTestFinished(() => void vi.restoreAllMocks());
    const machine = await inspectMachine('0.0.0-test', {});
    expect(machine.user).toBe(String(process.geteuid?.()));
    expect(machine.env).toMatchObject({ USER: machine.user, HOME: '/' });
  });

  test('whose PATH is empty still finds its shell, and so do its scripts their commands', async () => {
    const { gateway, agent } = await makeScene();
    await agent({ machine: await inspectMachine('0.0.0-test', { PATH: '' }) });
    expect(await gateway.finished(await gateway.send1('ls / >/dev/null\n'))).toMatchObject({ exitCode: 0 });
  });
});

describe('a script that', () => {
  test('closes its outputs is waited for all the same', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('echo a\nexec >&- 2>&-\nsleep 0.2\nexit 8\n');
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 8 });
    expect(gateway.stdout(run)).toBe('a\n');
  });

  test('leaves a daemon behind in a session of its own ends, and the daemon is left alone', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1("setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &\nwait\n");
    await gateway.until(() => gateway.stdout(run).endsWith('\n'));
    const pid = Number(gateway.stdout(run));
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    });
    gateway.send({ cancel: { runId: Buffer.from(run, 'hex') } });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_CANCELLED' });
    expect(isRunning(pid)).toBe(true);
  });

  test('leaves children that nobody waits for ends like any other', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = 'for n in 1 2 3; do (exit 0) & done\nsh -c "true & exec sleep 0.1"\nexit 2\n';
    expect(await gateway.finished(await gateway.send1(text))).toMatchObject({ exitCode: 2 });
  });

  test('prints a gigabyte ends by itself, with its head and its tail', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    await agent();
    gateway.ackFinished = false;
    const run = await gateway.send1('head -c 1000000000 /dev/zero\necho end\nexit 4\n');
    const finished = await gateway.finished(run);
    expect(finished).toMatchObject({ exitCode: 4, stdoutCut: true, stdoutCutAt: 512 * 1024 });
    expect(gateway.stdout(run).endsWith('\0end\n')).toBe(true);
    const bytes = readFileSync(join(dataDir, 'spool', 'runs', run, 'stdout')).length;
    expect(bytes).toBeLessThan(1024 * 1024);
  }, 120_000);

  test('stands in for its input finds it at its end', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('cat; read -r line; echo "$? [$line]"\n');
    await gateway.finished(run);
    expect(gateway.stdout(run)).toBe('1 []\n');
  });
});
