import { type ChildProcess, spawn } from 'node:child_process';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import { bashWrapperLine, goLine, powershellWrapperLine } from '../core/command-line.ts';
import type { KeptLimits } from '../core/kept-output.ts';
import { wrapperRefillMs } from '../core/limits.ts';

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
  document: ApprovalDocument;
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
  /** Lets the wrapper go. `onGone` is called once when the process has ended or could not be made. */
  launch(run: Launch, seat: Seat | null, onGone: (fault: Error | null) => void): void;
  /** Makes a seat in some moments, when there is none. */
  refill(): void;
  /** Ends the waiting wrapper; resolves when it is gone. Wrappers that were let go are left alone. */
  stop(): Promise<void>;
}

interface Waiting extends Seat {
  child: ChildProcess;
  fits: KeptLimits;
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
  prepare: () => string;
  discard: (dir: string) => Promise<void>;
}

/**
 * The executor of real processes. Modes of its seat: none; waiting, a wrapper sits in a prepared directory; taken,
 * it belongs to an order that is being stored. Windows has no seats: its wrapper is made when its run is.
 */
export const createExecutor = (parts: ExecutorParts): Executor => {
  const { platform, shells, wrapper, env, usualLimits } = parts;
  let waiting: Waiting | null = null;
  const taken = new Map<string, Waiting>();
  let refillTimer: NodeJS.Timeout | null = null;
  let stopped = false;

  const start = (file: string, args: string[], cwd: string): ChildProcess => {
    const child = spawn(file, args, {
      cwd,
      env,
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.unref();
    // A wrapper that is gone when it is spoken to shows itself by its end, which is listened for.
    child.stdin?.on('error', () => {});
    return child;
  };

  const bashWrapper = (cwd: string, limits: KeptLimits, interpreter: 'bash' | 'powershell'): ChildProcess => {
    const shell = interpreter === 'bash' ? shells.bash : shells.powershell;
    const line = bashWrapperLine(shells.bash ?? 'bash', wrapper, limits, interpreter, shell ?? '');
    return start(line.file, line.args, cwd);
  };

  const fill = (): void => {
    if (stopped || waiting || platform === 'win32' || shells.bash === null) return;
    let dir: string;
    try {
      dir = parts.prepare();
    } catch {
      // The spool can't be written now; orders will say so, and the next one tries again.
      return;
    }
    const seat: Waiting = { dir, child: bashWrapper(dir, usualLimits, 'bash'), fits: usualLimits };
    const gone = () => {
      if (waiting === seat) waiting = null;
    };
    seat.child.once('error', gone).once('exit', gone);
    waiting = seat;
  };

  /** The directory goes after the wrapper, which may still be making its pipes in it. */
  const dismiss = ({ child, dir }: Waiting): Promise<void> =>
    new Promise((resolve) => {
      const gone = () => parts.discard(dir).then(resolve, resolve);
      if (child.exitCode !== null || child.signalCode !== null) gone();
      else child.ref();
      child.once('exit', gone).once('error', gone);
      child.stdin?.end();
    });

  return {
    takeSeat(document) {
      const { outputHeadBytes, outputTailBytes } = document.limits;
      const seat = waiting;
      if (!seat || document.script.interpreter !== 'bash') return null;
      if (outputHeadBytes !== seat.fits.outputHeadBytes || outputTailBytes !== seat.fits.outputTailBytes)
        return null;
      waiting = null;
      taken.set(seat.dir, seat);
      return { dir: seat.dir };
    },

    giveBack(seat) {
      const found = taken.get(seat.dir);
      taken.delete(seat.dir);
      if (found) void dismiss(found);
    },

    missingShell(document) {
      const { interpreter } = document.script;
      if (platform === 'win32') return interpreter === 'powershell' && shells.powershell ? null : interpreter;
      if (shells.bash === null) return 'bash';
      return shells[interpreter] === null ? interpreter : null;
    },

    launch({ dir, document }, seat, onGone) {
      const { limits, script } = document;
      const held = seat && taken.get(seat.dir);
      if (seat) taken.delete(seat.dir);
      let child: ChildProcess;
      if (platform === 'win32') {
        const line = powershellWrapperLine(shells.powershell ?? '', wrapper, limits, dir);
        child = start(line.file, line.args, dir);
      } else {
        child = held ? held.child : bashWrapper(dir, limits, script.interpreter);
      }
      if (child.exitCode !== null || child.signalCode !== null) {
        setImmediate(onGone, null);
        return;
      }
      child.stdin?.end(goLine(limits, dir));
      let told = false;
      const tell = (fault: Error | null) => {
        if (!told) onGone(fault);
        told = true;
      };
      child.once('error', tell).once('exit', () => tell(null));
    },

    refill() {
      if (refillTimer || stopped) return;
      refillTimer = setTimeout(() => {
        refillTimer = null;
        fill();
      }, wrapperRefillMs);
      refillTimer.unref();
    },

    async stop() {
      stopped = true;
      if (refillTimer) clearTimeout(refillTimer);
      const seats = waiting ? [waiting, ...taken.values()] : [...taken.values()];
      waiting = null;
      taken.clear();
      await Promise.all(seats.map(dismiss));
    },
  };
};
