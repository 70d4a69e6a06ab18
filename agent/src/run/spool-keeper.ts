import fs from 'node:fs';
import { dayMs, spoolRunsMax, spoolSweepMs } from '../core/limits.ts';
import type { SpoolBounds } from '../core/settings.ts';
import type { AgentLog } from '../log.ts';
import type { RunBook, RunRecord } from './run-record.ts';
import type { OutputName, Spool } from './spool.ts';
import type { Workplaces } from './workplaces.ts';

export interface SpoolKeeperParts {
  /** The spool's directory. */
  dir: string;
  spool: Spool;
  workplaces: Workplaces;
  book: RunBook;
  log: AgentLog;
  bounds: () => SpoolBounds;
  /** The server's clock; null before the first welcome. */
  now: () => number | null;
  sweepMs?: number;
}

const outputNames: readonly OutputName[] = ['stdout', 'stderr'];
const mebibyte = 1024 * 1024;

/**
 * Keeps the spool within its bounds. What a server that is away has not taken goes when it is too old or too much,
 * oldest first: the output, never how a run ended, and nothing of one that runs. Where that is not enough no order is
 * taken. Ages are by the server's clock, so that nobody who sets this machine's makes all output old. Modes: stopped,
 * keeping.
 */
export class SpoolKeeper {
  readonly #parts: SpoolKeeperParts;
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> | null = null;
  #isOverfull = false;

  constructor(parts: SpoolKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.sweep(), this.#parts.sweepMs ?? spoolSweepMs).unref();
  }

  /** Resolves when nothing is being freed any more. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#sweeping;
  }

  /** Why no order can be taken now; null when there is room for one. */
  refusal(): string | null {
    const { book, bounds, dir } = this.#parts;
    if (book.size >= spoolRunsMax)
      return `${book.size} runs wait in its spool for a server that takes their ends`;
    const { bytes, freeBytes } = bounds();
    if (this.#isOverfull) return `its spool holds more than ${bytes / mebibyte} MB`;
    const free = freeBytesOf(dir);
    if (free === null || free >= freeBytes) return null;
    return `the disk of its spool has ${Math.floor(free / mebibyte)} MB free, and ${freeBytes / mebibyte} MB are kept for what runs`;
  }

  /** Looks at every finished run once. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = null;
    });
    return this.#sweeping;
  }

  /** A run that was found in the spool: what an earlier agent gave up of its output stays given up. */
  found(run: RunRecord): void {
    const why = run.phase === 'finished' ? this.#parts.spool.givenUp(run.runId) : null;
    if (why !== null) giveUp(run, why);
  }

  async #sweep(): Promise<void> {
    const { book, bounds, now } = this.#parts;
    const { days, bytes: bytesMax } = bounds();
    const finished = [...book.values()].filter(({ phase }) => phase === 'finished');
    finished.sort((a, b) => (a.document?.issuedAt ?? 0) - (b.document?.issuedAt ?? 0));
    const before = (now() ?? 0) - days * dayMs;
    let total = 0;
    for (const run of finished) total += await this.#sizeOf(run);
    for (const run of finished) {
      const isOld = (run.document?.runBy ?? 0) < before;
      if (!isOld && total <= bytesMax) continue;
      const why = isOld
        ? `it was kept for ${days} ${days === 1 ? 'day' : 'days'}`
        : `more than ${bytesMax / mebibyte} MB waited`;
      const size = run.spoolBytes ?? 0;
      if (await this.#drop(run, why)) total -= size - (await this.#sizeOf(run));
    }
    this.#isOverfull = total > bytesMax;
  }

  /** Its working directory goes first: nobody needs that when the script is over. */
  async #sizeOf(run: RunRecord): Promise<number> {
    const { spool, workplaces } = this.#parts;
    if (run.spoolBytes !== null) return run.spoolBytes;
    try {
      await Promise.all([spool.removeWork(run.runId), workplaces.remove(run.runId)]);
      run.spoolBytes = spool.bytesOf(run.runId);
    } catch (error) {
      this.#warn(run, error);
    }
    return run.spoolBytes ?? 0;
  }

  async #drop(run: RunRecord, why: string): Promise<boolean> {
    const { spool, book, log } = this.#parts;
    const isKept = outputNames.some((name) => run.outputs[name].availableBytes > 0);
    if (!isKept || !book.has(run.runId)) return false;
    try {
      await spool.dropOutput(run.runId, why);
    } catch (error) {
      this.#warn(run, error);
      return false;
    }
    run.spoolBytes = null;
    giveUp(run, why);
    log.warn({ run: run.runId, why }, 'output that the server did not take was given up');
    return true;
  }

  #warn(run: RunRecord, error: unknown): void {
    this.#parts.log.warn({ run: run.runId, err: String(error) }, 'a finished run could not be made smaller');
  }
}

/** Its end stays as it was, but for the output that nobody can send any more. */
const giveUp = (run: RunRecord, why: string): void => {
  const { stdout, stderr } = run.outputs;
  for (const output of [stdout, stderr]) {
    output.availableBytes = Math.min(output.availableBytes, output.sentBytes);
    output.cutAt = null;
  }
  const { finished } = run;
  if (!finished) return;
  const isTold = finished.reason === 'REASON_UNSPECIFIED';
  run.finished = {
    ...finished,
    stdoutBytes: stdout.availableBytes,
    stderrBytes: stderr.availableBytes,
    ...{ stdoutCut: false, stdoutCutAt: 0, stderrCut: false, stderrCutAt: 0, endMissing: true },
    ...(isTold && { reason: 'REASON_SPOOL' as const, detail: why }),
  };
};

const freeBytesOf = (dir: string): number | null => {
  try {
    const { bavail, bsize } = fs.statfsSync(dir);
    return bavail * bsize;
  } catch {
    // Storing will say what is wrong.
    return null;
  }
};
