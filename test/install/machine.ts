import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { posixInstallLine } from '../../src/core/install-line.ts';
import type { InstallServer } from './https-server.ts';

/**
 * Programs that a machine has, each noting how it was called. What is asked of them is kept in files beside them: a user
 * that was made is there, a service whose start is to fail has `fails`.
 */
const programs: Readonly<Record<string, string>> = {
  uname: `case $1 in -s) echo Linux ;; *) echo ${process.arch === 'arm64' ? 'aarch64' : 'x86_64'} ;; esac`,
  sudo: 'shift; exec $TEST_SHELL "$@"',
  sleep: 'exit 0',
  id: 'case ${1-} in -u) echo 0 ;; *) [ -e "$STATE/user.$1" ] ;; esac',
  // A user, and the line of users on macOS: -list, -create and -delete of dscl.
  dscl: 'case $2 in -list) echo "_other 499" ;; -create) : >"$STATE/user.${3##*/}" ;; -delete) rm -f "$STATE/user.${3##*/}" ;; esac',
  launchctl:
    'case $1 in bootstrap) : >"$STATE/loaded" ;; bootout) rm "$STATE/loaded" ;; print) [ -e "$STATE/loaded" ] && echo "state = running" ;; esac',
  chown: 'exit 0',
  setpriv: 'exit 0',
  useradd: 'for last; do :; done; : >"$STATE/user.$last"',
  userdel: 'rm "$STATE/user.$1"',
  systemctl:
    'case $1 in restart) if [ -e "$STATE/fails" ]; then echo "Job failed." >&2; exit 1; fi ;; is-active) [ ! -e "$STATE/dies" ] ;; esac',
};
/** Called all the time, and not worth a note. */
const quiet = ['sudo', 'sleep', 'id', 'uname'];

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A machine in a directory: everything that an installation touches is below `prefix`. */
export class Machine {
  readonly prefix: string;
  readonly #state: string;
  readonly #bin: string;
  readonly #calls: string;
  readonly #shell: string;

  constructor(dir: string, shell: string) {
    this.prefix = join(dir, 'root');
    this.#state = join(dir, 'state');
    this.#bin = join(dir, 'bin');
    this.#calls = join(dir, 'calls');
    this.#shell = shell;
    for (const made of [this.#state, this.#bin, join(this.prefix, 'run/systemd/system')])
      mkdirSync(made, { recursive: true });
    for (const [name, text] of Object.entries(programs)) this.program(name, text);
    this.program('node', `exec '${process.execPath}' "$@"`);
    writeFileSync(this.#calls, '');
  }

  /** Puts a program on the machine's path, before all others. */
  program(name: string, text: string): void {
    const note = quiet.includes(name) || name === 'node' ? '' : `printf '%s\\n' "${name} $*" >>"$CALLS"\n`;
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${note}${text}\n`);
    chmodSync(join(this.#bin, name), 0o755);
  }

  /** Something that the machine's programs look for: `fails`, `dies`. */
  set(state: string): void {
    writeFileSync(join(this.#state, state), '');
  }

  has(state: string): boolean {
    return existsSync(join(this.#state, state));
  }

  /** Everything that was called since the last time this was asked, less what only looks. */
  calls(): string[] {
    const lines = readFileSync(this.#calls, 'utf8').split('\n').filter(Boolean);
    writeFileSync(this.#calls, '');
    return lines.filter((line) => line !== 'agent --version');
  }

  /** The line that a person pastes, with options behind it. */
  paste(server: InstallServer, token: string, ...options: string[]): Promise<Ended> {
    const line = posixInstallLine({ token, address: server.address, spkiPin: server.pin });
    return this.run(`${line} ${['--prefix', this.prefix, ...options].join(' ')}`);
  }

  /** The script that an installation left behind. */
  kept(...options: string[]): Promise<Ended> {
    return this.run(
      `sudo sh ${this.at('usr/local/lib/nerdyops/install.sh')} --prefix ${this.prefix} ${options.join(' ')}`,
    );
  }

  run(line: string, stdin = ''): Promise<Ended> {
    const env = {
      PATH: [this.#bin, process.env.PATH].join(delimiter),
      CALLS: this.#calls,
      STATE: this.#state,
      TEST_SHELL: this.#shell,
    };
    return new Promise((resolve, reject) => {
      const child = spawn('/bin/sh', ['-c', line], { env, stdio: 'pipe' });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.on('error', reject).on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
      child.stdin.on('error', () => {});
      child.stdin.end(stdin);
    });
  }

  at(path: string): string {
    return join(this.prefix, path);
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  mode(path: string): string {
    return (statSync(this.at(path)).mode & 0o777).toString(8);
  }

  /** All files on the machine. */
  files(): string[] {
    return readdirSync(this.prefix, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(this.prefix, join(entry.parentPath, entry.name)))
      .sort();
  }

  /** Directories that are called for the agent, or left by an installation. */
  directories(): string[] {
    return readdirSync(this.prefix, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /nerdy/.test(entry.name))
      .map((entry) => relative(this.prefix, join(entry.parentPath, entry.name)))
      .sort();
  }
}
