import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { bashWrapperLine, goLine } from '../../../agent/src/core/command-line.ts';
import { isRunning, makeScene, makeTestDir, thisMachine } from '../start-agent.ts';

const wrapper = fileURLToPath(new URL('../../../agent/src/run/wrapper.sh', import.meta.url));
const limits = { timeoutMs: 20_000, killGraceMs: 1_000, outputHeadBytes: 100_000, outputTailBytes: 1_000 };

interface Outcome {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

/** The shell that waits for a wrapper's script, once it does. */
const shellOf = async ({ pid }: ChildProcess): Promise<{ pid: number; runner: number }> => {
  const children = (of: number): number[] =>
    readFileSync(`/proc/${of}/task/${of}/children`, 'utf8').trim().split(' ').map(Number).filter(Boolean);
  const isShell = (of: number): boolean =>
    /\0\.\.\/script\0/.test(readFileSync(`/proc/${of}/cmdline`, 'utf8'));
  return vi.waitFor(
    () => {
      for (const runner of children(pid ?? 0)) {
        for (const shell of children(runner)) if (isShell(shell)) return { pid: shell, runner };
      }
      throw new Error('no shell waits');
    },
    { timeout: 10_000, interval: 2 },
  );
};

/** A wrapper that waits in a directory of its own, as in a seat. */
const makeSeat = async (powershell: string | null = null) => {
  const root = makeTestDir();
  const seat = join(root, 'seats', 'seat');
  mkdirSync(join(seat, 'work'), { recursive: true });
  mkdirSync(join(root, 'runs'));
  const machine = await thisMachine();
  const bash = machine.bash ?? '';
  const interpreter = powershell ? 'powershell' : 'bash';
  const { file, args } = bashWrapperLine(bash, wrapper, limits, {
    interpreter,
    shell: powershell ?? bash,
    drop: [],
    // As this process has them: the comparison is with a shell that is started by it.
    limits: { nice: 0, openFiles: null, processes: null, fileBytes: null, memoryBytes: null },
  });
  const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore'];
  const child = spawn(file, args, { cwd: seat, env: machine.env, stdio, detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.on('error', () => {});
  const dir = join(root, 'runs', 'run-1');
  return {
    child,
    dir,
    ended: once(child, 'exit'),
    /** Stores a script and gives the directory its name, as the agent does. */
    store(script: string | Buffer): void {
      writeFileSync(join(seat, 'script'), script);
      renameSync(seat, dir);
    },
    go: () => child.stdin.end(goLine(limits, dir, dir)),
  };
};

const read = (dir: string, name: string): string => readFileSync(join(dir, name), 'latin1');

/** What a script does in a shell that waited for it. */
const seated = async (script: string | Buffer): Promise<Outcome> => {
  const { child, dir, ended, store, go } = await makeSeat();
  await shellOf(child);
  store(script);
  go();
  await ended;
  const [, exitCode] = read(dir, 'exit').split(' ');
  return { stdout: read(dir, 'stdout'), stderr: read(dir, 'stderr'), exitCode: Number(exitCode) };
};

/** What the same script does when Bash is started for it. */
const plain = async (script: string | Buffer): Promise<Outcome & { dir: string }> => {
  const dir = join(makeTestDir(), 'runs', 'run-1');
  mkdirSync(join(dir, 'work'), { recursive: true });
  writeFileSync(join(dir, 'script'), script);
  const machine = await thisMachine();
  const env = { ...machine.env, NERDY_RUN: 'run-1' };
  const files = ['stdout', 'stderr'].map((name) => fs.openSync(join(dir, name), 'a'));
  const args = ['--noprofile', '--norc', '../script'];
  const cwd = join(dir, 'work');
  const child = spawn(machine.bash ?? '', args, { cwd, env, stdio: ['ignore', ...files], detached: true });
  for (const file of files) fs.closeSync(file);
  const [exitCode, signal] = await once(child, 'exit');
  const code = signal === 'SIGTERM' ? 143 : exitCode;
  return { dir, stdout: read(dir, 'stdout'), stderr: read(dir, 'stderr'), exitCode: code };
};

/**
 * Everything that a shell can tell of itself, but for what differs from one process to the next, and for Bash's own
 * books of arguments, which it keeps for its debugger alone.
 */
const selfPortrait = `echo "$0|\${BASH_SOURCE[*]}|$#|$-|$?|$_|$LINENO|$BASH_SUBSHELL|$SHLVL|$SECONDS|\${FUNCNAME[*]}|\${BASH_LINENO[*]}"
declare -p | grep -vE '^declare -[^ ]+ (BASHPID|BASH_ARGC|EPOCHREALTIME|EPOCHSECONDS|PPID|RANDOM|SRANDOM)='
declare -F; alias; trap -p; set -o; shopt; hash; ulimit -a; umask; jobs
env | sort
grep -E '^(SigBlk|SigIgn|SigCgt|Umask|CapEff|NoNewPrivs)' /proc/$$/status
tr '\\0' ' ' </proc/$$/cmdline
for n in 0 1 2 3 4 5 6 7 8 9 10 11 12; do [ -e /proc/$$/fd/$n ] && echo "fd $n"; done
readlink /proc/$$/fd/0
stat=($(cat /proc/$$/stat)); [ "\${stat[4]}" = $$ ] && echo "leads its group"
[ "$BASHPID" = $$ ] && kill -0 $PPID && echo "has a parent"
caller; pwd; pwd -P; ls -A
cd /; env | grep PWD; declare -p OLDPWD
type cd; type -a echo
`;

const cases: [string, string | Buffer][] = [
  ['that asks its shell everything', selfPortrait],
  ['that is empty', ''],
  ['whose last line has no end', 'echo a\necho b'],
  ['that returns where no function is', 'echo a\nreturn 3\necho "b $?"\n'],
  ['that ends in the middle', 'echo a\nexit 7\necho b\n'],
  ['that stops at the first fault', 'set -e\necho a\nfalse\necho b\n'],
  ['with a fault of syntax in the middle', 'echo a\n\nif then\necho b\n'],
  ['with a quote that is never closed', 'echo a\necho "b\n'],
  ['that misses a program', 'echo a\n\n  no-such-program-here x\necho $?\n'],
  ['that misses a variable', 'set -u\necho a\nf() {\n  echo "$missing"\n}\nf\n'],
  ['that traces itself', 'set -x\necho a\nf() { echo "$1"; }\nf b\n'],
  ['that shows its lines', 'set -v\necho a\n# b\n'],
  ['with traps', 'trap \'echo "bye $?"\' EXIT\ntrap \'echo "err $LINENO"\' ERR\nfalse\nexit 5\n'],
  ['that catches a signal', "trap 'echo term; exit 9' TERM\nkill -TERM $$\n"],
  ['that is ended by a signal', 'echo a\nkill -TERM $$\n'],
  ['that becomes another program', 'exec printf "%s\\n" a\n'],
  ['that starts itself anew', '[ "$1" = again ] && { echo "$0 $*"; exit 4; }\nexec bash "$0" again x\n'],
  ['that reads its own text', '# a comment\nsed -n 1p "$0"; wc -l <"$0"; tail -n +4 "$0"\nexit\nmore\n'],
  ['that removes its own text', 'rm ../script\necho a\necho b\n'],
  ['that writes on at its own end', 'echo "echo later" >>"$0"\necho a\n'],
  ['that reads its input', 'cat; read -r x; echo "$? <$x>"; [ -t 0 ] || echo none\n'],
  ['that takes another input', 'exec < <(printf "a\\nb\\n")\nread -r x; read -r y; echo "$x$y"\n'],
  ['that goes back to where it never was', 'cd -\necho "$? ${OLDPWD-unset}"\n'],
  [
    'that goes elsewhere and back',
    'cd /; bash -c "echo \\$OLDPWD \\$SHLVL"; cd -; bash -c "echo \\$OLDPWD"\n',
  ],
  ['with job control', 'set -m\nsleep 0.01 &\nfg >&2\necho "$?"\nwait; jobs\n'],
  ['with children and pipes', '(exit 3); echo $?\nseq 3 | while read -r n; do echo "$n"; done\nwait\n'],
  ['with a here-document', 'x=1\ncat <<end\n$x\nend\ncat <<<"b"\n'],
  ['with an alias', 'shopt -s expand_aliases\nalias say=echo\nsay a\n'],
  ['that begins as a script does', '#!/bin/bash -x\necho a "$-"\n'],
  ['with the line ends of Windows', 'echo a\r\necho b\r\n'],
  ['that is a program and no script', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0x0a, 0, 0x0a])],
  ['with bytes that are no text', Buffer.from('echo a\xff\xfe | cat\n', 'latin1')],
  ['that is long', `${'echo a >/dev/null\n'.repeat(8_000)}echo "$LINENO"\n`],
  ['that writes to both outputs', 'echo a; echo b >&2; echo c >>/dev/stdout; echo d >>/dev/stderr\n'],
  [
    'that uses the names of what let it begin',
    'echo "${BASH_ENV-no} $NERDY_RUN ${REPLY-no}"; ls -A ..  | grep -c script\n',
  ],
  [
    'that starts a shell which reads no file first',
    "bash -c 'echo ${BASH_ENV-no}'; bash <<<'echo ${BASH_ENV-no}'\n",
  ],
];

describe('in a shell that waited for it, a script', () => {
  test.each(cases)('%s does what it does in one that is started for it', async (_, script) => {
    const { dir, ...expected } = await plain(script);
    const found = await seated(script);
    const place = /\/\S*\/runs\/run-1/g;
    expect(found.stdout.replace(place, dir)).toBe(expected.stdout.replace(place, dir));
    expect(found.stderr.replace(place, dir)).toBe(expected.stderr.replace(place, dir));
    expect(found.exitCode).toBe(expected.exitCode);
  });
});

test('a PowerShell script is begun by a shell that waited too', async () => {
  const powershell = join(makeTestDir(), 'a pwsh');
  writeFileSync(powershell, '#!/bin/sh\necho "$@"\npwd\nenv\nexit 6\n', { mode: 0o700 });
  const { dir, ended, store, go } = await makeSeat(powershell);
  store('');
  go();
  await ended;
  const [flags, cwd, ...env] = read(dir, 'stdout').trim().split('\n');
  expect(flags).toBe('-NoProfile -NonInteractive -File ../script.ps1');
  expect(cwd).toBe(join(dir, 'work'));
  const own = ['PWD', 'SHLVL', '_'];
  const names = env.map((line) => line.split('=')[0] ?? '').filter((name) => !own.includes(name));
  expect(names.sort()).toEqual(['HOME', 'LANG', 'LC_ALL', 'NERDY_RUN', 'PATH', 'TERM', 'USER']);
  expect(read(dir, 'exit')).toMatch(/^exited 6 closed/);
});

/** True when somebody has this named pipe open, or is about to read it. */
const isOpened = (pipe: string): boolean => {
  try {
    fs.closeSync(fs.openSync(pipe, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
};

describe('a shell that waits', () => {
  const isGone = (pid: number) => vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });

  test.each(['the agent', 'the runner', 'the whole wrapper'])(
    'ends with %s, and no script is run',
    async (who) => {
      const { child, dir, store } = await makeSeat();
      const shell = await shellOf(child);
      store('echo ran >../../ran\n');
      if (who === 'the agent') child.stdin.destroy();
      else {
        if (who === 'the whole wrapper') child.kill('SIGKILL');
        process.kill(shell.runner, 'SIGKILL');
      }
      await isGone(shell.pid);
      await isGone(child.pid ?? 0);
      expect(existsSync(join(dir, '..', 'ran'))).toBe(false);
      expect(existsSync(join(dir, 'started'))).toBe(false);
      expect(existsSync(join(dir, 'exit'))).toBe(false);
    },
  );

  test('is not let go when the run is claimed already, and ends', async () => {
    const { child, dir, ended, store, go } = await makeSeat();
    const shell = await shellOf(child);
    store('echo ran >../../ran\n');
    writeFileSync(join(dir, 'started'), 'never');
    go();
    await ended;
    await isGone(shell.pid);
    expect(existsSync(join(dir, '..', 'ran'))).toBe(false);
    expect(read(dir, 'started')).toBe('never');
    expect(readdirSync(dir).sort()).not.toContain('exit');
  });

  test('does not open its script before the claim', async () => {
    const { child, dir, ended, store, go } = await makeSeat();
    const { runner } = await shellOf(child);
    store('');
    fs.rmSync(join(dir, 'script'));
    await once(spawn('mkfifo', [join(dir, 'script')]), 'exit');
    process.kill(runner, 'SIGSTOP');
    go();
    expect(existsSync(join(dir, 'started'))).toBe(false);
    expect(isOpened(join(dir, 'script'))).toBe(false);
    process.kill(runner, 'SIGCONT');
    await vi.waitFor(() => expect(isOpened(join(dir, 'script'))).toBe(true), {
      timeout: 10_000,
      interval: 1,
    });
    expect(read(dir, 'started')).toMatch(/^\d+ \d+\n$/);
    await ended;
  });

  test('and was killed leaves its run unclaimed, so that another wrapper runs it', async () => {
    const { child, dir, ended, store, go } = await makeSeat();
    const shell = await shellOf(child);
    process.kill(shell.pid, 'SIGKILL');
    await isGone(shell.pid);
    store('echo ran >../../ran\n');
    go();
    await ended;
    expect(existsSync(join(dir, 'started'))).toBe(false);

    const { gateway, agent } = await makeScene();
    await agent();
    expect(await gateway.finished(await gateway.send1('echo $PPID\n'))).toMatchObject({ exitCode: 0 });
  });
});
