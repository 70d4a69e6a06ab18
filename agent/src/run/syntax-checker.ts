import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { syntaxCheckMs, syntaxSaidBytesMax } from '../core/limits.ts';
import { maySetExtglob, type SyntaxVerdict, verdictOf } from '../core/syntax.ts';

export interface SyntaxCheckerParts {
  bash: string;
  /** That of scripts: a locale decides which bytes are a character, and so what is a quote. */
  env: Record<string, string>;
}

/**
 * Asks this machine's Bash whether it accepts a script, with the flags under which it will run and `-n`, under which
 * Bash reads and executes nothing. One process waits at its standard input, so that a check costs no start of Bash;
 * it ends at end of file, and so with its agent.
 */
export class SyntaxChecker {
  readonly #parts: SyntaxCheckerParts;
  readonly #busy = new Set<ChildProcess>();
  #waiting: ChildProcess | null = null;
  #stopped = false;

  constructor(parts: SyntaxCheckerParts) {
    this.#parts = parts;
  }

  /** Makes the process that waits, when there is none. */
  prepare(): void {
    if (this.#waiting || this.#stopped) return;
    const child = this.#spawn([]);
    const gone = () => {
      if (this.#waiting === child) this.#waiting = null;
    };
    child.once('error', gone).once('exit', gone);
    this.#waiting = child;
  }

  /** Never rejects: a check that fails is a verdict too. */
  async check(script: Buffer): Promise<SyntaxVerdict> {
    const waiting = this.#waiting;
    this.#waiting = null;
    let verdict = waiting ? await this.#ask(waiting, script) : null;
    // Something may have ended the one that waited long before it was needed.
    if (!verdict || verdict.kind === 'unchecked') verdict = await this.#askNew([], script);
    if (verdict.kind !== 'rejected' || !maySetExtglob(script.toString('utf8'))) return verdict;
    return this.#askNew(['-O', 'extglob'], script);
  }

  /** Ends the process that waits, and those that are at work. */
  stop(): void {
    this.#stopped = true;
    this.#waiting?.stdin?.end();
    this.#waiting = null;
    for (const child of this.#busy) kill(child);
  }

  #askNew(flags: readonly string[], script: Buffer): Promise<SyntaxVerdict> | SyntaxVerdict {
    if (this.#stopped) return { kind: 'unchecked', why: 'the agent is stopping' };
    try {
      return this.#ask(this.#spawn(flags), script);
    } catch (error) {
      return { kind: 'unchecked', why: `its syntax could not be checked: ${(error as Error).message}` };
    }
  }

  #ask(child: ChildProcess, script: Buffer): Promise<SyntaxVerdict> {
    return new Promise((resolve) => {
      let stderr = Buffer.alloc(0);
      let isLate = false;
      let isGiven = false;
      const timer = setTimeout(() => {
        isLate = true;
        kill(child);
      }, syntaxCheckMs);
      const end = (verdict: SyntaxVerdict) => {
        clearTimeout(timer);
        this.#busy.delete(child);
        resolve(verdict);
      };
      this.#busy.add(child);
      child.stderr?.on('data', (bytes: Buffer) => {
        if (stderr.length < syntaxSaidBytesMax) stderr = Buffer.concat([stderr, bytes]);
      });
      child.once('error', ({ message }) =>
        end({ kind: 'unchecked', why: `its syntax could not be checked: ${message}` }),
      );
      child.once('exit', (exitCode) => {
        // What it said matters only where it rejects; nobody waits for that pipe's end otherwise.
        if (exitCode === 0 && isGiven) end({ kind: 'accepted' });
      });
      child.once('close', (exitCode, signal) => {
        if (isLate) end({ kind: 'unchecked', why: 'Bash did not end its check of the syntax in time' });
        else if (exitCode === 0) end({ kind: 'unchecked', why: 'Bash ended before it had read the script' });
        else end(verdictOf({ exitCode, signal, stderr: stderr.toString('utf8') }));
      });
      give(child.stdin, script, () => {
        isGiven = true;
      });
    });
  }

  #spawn(flags: readonly string[]): ChildProcess {
    const { bash, env } = this.#parts;
    const args = ['--noprofile', '--norc', '-n', ...flags];
    const stdio: ['pipe', 'ignore', 'pipe'] = ['pipe', 'ignore', 'pipe'];
    // A name without its path heads what Bash says, and a process group of its own is what can be killed whole.
    const child = spawn(bash, args, { argv0: 'bash', cwd: '/', env, stdio, detached: true });
    child.unref();
    (child.stderr as Socket | null)?.unref();
    // One that ended before it had read everything shows that by its end.
    child.stdin?.on('error', () => {});
    return child;
  }
}

/**
 * Writes the script and ends the input. What the kernel takes at once is ended at once: an end in order waits for the
 * next turn of the event loop, and so for the order that is stored meanwhile.
 */
const give = (stdin: Writable | null, script: Buffer, given: () => void): void => {
  if (!stdin) return;
  stdin.write(script, (error) => {
    if (!error) given();
  });
  if (stdin.writableLength === 0) stdin.destroy();
  else stdin.end();
};

/** The whole group: a Bash that reads has no children, but whatever stands in its place may. */
const kill = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
};
