import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import { isRunning, makeScene } from '../start-agent.ts';

const limits =
  (change: Partial<ApprovalDocument['limits']>) =>
  (document: ApprovalDocument): void => {
    Object.assign(document.limits, change);
  };

describe('how a script ends', () => {
  test('its exit code is told', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const finished = await gateway.finished(await gateway.send1('exit 7\n'));
    expect(finished).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 7, endMissing: false });
  });

  test('a signal is told as shells say it', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const finished = await gateway.finished(await gateway.send1('kill -KILL $$\n'));
    expect(finished).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 137 });
  });

  test('a script that stops itself is not ended by that, but by its time limit', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('echo a\nkill -STOP $$\necho b\n', limits({ timeoutMs: 300 }));
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT', exitCode: 143 });
    expect(gateway.stdout(run)).toBe('a\n');
  });

  test('a script that ignores TERM is killed with its children when its time is over', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = "trap '' TERM\nsleep 1000 &\necho $! $$\nwhile :; do sleep 1000; done\n";
    const run = await gateway.send1(text, limits({ timeoutMs: 300, killGraceMs: 200 }));
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT', exitCode: 137 });
    const pids = gateway.stdout(run).trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('a script that obeys TERM, and a child that does not, are both gone after the grace', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = "(trap '' TERM; sleep 1000) &\necho $!\nsleep 1000\n";
    const run = await gateway.send1(text, limits({ timeoutMs: 300, killGraceMs: 200 }));
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT' });
    expect(isRunning(Number(gateway.stdout(run)))).toBe(false);
  });

  test('a child left behind with the output open is left alone and not waited for', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('sleep 1000 &\necho $!\nexit 4\n');
    const finished = await gateway.finished(run);
    expect(finished).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 4, endMissing: false });
    const pid = Number(gateway.stdout(run));
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  test('the tail that a child left behind keeps from us is told as missing', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = 'sleep 1000 &\necho $! >&2\nhead -c 9000 /dev/zero\n';
    const run = await gateway.send1(text, limits({ outputHeadBytes: 1000, outputTailBytes: 500 }));
    const finished = await gateway.finished(run);
    expect(finished).toMatchObject({
      endMissing: true,
      stdoutBytes: 1500,
      stdoutCut: true,
      stdoutCutAt: 1500,
    });
    expect(gateway.stdout(run)).toHaveLength(1500);
    process.kill(Number(gateway.stderr(run)), 'SIGKILL');
  });
});

describe('output', () => {
  test('NULs, bytes that are no text, and both streams pass unharmed', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1(
      "printf 'a\\0b\\377\\200'; printf 'e\\0' >&2; head -c 200000 /dev/zero\n",
    );
    const finished = await gateway.finished(run);
    expect(gateway.stdout(run)).toBe(`a\0b\xff\x80${'\0'.repeat(200_000)}`);
    expect(gateway.stderr(run)).toBe('e\0');
    expect(finished).toMatchObject({ stdoutBytes: 200_005, stdoutCut: false, stderrBytes: 2 });
  });

  test('of ten megabytes on one line exactly head and tail are kept, and the script is not killed', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1("seq -s '' 1 1600000; echo $? >&2\n");
    const finished = await gateway.finished(run);
    let whole = '';
    for (let n = 1; n <= 1_600_000; n += 1) whole += n;
    whole += '\n';
    expect(whole.length).toBeGreaterThan(10_000_000);
    expect(finished).toMatchObject({
      exitCode: 0,
      stdoutCut: true,
      stdoutCutAt: 512 * 1024,
      stdoutBytes: 640 * 1024,
      stderrCut: false,
    });
    expect(gateway.stderr(run)).toBe('0\n');
    const kept = gateway.stdout(run);
    expect(kept.slice(0, 512 * 1024) === whole.slice(0, 512 * 1024)).toBe(true);
    expect(kept.slice(512 * 1024) === whole.slice(-128 * 1024)).toBe(true);
  });

  test.each([
    [1_500, false],
    [1_501, true],
    [2_000, true],
    [2_048, true],
    [2_049, true],
    [70_000, true],
  ])('of %i bytes with room for 1500 the middle is left out: %s', async (bytes, cut) => {
    const { gateway, agent } = await makeScene();
    await agent();
    const text = `i=0; while [ $i -lt ${bytes} ]; do printf -v b '%07d' $i; printf '%s' "\${b:0:7}"; i=$((i+7)); done | head -c ${bytes}\n`;
    const run = await gateway.send1(text, limits({ outputHeadBytes: 1000, outputTailBytes: 500 }));
    const finished = await gateway.finished(run);
    let whole = '';
    for (let i = 0; i < bytes; i += 7) whole += String(i).padStart(7, '0');
    whole = whole.slice(0, bytes);
    expect(finished).toMatchObject({ stdoutCut: cut, stdoutCutAt: cut ? 1000 : 0, stdoutBytes: 1500 });
    expect(gateway.stdout(run)).toBe(cut ? whole.slice(0, 1000) + whole.slice(-500) : whole);
  });
});

describe('what a script finds', () => {
  test('a closed stdin, its own empty directory, and a clean environment', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    await agent();
    const run = await gateway.send1(
      'read -r x; echo "$?"; pwd; ls -A; ulimit -f; env | sort; set -o | grep monitor\n',
    );
    gateway.ackFinished = false;
    await gateway.finished(run);
    const lines = gateway.stdout(run).trim().split('\n');
    const work = join(dataDir, 'spool', 'runs', run, 'work');
    expect(lines.slice(0, 3)).toEqual(['1', work, '67108864']);
    const names = lines.slice(3, -1).map((line) => line.split('=')[0]);
    const own = ['PWD', 'SHLVL', '_'];
    expect(names.filter((name) => !own.includes(name ?? ''))).toEqual([
      'HOME',
      'LANG',
      'LC_ALL',
      'NERDY_RUN',
      'PATH',
      'TERM',
      'USER',
    ]);
    expect(lines).toContain(`NERDY_RUN=${run}`);
    expect(lines.at(-1)).toMatch(/off$/);
    expect(gateway.stderr(run)).toBe('');
  });

  test('its open files are only its three streams', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1(
      'for n in 0 1 2 3 4 5 6 7 8 9 10 11 12; do [ -e /proc/$$/fd/$n ] && echo $n; done\n',
    );
    await gateway.finished(run);
    expect(gateway.stdout(run)).toBe('0\n1\n2\n');
  });
});

describe('cancel', () => {
  test('of a running script kills its group', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const run = await gateway.send1('echo $$\nsleep 1000\n');
    await gateway.until(() => gateway.run(run).stdout.length > 0);
    gateway.send({ cancel: { runId: Buffer.from(run, 'hex') } });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_CANCELLED' });
    expect(isRunning(Number(gateway.stdout(run)))).toBe(false);
  });

  test('right behind its order keeps the script from starting', async () => {
    const { gateway, agent, dir } = await makeScene();
    await agent();
    const file = join(dir, 'ran');
    writeFileSync(file, '');
    const { runId, order } = await gateway.order(`echo ran >> ${file}\n`);
    gateway.send({ order }, { cancel: { runId: order.runId } });
    expect(await gateway.finished(runId)).toMatchObject({ end: 'FINISHED_END_CANCELLED', stdoutBytes: 0 });
    expect(gateway.run(runId).started).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('of a run that is not known is ignored', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    gateway.send({ cancel: { runId: Buffer.alloc(32) } });
    const run = await gateway.send1('exit 0\n');
    expect(await gateway.finished(run)).toMatchObject({ exitCode: 0 });
  });
});
