import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * systemd as far as one service needs it, in a root without a process 1: it reads the unit that was installed, starts what
 * the unit says, and ends that one process and no other, as KillMode=process does.
 */
const systemctl = `#!/bin/sh
unit=/etc/systemd/system/nerdy-agent.service
pid=$(cat /run/nerdy-agent.pid 2>/dev/null)
stop() {
  [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null
  while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do :; done
  rm -f /run/nerdy-agent.pid
}
case $1 in
  restart)
    stop
    start=$(sed -n 's/^ExecStart=//p' $unit)
    setsid sh -c "echo \\$\\$ >/run/nerdy-agent.pid; exec $start" </dev/null >>/run/nerdy-agent.log 2>&1 &
    while [ ! -s /run/nerdy-agent.pid ]; do :; done
    ;;
  disable) stop ;;
  is-active) [ -n "$pid" ] && kill -0 "$pid" ;;
esac
`;

/** What an installation may write to. Everything else of this machine is seen as it is. */
const ownFolders = ['/etc', '/usr/local', '/var/lib', '/run'];

/**
 * A machine in namespaces of its own: what is changed in it is in memory, and gone with it and its processes. Needs root. It has
 * its own processes since two machines give their first user the same number, and a user with a process can't be taken away.
 */
export class ThrowAwayRoot {
  readonly #holder: ChildProcess;
  readonly #init: string;
  readonly #bin: string;

  private constructor(holder: ChildProcess, init: string, bin: string) {
    this.#holder = holder;
    this.#init = init;
    this.#bin = bin;
  }

  /** @param dir of the test's own, which the machine sees too. */
  static async open(dir: string): Promise<ThrowAwayRoot> {
    const bin = join(dir, 'bin');
    const top = join(dir, 'top');
    mkdirSync(bin);
    mkdirSync(top);
    writeFileSync(join(bin, 'systemctl'), systemctl);
    writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nexec "$@"\n');
    for (const name of ['systemctl', 'sudo']) chmodSync(join(bin, name), 0o755);
    const mounts = ownFolders.map((folder, i) => {
      const over = `${top}/${i}`;
      return `mkdir -p ${over}/u ${over}/w && mount -t overlay overlay -o lowerdir=${folder},upperdir=${over}/u,workdir=${over}/w ${folder}`;
    });
    const script = [
      `mount -t tmpfs none ${top}`,
      ...mounts,
      'mkdir -p /run/systemd/system',
      // Bash takes in the processes whose parent is gone, as a process 1 must.
      "exec bash -c 'echo ready; while :; do sleep 3600 & wait; done'",
    ].join(' && ');
    const namespaces = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const holder = spawn('unshare', [...namespaces, 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: holder.stdout as NodeJS.ReadableStream }).once('line', () => resolve());
      holder.once('exit', (code) => reject(new Error(`no namespace could be made (exit code ${code})`)));
    });
    const init = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim();
    return new ThrowAwayRoot(holder, init, bin);
  }

  /** Runs a line of a person's at this machine. */
  run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { PATH: `${this.#bin}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
    const args = ['--target', this.#init, '--mount', '--pid', '--', 'sh', '-c', `cd / && ${line}`];
    return new Promise((resolve, reject) => {
      const child = spawn('/usr/bin/nsenter', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      // Not "close": the agent that a restart starts would hold a pipe open.
      child
        .on('error', reject)
        .on('exit', (code) => setImmediate(resolve, { code: code ?? -1, stdout, stderr }));
    });
  }

  /** The process 1 ends, and all others with it. */
  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#holder.once('exit', resolve));
    process.kill(Number(this.#init), 'SIGKILL');
    await gone;
  }
}
