import { type ChildProcess, spawn } from 'node:child_process';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import { bashWrapperLine, type CommandLine, goLine, powershellWrapperLine } from '../core/command-line.ts';
import type { KeptLimits } from '../core/kept-output.ts';
import { wrapperRefillMs } from '../core/limits.ts';
import type { SyntaxVerdict } from '../core/syntax.ts';
import type { Confinement } from './run-user.ts';
import { SyntaxChecker } from './syntax-checker.ts';

/** Programs and files that starting a run needs; a shell that is not on this machine is null. */
export interface Shells {
  bash: string | null;
  powershell: string | null;
}

/** A prepared directory with a wrapper that already waits in it. */
export interface Seat {
  dir: string;
}

/** A run whose order is stored and durable. */
export interface Launch {
  runId: string;
  dir: string;
  /** Where the script and its working directory are: `dir`, unless it runs as a user who can't enter that. */
  place: string;
  document: ApprovalDocument;
  confinement: Confinement;
}

/**
 * Starts wrappers. A wrapper outlives the agent, and decides by its claim on the run whether the script runs, so
 * nothing here needs to be undone after a crash: a seat is only ever a faster way to the same end.
 */
export interface Executor {
  /** A waiting wrapper that fits, or null: then the order is stored in a fresh directory. */
  takeSeat(document: ApprovalDocument): Seat | null;
  /** For a seat that was not used: its wrapper ends. */
  giveBack(seat: Seat): void;
  /** Null when the machine has what the run needs, else the name of the missing program. */
  missingShell(document: ApprovalDocument): string | null;
  /** Whether this machine's Bash accepts a script for it; `missingShell` has said that there is one. Never rejects. */
  checkSyntax(script: Buffer): Promise<SyntaxVerdict>;
  /** Lets the wrapper go. `onGone` is called once when the process has ended or could not be made. */
  launch(run: Launch, seat: Seat | null, onGone: (fault: Error | null) => void): void;
  /** Makes what waits, a seat and a checker of syntax, in some moments, where there is none. */
  refill(): void;
  /** Ends the waiting wrapper; resolves when it is gone. Wrappers that were let go are left alone. */
  stop(): Promise<void>;
}

interface Waiting extends Seat {
  child: ChildProcess;
  fits: KeptLimits;
  confinement: Confinement;
}

export interface ExecutorParts {
  platform: NodeJS.Platform;
  shells: Shells;
  /** The wrapper's file. */
  wrapper: string;
  /** The whole environment of wrapper and script, but for NERDY_RUN. */
  env: Record<string, string>;
  /** The bounds for which a wrapper waits: those of nearly every order. */
  usualLimits: KeptLimits;
  /** How a script would run now; null while none may. */
  confinement: () => Confinement | null;
  prepare: () => Promise<string>;
  discard: (dir: string) => Promise<void>;
}

const isGone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/**
 * The executor of real processes. Modes of its seat: none; waiting, a wrapper sits in a prepared directory; taken,
 * it belongs to an order that is being stored. Windows has no seats: its wrapper is made when its run is.
 */
export class ProcessExecutor implements Executor {
  readonly #parts: ExecutorParts;
  readonly #checker: SyntaxChecker;
  readonly #taken = new Map<string, Waiting>();
  #waiting: Waiting | null = null;
  #refillTimer: NodeJS.Timeout | null = null;
  #filling: Promise<void> | null = null;
  #stopped = false;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
    this.#checker = new SyntaxChecker({ bash: parts.shells.bash ?? '', env: parts.env });
  }

  checkSyntax(script: Buffer): Promise<SyntaxVerdict> {
    return this.#checker.check(script);
  }

  takeSeat(document: ApprovalDocument): Seat | null {
    const { outputHeadBytes, outputTailBytes } = document.limits;
    const seat = this.#waiting;
    if (!seat || document.script.interpreter !== 'bash') return null;
    const { fits } = seat;
    if (outputHeadBytes !== fits.outputHeadBytes || outputTailBytes !== fits.outputTailBytes) return null;
    this.#waiting = null;
    if (seat.confinement !== this.#parts.confinement()) {
      // The machine's settings have changed since it was made.
      void this.#dismiss(seat);
      return null;
    }
    this.#taken.set(seat.dir, seat);
    return { dir: seat.dir };
  }

  giveBack(seat: Seat): void {
    const found = this.#taken.get(seat.dir);
    this.#taken.delete(seat.dir);
    if (found) void this.#dismiss(found);
  }

  missingShell(document: ApprovalDocument): string | null {
    const { platform, shells } = this.#parts;
    const { interpreter } = document.script;
    if (platform === 'win32') return interpreter === 'powershell' && shells.powershell ? null : interpreter;
    if (shells.bash === null) return 'bash';
    return shells[interpreter] === null ? interpreter : null;
  }

  launch(run: Launch, seat: Seat | null, onGone: (fault: Error | null) => void): void {
    const { dir, place, document, confinement } = run;
    const held = seat && this.#taken.get(seat.dir);
    if (seat) this.#taken.delete(seat.dir);
    const isFit = held?.confinement === confinement;
    if (held && !isFit) void this.#dismiss(held);
    const child = held && isFit ? held.child : this.#wrapperFor(run);
    if (isGone(child)) {
      setImmediate(onGone, null);
      return;
    }
    child.stdin?.end(goLine(document.limits, dir, place));
    let told = false;
    const tell = (fault: Error | null) => {
      if (!told) onGone(fault);
      told = true;
    };
    child.once('error', tell).once('exit', () => tell(null));
  }

  refill(): void {
    if (this.#refillTimer || this.#stopped) return;
    this.#refillTimer = setTimeout(() => {
      this.#refillTimer = null;
      this.#filling ??= this.#fill().finally(() => {
        this.#filling = null;
      });
    }, wrapperRefillMs);
    this.#refillTimer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#checker.stop();
    if (this.#refillTimer) clearTimeout(this.#refillTimer);
    await this.#filling;
    const seats = [...this.#taken.values()];
    if (this.#waiting) seats.push(this.#waiting);
    this.#waiting = null;
    this.#taken.clear();
    await Promise.all(seats.map((seat) => this.#dismiss(seat)));
  }

  async #fill(): Promise<void> {
    const { platform, shells, usualLimits, prepare, discard } = this.#parts;
    if (this.#stopped || platform === 'win32' || shells.bash === null) return;
    const confinement = this.#parts.confinement();
    let seat: Waiting;
    try {
      this.#checker.prepare();
      if (this.#waiting && this.#waiting.confinement !== confinement) {
        void this.#dismiss(this.#waiting);
        this.#waiting = null;
      }
      if (this.#waiting || confinement === null) return;
      const dir = await prepare();
      if (this.#stopped) return void (await discard(dir));
      const child = this.#bashWrapper(dir, usualLimits, 'bash', confinement);
      seat = { dir, child, fits: usualLimits, confinement };
    } catch {
      // The spool can't be written, or no process made: orders will say so, and the next one tries again.
      return;
    }
    const gone = () => {
      if (this.#waiting === seat) this.#waiting = null;
    };
    seat.child.once('error', gone).once('exit', gone);
    this.#waiting = seat;
  }

  #wrapperFor({ dir, document, confinement }: Launch): ChildProcess {
    const { platform, shells, wrapper, env } = this.#parts;
    const { limits, script } = document;
    if (platform !== 'win32') return this.#bashWrapper(dir, limits, script.interpreter, confinement);
    const line = powershellWrapperLine(shells.powershell ?? '', wrapper, limits, dir);
    return this.#spawn(line, dir, env);
  }

  #bashWrapper(
    dir: string,
    kept: KeptLimits,
    interpreter: 'bash' | 'powershell',
    { user, settings }: Confinement,
  ): ChildProcess {
    const { shells, wrapper, env } = this.#parts;
    const shell = shells[interpreter] ?? '';
    const how = { interpreter, shell, drop: user?.drop ?? [], limits: settings.limits };
    const line = bashWrapperLine(shells.bash ?? '', wrapper, kept, how);
    return this.#spawn(line, dir, user ? { ...env, USER: user.name, HOME: user.home } : env);
  }

  #spawn({ file, args }: CommandLine, cwd: string, env: Record<string, string>): ChildProcess {
    const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore'];
    const child = spawn(file, args, { cwd, env, stdio, detached: true, windowsHide: true });
    child.unref();
    // A wrapper that is gone when it is spoken to shows itself by its end, which is listened for.
    child.stdin?.on('error', () => {});
    return child;
  }

  /** The directory goes after the wrapper, which may still be making its pipes in it. */
  #dismiss({ child, dir }: Waiting): Promise<void> {
    return new Promise((resolve) => {
      const gone = () => this.#parts.discard(dir).then(resolve, resolve);
      if (isGone(child)) gone();
      else child.ref();
      child.once('exit', gone).once('error', gone);
      child.stdin?.end();
    });
  }
}
