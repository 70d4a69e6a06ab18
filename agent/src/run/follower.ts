import fs from 'node:fs';
import { claimGoneDetail, finishedByExit, finishedByLoss, finishedByNever } from '../core/finished.ts';
import { type Kept, keptAtEnd, keptWhileRunning } from '../core/kept-output.ts';
import { claimWaitMs, tellWithinMs } from '../core/limits.ts';
import type { AgentLog } from '../log.ts';
import type { RunBook, RunRecord } from './run-record.ts';
import type { OutputName, Spool } from './spool.ts';
import { isWrapperAlive, tellWrapperToCancel } from './wrapper-process.ts';

export interface FollowerParts {
  spool: Spool;
  book: RunBook;
  log: AgentLog;
  monotonicMs: () => number;
  pollMs: number;
  lostRecheckMs: number;
  /** There is something new to tell the gateway, now or within so many milliseconds. */
  changed: (withinMs?: number) => void;
  /** A wrapper has claimed a run. */
  started: (run: RunRecord) => void;
  /** A run is lost; its script may still run. Called before its end is told. */
  lost: (run: RunRecord) => void;
  /** Called once for each run, when it has ended. */
  ended: (run: RunRecord) => void;
}

const outputNames = ['stdout', 'stderr'] as const;

/**
 * Watches the directories of runs and moves their records on. Everything it learns it reads from files, so looking
 * twice does no harm and a notification that is missed is caught by the poll. Modes: stopped, following.
 */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #watches = new Map<string, fs.FSWatcher>();
  readonly #rechecks = new Map<string, NodeJS.Timeout>();
  #poll: NodeJS.Timeout | null = null;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#poll ??= setInterval(() => this.#lookAround(), this.#parts.pollMs).unref();
  }

  stop(): void {
    if (this.#poll) clearInterval(this.#poll);
    this.#poll = null;
    for (const watch of this.#watches.values()) watch.close();
    for (const timer of this.#rechecks.values()) clearTimeout(timer);
    this.#watches.clear();
    this.#rechecks.clear();
  }

  /** Watches a run from now on until it has ended. What was there before is seen as well. */
  follow(run: RunRecord): void {
    if (this.#watches.has(run.runId) || run.phase === 'finished') return;
    try {
      const watch = fs.watch(run.dir, { persistent: false }, (_, name) => this.#noticed(run, name));
      watch.on('error', () => this.#unwatch(run.runId));
      this.#watches.set(run.runId, watch);
    } catch (error) {
      // The system's number of watches is used up: the poll alone will have to do.
      this.#parts.log.warn({ run: run.runId, err: String(error) }, 'a run can not be watched, it is polled');
    }
    this.look(run);
  }

  #noticed(run: RunRecord, name: string | null): void {
    // Its making, its text and its closing are three news of one claim, of which the first is enough.
    if (name === 'started' && run.phase === 'started' && !run.cancelAsked) return;
    if (name === null || name === 'started' || name === 'exit') this.look(run);
    else if (name === 'stdout' || name === 'stderr') {
      if (run.phase === 'started') this.#measure(run, name);
      else this.look(run);
    }
  }

  #lookAround(): void {
    for (const run of this.#parts.book.values()) {
      if (run.phase === 'finished') continue;
      this.look(run);
      this.#safely(run, () => {
        if (this.#needsWrapper(run)) this.gone(run);
      });
    }
  }

  /** One run's unreadable files must neither end the agent nor hide the other runs. */
  #safely(run: RunRecord, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.log.warn(
        { run: run.runId, err: String(error) },
        'a run can not be read, it is looked at again',
      );
    }
  }

  /** True when a run is claimed and not ended, and no living wrapper will end it. */
  #needsWrapper(run: RunRecord): boolean {
    if (run.phase !== 'started') return false;
    if (!run.sameBoot) return true;
    const claim = this.#parts.spool.claim(run.runId);
    return claim?.kind !== 'wrapper' || !isWrapperAlive(run.dir, claim);
  }

  /** Reads a run's files and moves its record on. */
  look(run: RunRecord): void {
    if (run.phase !== 'finished') this.#safely(run, () => this.#read(run));
  }

  #read(run: RunRecord): void {
    const { spool } = this.#parts;
    const claim = spool.claim(run.runId);
    if (claim === null) {
      this.#lookUnclaimed(run);
      return;
    }
    if (claim.kind === 'never') {
      this.#end(run, { ...finishedByNever(run.wireId, claim.never) }, null);
      return;
    }
    if (claim.kind === 'lost') {
      this.lose(run, claimGoneDetail);
      return;
    }
    if (run.phase === 'accepted') {
      run.phase = 'started';
      this.#parts.started(run);
      this.#parts.changed(tellWithinMs);
    }
    if (run.cancelAsked && !run.cancelTold && claim.kind === 'wrapper') {
      run.cancelTold = tellWrapperToCancel(run.dir, claim);
    }
    const exit = spool.exit(run.runId);
    if (exit) {
      const kept = this.#keptAtEnd(run, exit.outputs === 'torn', exit.sizes);
      this.#end(run, finishedByExit(run.wireId, exit, kept), kept);
      return;
    }
    for (const name of outputNames) this.#measure(run, name);
  }

  #lookUnclaimed(run: RunRecord): void {
    const { launchedAtMs } = run;
    // A claim that was there and is gone proves nothing: the script ran, and removed it. The poll sees to that.
    if (run.phase !== 'accepted') return;
    if (launchedAtMs === null || this.#parts.monotonicMs() - launchedAtMs < claimWaitMs) return;
    try {
      this.#parts.spool.neverStart(run.runId, {
        end: 'FINISHED_END_UNSTARTED',
        reason: 'REASON_FAULT',
        detail: 'what was to start it did not do so in time, as when a machine is short of processes',
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.lose(run, 'its directory in the spool is gone');
      return;
    }
    run.launchedAtMs = null;
    this.look(run);
  }

  /**
   * The wrapper is gone. It may have left an exit file just before, or be another agent's child that is writing its
   * claim this moment; so the verdict that the run is lost waits a little.
   */
  gone(run: RunRecord): void {
    this.look(run);
    if (run.phase !== 'started' || this.#rechecks.has(run.runId)) return;
    const timer = setTimeout(() => {
      this.#rechecks.delete(run.runId);
      this.look(run);
      this.#safely(run, () => {
        if (this.#needsWrapper(run))
          this.lose(run, 'the process that watched it is gone and left no exit code');
      });
    }, this.#parts.lostRecheckMs);
    this.#rechecks.set(run.runId, timer);
  }

  /** Ends a run of which nobody can say what became of it. What it had put out by now is kept. */
  lose(run: RunRecord, detail: string): void {
    this.#parts.lost(run);
    const kept = this.#keptAtEnd(run, false, null);
    this.#end(run, finishedByLoss(run.wireId, detail, kept), kept);
  }

  #measure(run: RunRecord, name: OutputName): void {
    if (!run.document) return;
    const { mainBytes } = this.#parts.spool.outputFiles(run.runId, name);
    const output = run.outputs[name];
    const available = keptWhileRunning(mainBytes, run.document.limits);
    if (available <= output.availableBytes) return;
    output.availableBytes = available;
    this.#parts.changed();
  }

  #keptAtEnd(
    run: RunRecord,
    torn: boolean,
    sizes: { stdout: number; stderr: number } | null,
  ): { stdout: Kept; stderr: Kept } {
    const keptOf = (name: OutputName): Kept => {
      if (!run.document) return { bytes: 0, cutAt: null, endMissing: false };
      const files = this.#parts.spool.outputFiles(run.runId, name);
      const mainBytes = sizes?.[name] ?? files.mainBytes;
      return keptAtEnd({ mainBytes, tailBytes: files.tailBytes }, run.document.limits, torn);
    };
    return { stdout: keptOf('stdout'), stderr: keptOf('stderr') };
  }

  #end(
    run: RunRecord,
    finished: NonNullable<RunRecord['finished']>,
    kept: { stdout: Kept; stderr: Kept } | null,
  ): void {
    if (kept) {
      for (const name of outputNames) {
        run.outputs[name].availableBytes = kept[name].bytes;
        run.outputs[name].cutAt = kept[name].cutAt;
      }
    }
    run.phase = 'finished';
    run.finished = finished;
    this.#unwatch(run.runId);
    this.#parts.log.info({ run: run.runId, end: finished.end, exitCode: finished.exitCode }, 'run ended');
    this.#parts.changed();
    this.#parts.ended(run);
  }

  #unwatch(runId: string): void {
    this.#watches.get(runId)?.close();
    this.#watches.delete(runId);
    const timer = this.#rechecks.get(runId);
    if (timer) clearTimeout(timer);
    this.#rechecks.delete(runId);
  }
}
